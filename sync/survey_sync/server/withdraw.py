"""A respondent's withdrawal arrives: content is erased, a tombstone stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from survey_sync.protocol.messages import Confirmation, Withdrawal
from survey_sync.server.auth import Principal
from survey_sync.server.clock import now
from survey_sync.server.db import Database
from survey_sync.server.db.tables import attachments, bodies, chunks, responses, withdrawn
from survey_sync.server.ownership import owned

__all__ = ["withdraw"]


def withdraw(database: Database, sender: Principal, wanted: Sequence[Withdrawal]) -> list[Confirmation]:
    """Erase every version of these responses and their attachments, in one transaction; confirm each.

    An id that never arrived gets its tombstone too, so that a late copy (on a stick) is not kept. Somebody
    else's response is refused (``not_yours``). Sending the same again confirms again.
    """
    with database.write() as connection:
        owners = owned(connection, sender, [each.id for each in wanted])
        foreign = {response for response, mine in owners.items() if not mine}
        mine = {each.id: each for each in wanted if each.id not in foreign}
        erased = _erase(connection, list(mine))
        _bury(connection, sender, mine)
    if erased:
        database.forget_erased()
    return [
        Confirmation(id=each.id, status="refused", reason="not_yours")
        if each.id in foreign
        else Confirmation(id=each.id, status="withdrawn")
        for each in wanted
    ]


def _erase(connection: Connection, ids: list[str]) -> int:
    numbers = list(connection.scalars(select(responses.c.seq).where(responses.c.id.in_(ids))))
    connection.execute(delete(bodies).where(bodies.c.seq.in_(numbers)))
    connection.execute(delete(responses).where(responses.c.id.in_(ids)))
    held = connection.execute(delete(attachments).where(attachments.c.id.in_(ids))).rowcount
    connection.execute(delete(chunks).where(chunks.c.id.in_(ids)))
    return len(numbers) + held


def _bury(connection: Connection, sender: Principal, mine: dict[str, Withdrawal]) -> None:
    known = set(connection.scalars(select(withdrawn.c.id).where(withdrawn.c.id.in_(list(mine)))))
    moment = now()
    rows: list[dict[str, Any]] = [
        {"id": each.id, "at": each.at, "received": moment, "device": sender.id}
        for each in mine.values()
        if each.id not in known
    ]
    if rows:
        connection.execute(withdrawn.insert(), rows)
