"""Pauses, deadline and cancellation of retries."""

from __future__ import annotations

import random
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from survey_sync.client.errors import RetryableError
from survey_sync.client.retry import Backoff, PollInterval, Retry, retry_after, run_attempts


class Failing:
    """An action that fails ``times`` times, then succeeds."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        if self.calls <= self.times:
            raise RetryableError("sync_slow", host="x")
        return self.calls


def quick() -> Backoff:
    return Backoff(0.001, 0.002)


@given(failures=st.integers(0, 60), seed=st.integers(0, 10**6))
def test_full_jitter_stays_below_a_ceiling_that_doubles(failures: int, seed: int) -> None:
    backoff = Backoff(1.0, 120.0, random.Random(seed))
    backoff.failures = failures
    assert 0 <= backoff.pause() <= min(120.0, 2.0**failures)


@given(wish=st.floats(0, 3600), seed=st.integers(0, 10**6))
def test_never_before_the_server_said(wish: float, seed: int) -> None:
    assert wish <= Backoff(chance=random.Random(seed)).pause(wish) <= wish * 1.2 + 1e-6


@pytest.mark.parametrize(
    ("value", "now", "seconds"),
    [
        ("120", "", 120.0),
        ("999999999999", "", 3600.0),
        ("-5", "", None),
        ("soon", "", None),
        ("Fri, 21 Nov 2036 10:00:30 GMT", "Fri, 21 Nov 2036 10:00:00 GMT", 30.0),
        ("Fri, 21 Nov 2036 10:00:00 GMT", "Fri, 21 Nov 2036 10:00:30 GMT", 0.0),
        ("Fri, 21 Nov 2036 10:00:00 GMT", "", None),
        ("٣", "", None),
    ],
)
def test_retry_after_is_read_by_the_servers_clock(value: str, now: str, seconds: float | None) -> None:
    assert retry_after(value, now) == seconds


def test_failures_are_reported_until_success() -> None:
    reported: list[tuple[str, bool]] = []
    action = Failing(3)
    retry = Retry(
        60, on_failure=lambda error, pause: reported.append((error.code, pause >= 0)), backoff=quick()
    )
    assert retry.run_until_success(action) == 4
    assert reported == [("sync_slow", True)] * 3


def test_without_time_the_first_failure_is_raised() -> None:
    action = Failing(1)
    with pytest.raises(RetryableError, match="sync_slow"):
        Retry(0).run_until_success(action)
    assert action.calls == 1


def test_a_pause_that_would_pass_the_deadline_is_not_waited_for() -> None:
    begun = time.monotonic()
    with pytest.raises(RetryableError, match="sync_busy_server"):
        Retry(60).wait(RetryableError("sync_busy_server", host="x", status=503, retry_after=61.0))
    assert time.monotonic() - begun < 30


def test_success_starts_deadline_and_backoff_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    backoff = quick()
    retry = Retry(10, backoff=backoff)
    clock[0] = 9.0
    retry.wait(RetryableError("sync_slow", host="x"))
    assert backoff.failures == 1
    retry.reset()
    assert backoff.failures == 0
    clock[0] = 18.0
    retry.wait(RetryableError("sync_slow", host="x"))
    clock[0] = 19.1
    with pytest.raises(RetryableError, match="sync_slow"):
        retry.wait(RetryableError("sync_slow", host="x"))


def test_cancellation_ends_a_pause() -> None:
    cancelled = threading.Event()
    retry = Retry(600, cancelled, on_failure=lambda _error, _pause: cancelled.set())
    begun = time.monotonic()
    with pytest.raises(RetryableError, match="sync_stopped"):
        retry.wait(RetryableError("sync_busy_server", host="x", status=503, retry_after=300.0))
    assert time.monotonic() - begun < 30
    with pytest.raises(RetryableError, match="sync_stopped"):
        retry.run_until_success(Failing(0))


@pytest.mark.parametrize(("failures", "calls"), [(0, 1), (2, 3)])
def test_attempts_follow_each_other_without_a_pause(failures: int, calls: int) -> None:
    action = Failing(failures)
    assert run_attempts(action, 3) == calls


def test_the_last_of_the_attempts_raises() -> None:
    action = Failing(3)
    with pytest.raises(RetryableError, match="sync_slow"):
        run_attempts(action, 3)
    assert action.calls == 3


@pytest.mark.parametrize(
    ("every", "failures", "longest"),
    [
        (60, 0, 60),
        (60, 1, 120),
        (60, 3, 480),
        (60, 4, 900),
        (60, 20, 900),
        (1, 6, 64),
        (1, 7, 64),
        (1200, 5, 1200),
    ],
)
def test_polls_become_rarer_with_each_failure(every: float, failures: int, longest: float) -> None:
    interval = PollInterval(every, random.Random(3))
    for _ in range(failures):
        interval.record(failed=True)
    pauses = [interval.pause() for _ in range(200)]
    assert longest * 0.5 <= min(pauses) < longest * 0.55
    assert longest * 0.95 < max(pauses) <= longest
    interval.record(failed=False)
    assert interval.pause() <= every
