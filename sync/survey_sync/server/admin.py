"""Administration while the server may run: codes, devices, accounts, backup.

``location`` is that of ``serve``: the path of the SQLite file or a ``postgresql://`` URL. Every function
raises :class:`ServerError` as :meth:`Database.open` does; further codes are in its docstring.
"""

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
    """An account for the pages. ``disabled``: the moment of disabling, ``""`` if enabled."""

    name: str
    role: Role
    created: str
    disabled: str


def issue_enrolment_code(location: str, wanted: NewCode) -> NewCodeIssued:
    """Issue a one-time code; only its hash is kept."""
    with _database(location) as database:
        return devices.issue_code(database, wanted)


def enrolment_command(url: str, code: str, key: str = "") -> str:
    """The command that enrols a device; also the content of the QR code.

    ``key``: a public key (hex) that the device trusts from then on.
    """
    return f"survey-sync enrol {url} {code}" + (f" --trust {key}" if key else "")


def qr_text(content: str) -> str:
    """A QR code in block characters, two modules per character cell."""
    import segno

    out = io.StringIO()
    segno.make(content, error="m", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()


def device_list(location: str) -> list[DeviceRecord]:
    """All devices, the last seen first."""
    with _database(location) as database, database.read() as connection:
        return devices.device_list(connection)


def revoke_device(location: str, name_or_id: str) -> DeviceRecord:
    """Revoke a device. ``name_or_id``: its id, the beginning of it, or its name.

    Raises ``ServerError``: ``server_no_such_device``, ``server_many_devices``.
    """
    with _database(location) as database:
        with database.read() as connection:
            every = devices.device_list(connection)
        found = [each for each in every if name_or_id == each.id] or [
            each
            for each in every
            if (each.id.startswith(name_or_id) or each.name == name_or_id) and not each.revoked
        ]
        if not found:
            raise ServerError("server_no_such_device", name_or_id=name_or_id)
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise ServerError("server_many_devices", name_or_id=name_or_id, devices=ids)
        devices.revoke(database, found[0].id)
    return found[0]


def add_account(location: str, name: str, role: Role, password: str | None = None) -> str:
    """Add an account of a coordinator or analyst; returns its password (a new one if none is given).

    Raises ``ServerError``: ``server_account_exists``, ``server_account_role`` for surveyors.
    """
    if role == "surveyor":
        raise ServerError("server_account_role", role=role)
    chosen = password or new_password()
    facts = {"name": name, "role": role, "created": now(), "disabled": ""}
    with _database(location) as database, database.write() as connection:
        if connection.scalar(select(accounts.c.name).where(accounts.c.name == name)) is not None:
            raise ServerError("server_account_exists", name=name)
        connection.execute(accounts.insert(), {**facts, "password": hash_password(chosen)})
    return chosen


def set_password(location: str, name: str, password: str | None = None) -> str:
    """Change a password (a new one if none is given), end the sessions and enable the account."""
    chosen = password or new_password()
    _change(location, name, {"password": hash_password(chosen), "disabled": ""})
    return chosen


def disable_account(location: str, name: str) -> None:
    """Disable an account and end its sessions."""
    _change(location, name, {"disabled": now()})


def account_list(location: str) -> list[Account]:
    """All accounts, sorted by name."""
    with _database(location) as database, database.read() as connection:
        rows = connection.execute(select(accounts).order_by(accounts.c.name)).all()
    return [Account(row.name, row.role, row.created, row.disabled) for row in rows]


def _change(location: str, name: str, changes: dict[str, str]) -> None:
    with _database(location) as database, database.write() as connection:
        if not connection.execute(accounts.update().where(accounts.c.name == name), changes).rowcount:
            raise ServerError("server_no_account", name=name)
        connection.execute(sessions.delete().where(sessions.c.account == name))


@contextmanager
def _database(location: str) -> Iterator[Database]:
    database = Database.open(location)
    try:
        yield database
    finally:
        database.close()


_PAGES_A_STEP = 2048  # writers can use the source between steps


class Backup(Struct, frozen=True):
    """A finished backup: ``size`` in bytes and its number of responses."""

    path: Path
    size: int
    responses: int


def backup(location: str, target: Path) -> Backup:
    """Copy an SQLite database to a new file, checked before it gets its name.

    Raises ``ServerError``: ``server_backup_postgres`` (the message has the ``pg_dump`` command),
    ``server_backup_exists``, ``server_no_database``, ``server_backup_failed``.
    """
    url = database_url(location)
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
            responses = _copy_database(source, draft.path)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServerError("server_backup_failed", path=target, reason=reason) from error
    return Backup(target, target.stat().st_size, responses)


def _copy_database(source: Path, draft: Path) -> int:
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
