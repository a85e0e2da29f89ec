"""Time limits: in the main thread, in another one, within one another."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time

import pytest

from survey_tui.plugins.isolation import OutOfTimeError, limit_time


def forever() -> None:
    while True:
        pass


def stubborn() -> None:
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(30)


@pytest.mark.slow
@pytest.mark.parametrize("call", [forever, stubborn])
def test_it_ends(call: object) -> None:
    trace = sys.gettrace()
    with pytest.raises(OutOfTimeError):
        limit_time(0.05, call)  # type: ignore[arg-type]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert sys.gettrace() is trace


def test_what_is_quick_is_left_alone() -> None:
    assert [limit_time(0.2, lambda: 7) for _ in range(200)] == [7] * 200
    with pytest.raises(KeyError):
        limit_time(0.2, lambda: dict[str, int]()["x"])


@pytest.mark.slow
def test_one_within_another() -> None:
    def outer() -> str:
        with pytest.raises(OutOfTimeError):
            limit_time(0.05, forever)
        return "on"

    def twice() -> None:
        limit_time(0.02, int)
        forever()

    assert limit_time(5, outer) == "on"
    with pytest.raises(OutOfTimeError):
        limit_time(0.1, twice)


def test_in_another_thread() -> None:
    found: list[object] = []

    def run() -> None:
        try:
            limit_time(0.05, forever)
        except OutOfTimeError:
            found.append("ended")
        found.append(limit_time(1, lambda: 7))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert found == ["ended", 7]
