"""Rate limits: failures over all processes, requests in each process."""

from __future__ import annotations

import threading
import time

from sqlalchemy import Connection, delete, select

from survey_sync.server.db.tables import attempts
from survey_sync.server.problems import ProblemError

CODE_WINDOW_SECONDS = 3600
PASSWORD_WINDOW_SECONDS = 900


def check_attempts(connection: Connection, key: str, allowed: int, seconds: int) -> None:
    """Raise ``ProblemError("rate_limited")`` if ``key`` failed ``allowed`` times in the current window."""
    window, left = _window(seconds)
    failed = connection.scalar(
        select(attempts.c.count).where(attempts.c.key == key, attempts.c.window == window)
    )
    if (failed or 0) >= allowed:
        raise ProblemError("rate_limited", headers={"Retry-After": str(left)})


def count_failure(connection: Connection, key: str, seconds: int) -> None:
    """Count a failure; past windows are deleted."""
    window, _ = _window(seconds)
    same = (attempts.c.key == key, attempts.c.window == window)
    changed = connection.execute(attempts.update().where(*same).values(count=attempts.c.count + 1)).rowcount
    if not changed:
        connection.execute(delete(attempts).where(attempts.c.key == key))
        connection.execute(attempts.insert(), {"key": key, "window": window, "count": 1})


def _window(seconds: int) -> tuple[str, int]:
    present = int(time.time())
    return str(present // seconds), seconds - present % seconds


_MAX_KEYS = 20_000


class RateLimiter:
    """A token bucket for each key, in this process; it holds half a minute's requests. Thread-safe."""

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute / 2)
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Count a request of ``key``; ``ProblemError("rate_limited")`` if none is left."""
        with self._lock:
            moment = time.monotonic()
            level, filled = self._levels.pop(key, (self._size, moment))
            level = min(self._size, level + (moment - filled) * self._rate)
            if len(self._levels) >= _MAX_KEYS:  # drop the key that asked least recently
                del self._levels[next(iter(self._levels))]
            self._levels[key] = (max(level - 1, 0.0) if level >= 1 else level, moment)
        if level < 1:
            wait = int((1 - level) / self._rate) + 1
            raise ProblemError("rate_limited", headers={"Retry-After": str(wait)})
