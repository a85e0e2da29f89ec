"""What coordinators put among the updates, and take back."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, Row, delete, select

from survey_sync.protocol.audience import counting
from survey_sync.protocol.messages import Message, NewMessage, Package, Retraction, encode
from survey_sync.server.auth import Principal
from survey_sync.server.clock import now
from survey_sync.server.db import Database
from survey_sync.server.db.numbers import next_numbers
from survey_sync.server.db.tables import packages, updates
from survey_sync.server.problems import Rejected
from survey_tui.vietnamese import nfc

__all__ = ["add_package", "offered", "post_message", "retract"]

_retraction = msgspec.json.Decoder(Retraction)
_offered = msgspec.json.Decoder(Message | Package)


def post_message(database: Database, author: Principal, new: NewMessage) -> int:
    """Tell one surveyor, or everybody; its number."""
    surveyor = nfc(new.surveyor.strip())
    with database.write() as connection:
        (seq,) = next_numbers(connection, "updates", 1)
        message = Message(seq=seq, at=now(), author=author.name, text=new.text, surveyor=surveyor)
        _add(connection, message, surveyor=surveyor)
    return seq


def add_package(
    database: Database, author: Principal, described: Package, content: bytes
) -> tuple[Package, bool]:
    """Offer a package, and whether that is new: offering what counts already changes nothing.

    ``seq``, ``at``, ``author`` and ``size`` of the description are filled in here. ``Rejected``:
    ``digest_wrong`` for other bytes, ``malformed`` for none at all.
    """
    if not content:
        raise Rejected("malformed", "the package is empty")
    if hashlib.sha256(content).hexdigest() != described.sha256:
        raise Rejected("digest_wrong")
    facts = {"at": now(), "author": author.name, "size": len(content)}
    with database.write() as connection:
        before = counting(described.content, described.name, offered(connection))
        if before is not None and _same(before, described):
            return before, False
        if connection.scalar(select(packages.c.size).where(packages.c.sha256 == described.sha256)) is None:
            row = {"sha256": described.sha256, "size": len(content), "content": content}
            connection.execute(packages.insert(), row)
        (seq,) = next_numbers(connection, "updates", 1)
        package = msgspec.structs.replace(described, seq=seq, **facts)
        _add(connection, package, package=package.sha256)
    return package, True


def _same(one: Package, other: Package) -> bool:
    return (one.sha256, one.version, one.key, one.signature) == (
        other.sha256,
        other.version,
        other.key,
        other.signature,
    )


def retract(database: Database, author: Principal, seq: int) -> Retraction:
    """Take a message or package back; once more is what it was. ``Rejected("not_found")``.

    The content of a package goes when nothing else that is offered has the same bytes.
    """
    with database.write() as connection:
        row = _row(connection, seq)
        if row.retracted:
            return _retraction.decode(_row(connection, row.retracted, retracts=seq).item)
        (number,) = next_numbers(connection, "updates", 1)
        said = Retraction(seq=number, at=now(), author=author.name, retracts=seq)
        _add(connection, said, surveyor=row.surveyor, retracts=seq)
        connection.execute(updates.update().where(updates.c.seq == seq), {"retracted": number})
        others = select(updates.c.seq).where(updates.c.package == row.package, updates.c.retracted == 0)
        if row.package and connection.scalar(others.limit(1)) is None:
            connection.execute(delete(packages).where(packages.c.sha256 == row.package))
    return said


def offered(connection: Connection) -> list[Message | Package]:
    """Everything that is offered, oldest first."""
    wanted = select(updates.c.item).where(updates.c.retracts == 0, updates.c.retracted == 0)
    return [_offered.decode(item) for item in connection.scalars(wanted.order_by(updates.c.seq))]


def _row(connection: Connection, seq: int, retracts: int = 0) -> Row[tuple[object, ...]]:
    found = connection.execute(
        select(updates).where(updates.c.seq == seq, updates.c.retracts == retracts)
    ).one_or_none()
    if found is None:
        raise Rejected("not_found")
    return found


def _add(
    connection: Connection,
    item: Message | Package | Retraction,
    *,
    surveyor: str = "",
    package: str = "",
    retracts: int = 0,
) -> None:
    row = {"seq": item.seq, "surveyor": surveyor, "item": encode(item).decode(), "package": package}
    connection.execute(updates.insert(), {**row, "retracts": retracts, "retracted": 0})
