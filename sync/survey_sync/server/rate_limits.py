"""Failures counted over all processes: whoever guesses codes or passwords is slowed down."""

from __future__ import annotations

import time

from sqlalchemy import Connection, delete, select

from survey_sync.server.db.tables import attempts
from survey_sync.server.problems import Rejected

__all__ = ["check_attempts", "count_failure"]


def check_attempts(connection: Connection, key: str, allowed: int, seconds: int) -> None:
    """``Rejected("rate_limited")`` when ``key`` failed ``allowed`` times in the present window."""
    window, left = _window(seconds)
    failed = connection.scalar(
        select(attempts.c.count).where(attempts.c.key == key, attempts.c.window == window)
    )
    if (failed or 0) >= allowed:
        raise Rejected("rate_limited", headers={"Retry-After": str(left)})


def count_failure(connection: Connection, key: str, seconds: int) -> None:
    """One more failure; windows that are over are forgotten."""
    window, _ = _window(seconds)
    same = (attempts.c.key == key, attempts.c.window == window)
    changed = connection.execute(attempts.update().where(*same).values(count=attempts.c.count + 1)).rowcount
    if not changed:
        connection.execute(delete(attempts).where(attempts.c.key == key))
        connection.execute(attempts.insert(), {"key": key, "window": window, "count": 1})


def _window(seconds: int) -> tuple[str, int]:
    present = int(time.time())
    return str(present // seconds), seconds - present % seconds
