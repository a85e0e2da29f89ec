"""Attachments, received in parts: each part is durable, the whole is checked at the end.

An attachment is identified by its response's id, its name and the SHA-256 of the whole; another file of the
same name is another attachment, and both are kept.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, delete, exists, select

from survey_sync.server.auth import Principal
from survey_sync.server.db import Database
from survey_sync.server.db.tables import attachments, chunks, now, withdrawn
from survey_sync.server.problems import ProblemError
from survey_sync.server.responses import ownership_of


class Attachment(Struct, frozen=True):
    """An attachment; ``sha256`` (hex) and ``length`` are those of the whole."""

    id: str
    name: str
    sha256: str
    length: int = 0


class AttachmentProgress(Struct, frozen=True):
    """Bytes on disk; ``complete``: all of them, and the digest is right."""

    received: int
    complete: bool


def progress(database: Database, sender: Principal, wanted: Attachment) -> AttachmentProgress:
    """Bytes received so far. ``ProblemError``: ``unknown_response``, ``withdrawn``, ``forbidden``."""
    with database.read() as connection:
        _check_sender(connection, sender, wanted.id)
        row = connection.execute(select(attachments).where(*_key_conditions(wanted))).one_or_none()
    return AttachmentProgress(row.received, bool(row.complete)) if row else AttachmentProgress(0, False)


def append(
    database: Database, sender: Principal, wanted: Attachment, offset: int, data: bytes
) -> AttachmentProgress:
    """Append a part at ``offset``, which must equal the bytes received so far.

    ``ProblemError``: as :func:`progress`; ``offset_mismatch`` (the reply has the right offset);
    ``length_mismatch`` if the part exceeds the length; ``digest_wrong`` if the whole does not match
    ``sha256``: it is discarded, and the next part begins at 0.
    """
    with database.write() as connection:
        _check_sender(connection, sender, wanted.id)
        held = _begin(connection, sender, wanted)
        if held.complete or held.received != offset:
            if held.complete and offset + len(data) == held.received:
                return AttachmentProgress(held.received, True)  # the last part again: its reply was lost
            raise _offset_problem(held.received)
        if held.length != wanted.length or offset + len(data) > wanted.length:
            raise ProblemError("length_mismatch", headers={"Upload-Offset": str(held.received)})
        reached = _add(connection, wanted, offset, data)
        whole = reached == wanted.length
        right = whole and _digest(connection, wanted) == wanted.sha256
        if whole and not right:
            _discard(connection, wanted)
        elif right:
            _complete(connection, wanted)
    if whole and not right:
        raise ProblemError("digest_wrong", headers={"Upload-Offset": "0"})
    return AttachmentProgress(reached, right)


def _check_sender(connection: Connection, sender: Principal, response: str) -> None:
    if connection.scalar(select(exists().where(withdrawn.c.id == response))):
        raise ProblemError("withdrawn")
    owners = ownership_of(connection, sender, [response])
    if not owners:
        raise ProblemError("unknown_response")
    if not owners[response]:
        raise ProblemError("forbidden")


def _begin(connection: Connection, sender: Principal, wanted: Attachment) -> Row[tuple[object, ...]]:
    found = select(attachments).where(*_key_conditions(wanted))
    row = connection.execute(found).one_or_none()
    if row is not None:
        return row
    facts = {"id": wanted.id, "name": wanted.name, "sha256": wanted.sha256, "length": wanted.length}
    connection.execute(
        attachments.insert(), {**facts, "received": 0, "complete": 0, "device": sender.id, "at": now()}
    )
    return connection.execute(found).one()


def _add(connection: Connection, wanted: Attachment, offset: int, data: bytes) -> int:
    key = {"id": wanted.id, "name": wanted.name, "sha256": wanted.sha256}
    if data:
        connection.execute(chunks.insert(), {**key, "start": offset, "data": data})
    reached = offset + len(data)
    connection.execute(attachments.update().where(*_key_conditions(wanted)), {"received": reached})
    return reached


def _digest(connection: Connection, wanted: Attachment) -> str:
    digest = hashlib.sha256()
    same = (chunks.c.id == wanted.id, chunks.c.name == wanted.name, chunks.c.sha256 == wanted.sha256)
    for start in connection.scalars(select(chunks.c.start).where(*same).order_by(chunks.c.start)).all():
        digest.update(
            connection.execute(select(chunks.c.data).where(*same, chunks.c.start == start)).scalar_one()
        )
    return digest.hexdigest()


def _complete(connection: Connection, wanted: Attachment) -> None:
    connection.execute(attachments.update().where(*_key_conditions(wanted)), {"complete": 1})


def _discard(connection: Connection, wanted: Attachment) -> None:
    connection.execute(delete(attachments).where(*_key_conditions(wanted)))
    connection.execute(
        delete(chunks).where(
            chunks.c.id == wanted.id, chunks.c.name == wanted.name, chunks.c.sha256 == wanted.sha256
        )
    )


def _key_conditions(wanted: Attachment) -> tuple[ColumnElement[bool], ...]:
    return (
        attachments.c.id == wanted.id,
        attachments.c.name == wanted.name,
        attachments.c.sha256 == wanted.sha256,
    )


def _offset_problem(received: int) -> ProblemError:
    return ProblemError("offset_mismatch", headers={"Upload-Offset": str(received)})
