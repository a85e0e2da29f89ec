"""A copy of the SQLite database while the server goes on working."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from survey_sync.server.db.database import database_url
from survey_sync.server.errors import ServerError

__all__ = ["Backup", "backup"]

_PAGES_A_STEP = 2048  # the source is free for writers between steps


class Backup(Struct, frozen=True):
    """What was written: ``size`` in bytes, and how many responses it holds."""

    path: Path
    size: int
    responses: int


def backup(where: str, target: Path) -> Backup:
    """Copy the database to a new file, read it back and check it; then it gets its name.

    Raises ``ServerError``: ``server_backup_postgres`` (its own ``pg_dump`` does that; the message has the
    command), ``server_backup_exists``, ``server_no_database``, ``server_backup_failed``.
    """
    url = database_url(where)
    if url.get_backend_name() != "sqlite":
        shown = url.set(drivername="postgresql").render_as_string(hide_password=True)
        command = f"pg_dump --format=custom --file={target} '{shown}'"
        raise ServerError("server_backup_postgres", command=command)
    source = Path(str(url.database))
    if not source.is_file():
        raise ServerError("server_no_database", database=source, reason="no such file")
    if target.exists():
        raise ServerError("server_backup_exists", path=target)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        responses = _copied(source, draft)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServerError("server_backup_failed", path=target, reason=reason) from error
    finally:
        draft.unlink(missing_ok=True)
    return Backup(target, target.stat().st_size, responses)


def _copied(source: Path, draft: Path) -> int:
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as origin,
        closing(sqlite3.connect(draft)) as copy,
    ):
        origin.backup(copy, pages=_PAGES_A_STEP)
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        (responses,) = copy.execute("SELECT count(*) FROM responses").fetchone()
    return int(responses)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
