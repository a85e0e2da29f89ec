"""Whose response it is: a device may erase and complete what came from it or from its surveyor, no other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from survey_sync.server.auth import Principal
from survey_sync.server.db.tables import devices, responses

__all__ = ["owned"]


def owned(connection: Connection, sender: Principal, ids: list[str]) -> dict[str, bool]:
    """Which of these ids are stored, and whether this device has a say over them: every version of it counts,
    so that nobody gets hold of a response by sending another one under its id."""
    found: dict[str, bool] = {}
    for response, mine in _versions(connection, sender, ids):
        found[response] = found.get(response, True) and mine
    return found


def _versions(connection: Connection, sender: Principal, ids: list[str]) -> Iterator[tuple[str, bool]]:
    rows = connection.execute(
        select(
            responses.c.id,
            responses.c.device,
            responses.c.surveyor,
            devices.c.surveyor.label("sent_for"),
        )
        .join_from(responses, devices, devices.c.id == responses.c.device, isouter=True)
        .where(responses.c.id.in_(ids))
    )
    for row in rows:
        same_person = bool(sender.surveyor) and sender.surveyor in {row.surveyor, row.sent_for}
        yield row.id, sender.role == "coordinator" or row.device == sender.id or same_person
