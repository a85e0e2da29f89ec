"""Updates for devices: messages, signed packages and retractions."""

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
from survey_sync.server.problems import ProblemError
from survey_tui.vietnamese import nfc

_PAGE = 100
_MAX_JUMP = 10_000
_decode_item = msgspec.json.Decoder(Message | Package | Retraction)


def updates_since(database: Database, reader: Principal, since: int) -> Updates:
    """Updates after number ``since``, oldest first, at most 100.

    Retracted updates are left out. A retraction goes only to devices that may have the update: ``since`` is
    not below its number.
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
    items = [_decode_item.decode(row.item) for row in page]
    return Updates(now=page[-1].seq if page else since, items=items, more=len(rows) > _PAGE)


def record_received_updates(database: Database, device: str, since: int) -> None:
    """Record that this device has all updates up to ``since``.

    If the database was restored from a backup, devices may know later numbers: numbering continues after
    them, so that no device skips the next update. A jump too large for that is ignored.
    """
    with database.read() as connection:
        last = connection.scalar(select(counters.c.value).where(counters.c.name == "updates")) or 0
        received = connection.scalar(select(devices.c.heard).where(devices.c.id == device))
    reached = since if since <= last + _MAX_JUMP else last
    if received is None or (received >= reached and reached <= last):
        return
    with database.write() as connection:
        behind = devices.update().where(devices.c.id == device, devices.c.heard < reached)
        connection.execute(behind, {"heard": reached})
        lower = counters.update().where(counters.c.name == "updates", counters.c.value < reached)
        connection.execute(lower, {"value": reached})


def package_bytes(database: Database, sha256: str) -> bytes:
    """The content of a package. ``ProblemError``: ``retracted``, ``not_found``."""
    with database.read() as connection:
        content: bytes | None = connection.scalar(
            select(packages.c.content).where(packages.c.sha256 == sha256)
        )
        if content is None:
            known = connection.scalar(select(updates.c.seq).where(updates.c.package == sha256).limit(1))
            raise ProblemError("not_found" if known is None else "retracted")
    return bytes(content)


def record_fetched_package(database: Database, device: str, sha256: str) -> None:
    """Record that this device received the package to its end."""
    same = (fetched.c.device == device, fetched.c.sha256 == sha256)
    with database.write() as connection:
        if connection.scalar(select(fetched.c.at).where(*same)) is None:
            connection.execute(fetched.insert(), {"device": device, "sha256": sha256, "at": now()})


_decode_retraction = msgspec.json.Decoder(Retraction)
_decode_offered = msgspec.json.Decoder(Message | Package)


def post_message(database: Database, author: Principal, new: NewMessage) -> int:
    """Add a message for one surveyor or for all; returns its number."""
    surveyor = nfc(new.surveyor.strip())
    with database.write() as connection:
        (seq,) = next_numbers(connection, "updates", 1)
        message = Message(seq=seq, at=now(), author=author.name, text=new.text, surveyor=surveyor)
        _add(connection, message, surveyor=surveyor)
    return seq


def add_package(
    database: Database, author: Principal, described: Package, content: bytes
) -> tuple[Package, bool]:
    """Offer a package; returns it, and whether it is new. Offering the current one again changes nothing.

    ``seq``, ``at``, ``author`` and ``size`` of the description are set here. ``ProblemError``:
    ``digest_wrong`` for other bytes, ``malformed`` for none at all.
    """
    if not content:
        raise ProblemError("malformed", "the package is empty")
    if hashlib.sha256(content).hexdigest() != described.sha256:
        raise ProblemError("digest_wrong")
    facts = {"at": now(), "author": author.name, "size": len(content)}
    with database.write() as connection:
        before = current_package(described.content, described.name, offered_updates(connection))
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
    """Retract a message or package; repeating it changes nothing. ``ProblemError("not_found")``.

    The content of a package is deleted unless another offered one has the same bytes.
    """
    with database.write() as connection:
        row = _row(connection, seq)
        if row.retracted:
            return _decode_retraction.decode(_row(connection, row.retracted, retracts=seq).item)
        (number,) = next_numbers(connection, "updates", 1)
        retraction = Retraction(seq=number, at=now(), author=author.name, retracts=seq)
        _add(connection, retraction, surveyor=row.surveyor, retracts=seq)
        connection.execute(updates.update().where(updates.c.seq == seq), {"retracted": number})
        others = select(updates.c.seq).where(updates.c.package == row.package, updates.c.retracted == 0)
        if row.package and connection.scalar(others.limit(1)) is None:
            connection.execute(delete(packages).where(packages.c.sha256 == row.package))
    return retraction


def offered_updates(connection: Connection) -> list[Message | Package]:
    """Messages and packages in force, oldest first."""
    wanted = select(updates.c.item).where(updates.c.retracts == 0, updates.c.retracted == 0)
    return [_decode_offered.decode(item) for item in connection.scalars(wanted.order_by(updates.c.seq))]


def _row(connection: Connection, seq: int, retracts: int = 0) -> Row[tuple[object, ...]]:
    found = connection.execute(
        select(updates).where(updates.c.seq == seq, updates.c.retracts == retracts)
    ).one_or_none()
    if found is None:
        raise ProblemError("not_found")
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
