"""Whose response it is: a device may erase and complete what came from it or from its surveyor, no other."""

from __future__ import annotations

from sqlalchemy import Connection, select

from survey_sync.server.auth import Principal
from survey_sync.server.db.tables import devices, responses

__all__ = ["owned"]


def owned(connection: Connection, sender: Principal, ids: list[str]) -> dict[str, bool]:
    """Which of these ids are stored, and whether this device has a say over them.

    The version that came first decides: sending other bytes under somebody's id gives no say over it, and
    takes none away."""
    rows = connection.execute(
        select(
            responses.c.id,
            responses.c.device,
            responses.c.surveyor,
            devices.c.surveyor.label("sent_for"),
        )
        .join_from(responses, devices, devices.c.id == responses.c.device, isouter=True)
        .where(responses.c.id.in_(ids), responses.c.conflict == 0)
    )
    found: dict[str, bool] = {}
    for row in rows:
        same_person = bool(sender.surveyor) and sender.surveyor in {row.surveyor, row.sent_for}
        found[row.id] = sender.role == "coordinator" or row.device == sender.id or same_person
    return found
