"""Requests a minute, by token and by address: a bucket that fills steadily, with half a minute's worth."""

from __future__ import annotations

import threading
import time

from survey_sync.server.problems import Rejected

__all__ = ["Buckets"]

_MOST_KEYS = 20_000


class Buckets:
    """One bucket for each key, in this process. Safe for threads."""

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute / 2)
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """One request of ``key``; ``Rejected("rate_limited")``, with ``Retry-After``, if nothing is left."""
        with self._lock:
            moment = time.monotonic()
            level, filled = self._levels.pop(key, (self._size, moment))
            level = min(self._size, level + (moment - filled) * self._rate)
            if len(self._levels) >= _MOST_KEYS:  # the one that asked longest ago
                del self._levels[next(iter(self._levels))]
            self._levels[key] = (max(level - 1, 0.0) if level >= 1 else level, moment)
        if level < 1:
            wait = int((1 - level) / self._rate) + 1
            raise Rejected("rate_limited", headers={"Retry-After": str(wait)})
