"""How long to wait before the next attempt: full jitter, and never less than the server asked for.

"Full jitter" draws each pause evenly from zero to a ceiling that doubles with every failure, so that a
hundred devices that lost the same server do not come back at the same moment.

Doing something until it works: pauses between attempts, an end to patience, and an ear for "stop"."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from survey_sync.client.errors import RetryableError

_LONGEST_WISH = 3600.0


class Backoff:
    """``first`` and ``ceiling`` are seconds."""

    def __init__(
        self, first: float = 1.0, ceiling: float = 120.0, chance: random.Random | None = None
    ) -> None:
        self._first = first
        self._ceiling = ceiling
        self._chance = chance or random.Random()
        self.failures = 0

    def calm(self) -> None:
        """Something worked."""
        self.failures = 0

    def pause(self, wished: float | None = None) -> float:
        """Seconds to wait after one more failure; ``wished`` is what the server asked for."""
        ceiling = min(self._ceiling, self._first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        jitter = self._chance.uniform(0, ceiling)
        # Spread what everybody was told too: the server said "not before", not "all at once then".
        return jitter if wished is None else wished + min(jitter, 0.2 * wished)


def retry_after(value: str, now: str = "") -> float | None:
    """Seconds in a ``Retry-After`` header: a number, or a date that is compared with the reply's own
    ``Date``.

    The device's clock is not asked, since it may be wrong by years. ``None`` when the header says nothing;
    never more than an hour.
    """
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), _LONGEST_WISH)
    then, present = _moment(text), _moment(now)
    if then is None or present is None:
        return None
    return min(max((then - present).total_seconds(), 0.0), _LONGEST_WISH)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo is not None else None


T = TypeVar("T")


class Patience:
    """``seconds`` without any progress after which it ends (0: at the first failure). ``told`` hears of each
    failure and of the pause after it."""

    def __init__(
        self,
        seconds: float,
        stop: threading.Event,
        told: Callable[[RetryableError, float], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._seconds = seconds
        self._stop = stop
        self._told = told
        self._backoff = backoff or Backoff()
        self._moved = time.monotonic()

    def reset(self) -> None:
        """Something got through."""
        self._moved = time.monotonic()
        self._backoff.calm()

    def check(self) -> None:
        """Raise ``RetryableError("sync_stopped")`` when somebody wants an end."""
        if self._stop.is_set():
            raise RetryableError("sync_stopped")

    def wait(self, error: RetryableError) -> None:
        """Pause before the next attempt; raise ``error`` when patience does not reach that far."""
        pause = self._backoff.pause(error.retry_after)
        if time.monotonic() + pause > self._moved + self._seconds:
            raise error
        self._told(error, pause)
        self._stop.wait(pause)
        self.check()

    def run_until_success(self, action: Callable[[], T]) -> T:
        """What ``action`` returns once it works."""
        while True:
            self.check()
            try:
                found = action()
            except RetryableError as error:
                self.wait(error)
            else:
                self.reset()
                return found
