"""What goes down to devices: messages, signed packages, and what was taken back of both.

What coordinators put among the updates, and take back."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, Row, delete, or_, select

from survey_sync.protocol.audience import current_package
from survey_sync.protocol.messages import Message, NewMessage, Package, Retraction, Updates, encode
from survey_sync.server.auth import Principal
from survey_sync.server.db import Database
from survey_sync.server.db.database import next_numbers
from survey_sync.server.db.tables import counters, devices, fetched, now, packages, updates
from survey_sync.server.problems import Rejected
from survey_tui.vietnamese import nfc

_PAGE = 100
_LEAP = 10_000
_item = msgspec.json.Decoder(Message | Package | Retraction)


def updates_since(database: Database, reader: Principal, since: int) -> Updates:
    """What this device has not seen, oldest first, at most 100 at a time.

    What was taken back is left out; that it was taken back is told to those who may have it, because they
    asked from its number on or a higher one.
    """
    wanted = (
        select(updates.c.seq, updates.c.item)
        .where(updates.c.seq > since, updates.c.retracted == 0, updates.c.retracts <= since)
        .order_by(updates.c.seq)
        .limit(_PAGE + 1)
    )
    if reader.role != "coordinator":
        wanted = wanted.where(or_(updates.c.surveyor == "", updates.c.surveyor == reader.surveyor))
    with database.read() as connection:
        rows = connection.execute(wanted).all()
    page = rows[:_PAGE]
    items = [_item.decode(row.item) for row in page]
    return Updates(now=page[-1].seq if page else since, items=items, more=len(rows) > _PAGE)


def hear(database: Database, device: str, since: int) -> None:
    """This device has said that it has everything up to ``since``.

    It may know of later numbers than this database, which then was restored from a backup: the numbers go on
    behind them, so that no device passes over what comes next. A leap that no backup explains is not
    believed.
    """
    with database.read() as connection:
        last = connection.scalar(select(counters.c.value).where(counters.c.name == "updates")) or 0
        heard = connection.scalar(select(devices.c.heard).where(devices.c.id == device))
    reached = since if since <= last + _LEAP else last
    if heard is None or (heard >= reached and reached <= last):
        return
    with database.write() as connection:
        behind = devices.update().where(devices.c.id == device, devices.c.heard < reached)
        connection.execute(behind, {"heard": reached})
        lower = counters.update().where(counters.c.name == "updates", counters.c.value < reached)
        connection.execute(lower, {"value": reached})


def package_bytes(database: Database, sha256: str) -> bytes:
    """The content of a package. ``Rejected``: ``retracted`` for one that was here, ``not_found``."""
    with database.read() as connection:
        content: bytes | None = connection.scalar(
            select(packages.c.content).where(packages.c.sha256 == sha256)
        )
        if content is None:
            known = connection.scalar(select(updates.c.seq).where(updates.c.package == sha256).limit(1))
            raise Rejected("not_found" if known is None else "retracted")
    return bytes(content)


def package_fetched(database: Database, device: str, sha256: str) -> None:
    """This device has been sent the last byte."""
    same = (fetched.c.device == device, fetched.c.sha256 == sha256)
    with database.write() as connection:
        if connection.scalar(select(fetched.c.at).where(*same)) is None:
            connection.execute(fetched.insert(), {"device": device, "sha256": sha256, "at": now()})


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
        before = current_package(described.content, described.name, offered(connection))
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
