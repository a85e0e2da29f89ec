"""What goes down to devices: messages, and packages that their authors signed."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, or_, select

from survey_sync.protocol import Message, NewMessage, Package, Updates, encode
from survey_sync.server.auth import Principal
from survey_sync.server.clock import now
from survey_sync.server.db import Database
from survey_sync.server.db.numbers import next_numbers
from survey_sync.server.db.tables import packages, updates
from survey_sync.server.problems import Rejected

__all__ = ["add_package", "package_bytes", "post_message", "updates_since"]

_PAGE = 100
_item = msgspec.json.Decoder(Message | Package)


def updates_since(database: Database, reader: Principal, since: int) -> Updates:
    """What this device has not seen, oldest first, at most 100 at a time."""
    mine = or_(updates.c.surveyor == "", updates.c.surveyor == reader.surveyor)
    wanted = select(updates.c.seq, updates.c.item).where(updates.c.seq > since)
    if reader.role != "coordinator":
        wanted = wanted.where(mine)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(updates.c.seq).limit(_PAGE + 1)).all()
    page = rows[:_PAGE]
    items = [_item.decode(row.item) for row in page]
    return Updates(now=page[-1].seq if page else since, items=items, more=len(rows) > _PAGE)


def post_message(database: Database, author: Principal, new: NewMessage) -> int:
    """Tell one surveyor, or everybody; its number."""
    with database.write() as connection:
        (seq,) = next_numbers(connection, "updates", 1)
        message = Message(seq=seq, at=now(), author=author.name, text=new.text, surveyor=new.surveyor)
        _add(connection, message, new.surveyor)
    return seq


def add_package(database: Database, described: Package, content: bytes) -> Package:
    """Offer a package; the same once more is what it was. ``Rejected("digest_wrong")`` for other bytes.

    ``seq``, ``at`` and ``size`` of the description are filled in here.
    """
    if hashlib.sha256(content).hexdigest() != described.sha256:
        raise Rejected("digest_wrong")
    with database.write() as connection:
        if connection.scalar(select(packages.c.size).where(packages.c.sha256 == described.sha256)) is None:
            row = {"sha256": described.sha256, "size": len(content), "content": content}
            connection.execute(packages.insert(), row)
        (seq,) = next_numbers(connection, "updates", 1)
        offered = msgspec.structs.replace(described, seq=seq, at=now(), size=len(content))
        _add(connection, offered, "")
    return offered


def package_bytes(database: Database, sha256: str) -> bytes:
    """The content of a package; ``Rejected("not_found")``."""
    with database.read() as connection:
        content: bytes | None = connection.scalar(
            select(packages.c.content).where(packages.c.sha256 == sha256)
        )
    if content is None:
        raise Rejected("not_found")
    return bytes(content)


def _add(connection: Connection, item: Message | Package, surveyor: str) -> None:
    row = {"seq": item.seq, "surveyor": surveyor, "item": encode(item).decode()}
    connection.execute(updates.insert(), row)
