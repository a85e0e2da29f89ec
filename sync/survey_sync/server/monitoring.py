"""Log lines (JSON on standard error) and Prometheus metrics of a process.

Log lines have no answers, tokens, codes or query strings. Each process counts for itself and names itself in
a label.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import NamedTuple

import msgspec

from survey_sync.server.db.tables import now

_SECONDS = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)


class RequestRecord(NamedTuple):
    """A handled request. ``route`` is the pattern, not the address with its ids; sizes in bytes."""

    method: str
    route: str
    status: int
    seconds: float
    received: int
    sent: int


class Metrics:
    """Counters of this process. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0
        self._bytes: Counter[str] = Counter()
        self._receipts: Counter[str] = Counter()

    def count_request(self, request: RequestRecord) -> None:
        """Count a finished request."""
        with self._lock:
            self._requests[(request.method, request.route, request.status)] += 1
            self._buckets[bisect_left(_SECONDS, request.seconds)] += 1
            self._seconds += request.seconds
            self._bytes.update({"in": request.received, "out": request.sent})

    def count_receipts(self, statuses: Iterable[str]) -> None:
        """Count receipts by status."""
        with self._lock:
            self._receipts.update(statuses)

    def text(self, totals: Mapping[str, int]) -> str:
        """The text exposition; ``totals``: gauges read from the database, the same for every process."""
        with self._lock:
            lines = [*self._counter_lines(), *self._histogram_lines()]
        for name, value in totals.items():
            lines += [f"# TYPE survey_sync_{name} gauge", f"survey_sync_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _counter_lines(self) -> list[str]:
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

    def _histogram_lines(self) -> list[str]:
        process = f'process="{os.getpid()}"'
        lines, total = ["# TYPE survey_sync_request_seconds histogram"], 0
        for limit, count in zip((*_SECONDS, "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'survey_sync_request_seconds_bucket{{{process},le="{limit}"}} {total}')
        lines.append(f"survey_sync_request_seconds_sum{{{process}}} {self._seconds:.6f}")
        lines.append(f"survey_sync_request_seconds_count{{{process}}} {total}")
        return lines


LOGGER = logging.getLogger("survey_sync.server")
LOGGER.addHandler(logging.NullHandler())  # an embedding program without logging gets none
_FACTS = "facts"


class JsonLogFormatter(logging.Formatter):
    """``{"at", "level", "event", …facts}``; for an exception its type and traceback, not its message."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = {
            "at": now(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        facts |= getattr(record, _FACTS, {})
        if record.exc_info and record.exc_info[0]:
            facts["error"] = record.exc_info[0].__name__
            facts["where"] = format_frames(record.exc_info[2])
        return msgspec.json.encode(facts).decode()


def format_frames(tb: TracebackType | None) -> list[str]:
    """``file:line function`` of each frame, innermost last."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(tb)]


def log_to_stderr(level: int = logging.INFO) -> None:
    """Log the server's and uvicorn's records to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLogFormatter())
    for logger in (LOGGER, logging.getLogger("uvicorn.error")):
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
