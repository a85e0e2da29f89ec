"""Counters in the text format of Prometheus. Each process counts for itself and says which one it is."""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

__all__ = ["Handled", "Metrics"]

_SECONDS = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)


class Handled(NamedTuple):
    """One request: ``route`` is the pattern, never the address with its ids; ``received``, ``sent`` in
    bytes."""

    method: str
    route: str
    status: int
    seconds: float
    received: int
    sent: int


class Metrics:
    """What this process did. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0
        self._bytes: Counter[str] = Counter()
        self._receipts: Counter[str] = Counter()

    def request(self, over: Handled) -> None:
        """A request is over."""
        with self._lock:
            self._requests[(over.method, over.route, over.status)] += 1
            self._buckets[bisect_left(_SECONDS, over.seconds)] += 1
            self._seconds += over.seconds
            self._bytes.update({"in": over.received, "out": over.sent})

    def receipts(self, statuses: Iterable[str]) -> None:
        """Receipts were given."""
        with self._lock:
            self._receipts.update(statuses)

    def text(self, totals: Mapping[str, int]) -> str:
        """The exposition; ``totals``: gauges read from the database, the same for every process."""
        with self._lock:
            lines = [*self._counted(), *self._timed()]
        for name, value in totals.items():
            lines += [f"# TYPE survey_sync_{name} gauge", f"survey_sync_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _counted(self) -> list[str]:
        process = f'process="{os.getpid()}"'
        lines = ["# TYPE survey_sync_requests_total counter"]
        for (method, route, status), count in sorted(self._requests.items()):
            labels = f'{process},method="{method}",route="{route}",status="{status}"'
            lines.append(f"survey_sync_requests_total{{{labels}}} {count}")
        lines.append("# TYPE survey_sync_receipts_total counter")
        for name, count in sorted(self._receipts.items()):
            lines.append(f'survey_sync_receipts_total{{{process},status="{name}"}} {count}')
        lines.append("# TYPE survey_sync_bytes_total counter")
        for name, count in sorted(self._bytes.items()):
            lines.append(f'survey_sync_bytes_total{{{process},direction="{name}"}} {count}')
        return lines

    def _timed(self) -> list[str]:
        process = f'process="{os.getpid()}"'
        lines, total = ["# TYPE survey_sync_request_seconds histogram"], 0
        for limit, count in zip((*_SECONDS, "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'survey_sync_request_seconds_bucket{{{process},le="{limit}"}} {total}')
        lines.append(f"survey_sync_request_seconds_sum{{{process}}} {self._seconds:.6f}")
        lines.append(f"survey_sync_request_seconds_count{{{process}}} {total}")
        return lines
