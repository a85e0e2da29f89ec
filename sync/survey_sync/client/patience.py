"""Doing something until it works: pauses between attempts, an end to patience, and an ear for "stop"."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from survey_sync.client.errors import LineError
from survey_sync.client.retry import Backoff

__all__ = ["Patience"]

T = TypeVar("T")


class Patience:
    """``seconds`` without any progress after which it ends (0: at the first failure). ``told`` hears of each
    failure and of the pause after it."""

    def __init__(
        self,
        seconds: float,
        stop: threading.Event,
        told: Callable[[LineError, float], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._seconds = seconds
        self._stop = stop
        self._told = told
        self._backoff = backoff or Backoff()
        self._moved = time.monotonic()

    def moved(self) -> None:
        """Something got through."""
        self._moved = time.monotonic()
        self._backoff.calm()

    def check(self) -> None:
        """Raise ``LineError("sync_stopped")`` when somebody wants an end."""
        if self._stop.is_set():
            raise LineError("sync_stopped")

    def wait(self, error: LineError) -> None:
        """Pause before the next attempt; raise ``error`` when patience does not reach that far."""
        pause = self._backoff.pause(error.retry_after)
        if time.monotonic() + pause > self._moved + self._seconds:
            raise error
        self._told(error, pause)
        self._stop.wait(pause)
        self.check()

    def insist(self, action: Callable[[], T]) -> T:
        """What ``action`` returns once it works."""
        while True:
            self.check()
            try:
                found = action()
            except LineError as error:
                self.wait(error)
            else:
                self.moved()
                return found
