"""The server's log: one JSON object a line on stderr, without answers, tokens, codes or query strings."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import msgspec

from survey_sync.server.clock import now

__all__ = ["LOGGER", "JsonLines", "log_to_stderr", "trace"]

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
