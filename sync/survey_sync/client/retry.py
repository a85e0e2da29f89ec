"""Retry with backoff until success, deadline or cancellation; pauses between polls.

The only module that decides whether and when a request is repeated.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from survey_sync.client.errors import RetryableError

T = TypeVar("T")

MAX_RETRY_AFTER_SECONDS = 3600.0
MAX_POLL_PAUSE_SECONDS = 900.0


class Backoff:
    """Pauses with full jitter; ``first`` and ``ceiling`` are seconds.

    Each pause is drawn evenly from zero to a ceiling that doubles with every failure, so that a hundred
    devices that lost the same server do not come back at the same moment.
    """

    def __init__(
        self, first: float = 1.0, ceiling: float = 120.0, chance: random.Random | None = None
    ) -> None:
        self._first = first
        self._ceiling = ceiling
        self._chance = chance or random.Random()
        self.failures = 0

    def reset(self) -> None:
        """Begin again with the shortest pause."""
        self.failures = 0

    def pause(self, retry_after: float | None = None) -> float:
        """Seconds to wait after one more failure; not fewer than the server asked for in ``retry_after``."""
        ceiling = min(self._ceiling, self._first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        jitter = self._chance.uniform(0, ceiling)
        # All devices get the same Retry-After: it says "not before", not "all at once then".
        return jitter if retry_after is None else retry_after + min(jitter, 0.2 * retry_after)


class PollInterval:
    """Pauses of a loop that polls every ``seconds``: doubled with each failed poll in a row, at most to
    :data:`MAX_POLL_PAUSE_SECONDS` or ``seconds``, and shortened at random by up to a half."""

    def __init__(self, seconds: float, chance: random.Random | None = None) -> None:
        self._seconds = seconds
        self._chance = chance or random.Random()
        self._failures = 0

    def record(self, *, failed: bool) -> None:
        """Count a poll that has ended."""
        self._failures = self._failures + 1 if failed else 0

    def pause(self) -> float:
        """Seconds until the next poll."""
        longest = max(MAX_POLL_PAUSE_SECONDS, self._seconds)
        return self._chance.uniform(0.5, 1.0) * min(self._seconds * 2.0 ** min(self._failures, 6), longest)


class Retry:
    """Repeats what fails with :class:`RetryableError`.

    ``seconds``: time without any success after which the last error is raised (0: at the first failure).
    ``cancelled`` may be set by any thread; it ends a pause at once. ``on_failure`` is called with each error
    that is not raised and the pause after it in seconds.
    """

    def __init__(
        self,
        seconds: float,
        cancelled: threading.Event | None = None,
        on_failure: Callable[[RetryableError, float], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._seconds = seconds
        self._cancelled = cancelled or threading.Event()
        self._on_failure = on_failure or (lambda _error, _pause: None)
        self._backoff = backoff or Backoff()
        self._last_success = time.monotonic()

    def reset(self) -> None:
        """Start deadline and backoff anew, after a success."""
        self._last_success = time.monotonic()
        self._backoff.reset()

    def check_cancelled(self) -> None:
        """Raise ``RetryableError("sync_stopped")`` if ``cancelled`` is set."""
        if self._cancelled.is_set():
            raise RetryableError("sync_stopped")

    def wait(self, error: RetryableError) -> None:
        """Pause before the next attempt; raise ``error`` when the pause would pass the deadline."""
        pause = self._backoff.pause(error.retry_after)
        if time.monotonic() + pause > self._last_success + self._seconds:
            raise error
        self._on_failure(error, pause)
        self._cancelled.wait(pause)
        self.check_cancelled()

    def run_until_success(self, action: Callable[[], T]) -> T:
        """The result of ``action``, called until it succeeds."""
        while True:
            self.check_cancelled()
            try:
                result = action()
            except RetryableError as error:
                self.wait(error)
            else:
                self.reset()
                return result


def run_attempts(action: Callable[[], T], attempts: int) -> T:
    """The result of ``action``, called at most ``attempts`` times without a pause."""
    for _ in range(attempts - 1):
        try:
            return action()
        except RetryableError:
            continue
    return action()


def retry_after(value: str, date: str = "") -> float | None:
    """Seconds of a ``Retry-After`` header (RFC 9110): a number, or a date compared with the reply's ``date``.

    The device's clock is not used, since it may be wrong by years. ``None`` for an unreadable header; at most
    :data:`MAX_RETRY_AFTER_SECONDS`.
    """
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), MAX_RETRY_AFTER_SECONDS)
    then, present = _parse_date(text), _parse_date(date)
    if then is None or present is None:
        return None
    return min(max((then - present).total_seconds(), 0.0), MAX_RETRY_AFTER_SECONDS)


def _parse_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo is not None else None
