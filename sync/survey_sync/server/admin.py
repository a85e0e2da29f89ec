"""What the person who runs the server does beside it, on the database itself: codes, devices, accounts.

``where`` is what ``serve`` was given: the path of the SQLite file or a ``postgresql://`` URL. The server
may be running. Every function raises :class:`ServerError` as :meth:`Database.open` does, and its own where
it says so.

A copy of the SQLite database while the server goes on working."""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct
from sqlalchemy import select

from survey_sync.protocol.messages import DeviceRecord, NewCode, NewCodeIssued, Role
from survey_sync.server import devices
from survey_sync.server.auth import hash_password, new_password
from survey_sync.server.db import Database
from survey_sync.server.db.database import database_url
from survey_sync.server.db.tables import accounts, now, sessions
from survey_sync.server.problems import ServerError
from survey_tui.files import replacement


class Account(Struct, frozen=True):
    """A person who may sign in to the pages. ``disabled``: since when, ``""`` for not."""

    name: str
    role: Role
    created: str
    disabled: str


def enrolment_code(where: str, wanted: NewCode) -> NewCodeIssued:
    """A one-time code; it is shown now and cannot be shown again."""
    with _database(where) as database:
        return devices.issue_code(database, wanted)


def enrolment_command(url: str, code: str, key: str = "") -> str:
    """What is typed on the device, and what the QR code holds: a camera app copies it into the terminal.

    ``key``: a public key (hex) that the device shall trust from then on.
    """
    return f"survey-sync enrol {url} {code}" + (f" --trust {key}" if key else "")


def qr_text(content: str) -> str:
    """A QR code for a terminal, two modules a character cell high (block characters)."""
    import segno

    out = io.StringIO()
    segno.make(content, error="m", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()


def device_list(where: str) -> list[DeviceRecord]:
    """All devices, the last seen first."""
    with _database(where) as database, database.read() as connection:
        return devices.device_list(connection)


def revoke_device(where: str, said: str) -> DeviceRecord:
    """Refuse a device from now on. ``said``: its id, the beginning of it, or its name.

    Raises ``ServerError``: ``server_no_such_device``, ``server_many_devices``.
    """
    with _database(where) as database:
        with database.read() as connection:
            every = devices.device_list(connection)
        found = [each for each in every if said == each.id] or [
            each for each in every if (each.id.startswith(said) or each.name == said) and not each.revoked
        ]
        if not found:
            raise ServerError("server_no_such_device", said=said)
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise ServerError("server_many_devices", said=said, devices=ids)
        devices.revoke(database, found[0].id)
    return found[0]


def add_account(where: str, name: str, role: Role, password: str | None = None) -> str:
    """A person who may sign in as coordinator or analyst; the password (a new one if none is given).

    Raises ``ServerError``: ``server_account_exists``, ``server_account_role`` for surveyors.
    """
    if role == "surveyor":
        raise ServerError("server_account_role", role=role)
    chosen = password or new_password()
    facts = {"name": name, "role": role, "created": now(), "disabled": ""}
    with _database(where) as database, database.write() as connection:
        if connection.scalar(select(accounts.c.name).where(accounts.c.name == name)) is not None:
            raise ServerError("server_account_exists", name=name)
        connection.execute(accounts.insert(), {**facts, "password": hash_password(chosen)})
    return chosen


def set_password(where: str, name: str, password: str | None = None) -> str:
    """Another password (a new one if none is given) and a signed-out, enabled account."""
    chosen = password or new_password()
    _change(where, name, {"password": hash_password(chosen), "disabled": ""})
    return chosen


def disable_account(where: str, name: str) -> None:
    """Sign this person out and in no more."""
    _change(where, name, {"disabled": now()})


def account_list(where: str) -> list[Account]:
    """All accounts by name."""
    with _database(where) as database, database.read() as connection:
        rows = connection.execute(select(accounts).order_by(accounts.c.name)).all()
    return [Account(row.name, row.role, row.created, row.disabled) for row in rows]


def _change(where: str, name: str, changes: dict[str, str]) -> None:
    with _database(where) as database, database.write() as connection:
        if not connection.execute(accounts.update().where(accounts.c.name == name), changes).rowcount:
            raise ServerError("server_no_account", name=name)
        connection.execute(sessions.delete().where(sessions.c.account == name))


@contextmanager
def _database(where: str) -> Iterator[Database]:
    database = Database.open(where)
    try:
        yield database
    finally:
        database.close()


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
    try:
        with replacement(target, target.with_name(f".{target.name}.{os.getpid()}.part")) as draft:
            responses = _copied(source, draft.path)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServerError("server_backup_failed", path=target, reason=reason) from error
    return Backup(target, target.stat().st_size, responses)


def _copied(source: Path, draft: Path) -> int:
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
