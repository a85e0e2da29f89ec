"""What goes down to devices: messages, signed packages, and what was taken back of both."""

from __future__ import annotations

import msgspec
from sqlalchemy import or_, select

from survey_sync.protocol.messages import Message, Package, Retraction, Updates
from survey_sync.server.auth import Principal
from survey_sync.server.clock import now
from survey_sync.server.db import Database
from survey_sync.server.db.tables import counters, devices, fetched, packages, updates
from survey_sync.server.problems import Rejected

__all__ = ["hear", "package_bytes", "package_fetched", "updates_since"]

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
