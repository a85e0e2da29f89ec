"""Counters in the text format of Prometheus. Each process counts for itself and says which one it is.

The server's log: one JSON object a line on stderr, without answers, tokens, codes or query strings."""

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


LOGGER = logging.getLogger("survey_sync.server")
LOGGER.addHandler(logging.NullHandler())  # whoever embeds the server and wants no log gets none
_FACTS = "facts"


class JsonLines(logging.Formatter):
    """``{"at", "level", "event", …facts}``; of an exception its type and where it was raised, never its
    text."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        facts: dict[str, object] = {
            "at": now(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        facts |= getattr(record, _FACTS, {})
        if record.exc_info and record.exc_info[0]:
            facts["error"] = record.exc_info[0].__name__
            facts["where"] = trace(record.exc_info[2])
        return msgspec.json.encode(facts).decode()


def trace(tb: TracebackType | None) -> list[str]:
    """``file:line function`` of each frame, the innermost last."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(tb)]


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send the server's and uvicorn's lines there."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for logger in (LOGGER, logging.getLogger("uvicorn.error")):
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
