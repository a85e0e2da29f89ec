"""Queries of the pages: counts in SQL over the table without answers."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Column, Connection, func, select

from survey_sync.protocol.messages import DeviceRecord
from survey_sync.server.db.tables import ago, devices, pushes, responses, withdrawn
from survey_sync.server.devices import device_list

_PUSHES = 200
_VERSIONS = 500


class ResponseCount(Struct, frozen=True):
    """Responses of a commune, surveyor or form: number, last arrival, conflicts."""

    name: str
    responses: int
    last: str
    conflicts: int


class Overview(Struct, frozen=True):
    """Figures of the first page."""

    responses: int
    conflicts: int
    withdrawn: int
    communes: list[ResponseCount]
    surveyors: list[ResponseCount]
    forms: list[ResponseCount]


class Push(Struct, frozen=True):
    """A batch that arrived: its device and the results."""

    at: str
    device: str
    surveyor: str
    stored: int
    present: int
    conflict: int
    refused: int
    withdrawn: int
    bytes: int


class Version(Struct, frozen=True):
    """A version of a response in conflict."""

    id: str
    receipt: int
    sha256: str
    received: str
    surveyor: str
    device: str
    bytes: int
    first: bool


def overview(connection: Connection) -> Overview:
    """Count everything that has arrived."""
    by_form = _counts_by(connection, responses.c.form_id)
    return Overview(
        responses=sum(group.responses for group in by_form),
        conflicts=sum(group.conflicts for group in by_form),
        withdrawn=connection.scalar(select(func.count()).select_from(withdrawn)) or 0,
        communes=_counts_by(connection, responses.c.commune),
        surveyors=_counts_by(connection, responses.c.surveyor),
        forms=by_form,
    )


def _counts_by(connection: Connection, column: Column[str]) -> list[ResponseCount]:
    found = connection.execute(
        select(
            column.label("name"),
            (func.count() - func.sum(responses.c.conflict)).label("responses"),
            func.max(responses.c.received).label("last"),
            func.sum(responses.c.conflict).label("conflicts"),
        )
        .group_by(column)
        .order_by(column)
    )
    return [ResponseCount(row.name, int(row.responses), row.last, int(row.conflicts)) for row in found]


def silent_devices(connection: Connection, days: int) -> list[DeviceRecord]:
    """Surveyors' devices without contact for ``days``, the longest silent first."""
    limit = ago(days=days)
    quiet = [each for each in device_list(connection) if not each.revoked and each.last_seen < limit]
    return [each for each in reversed(quiet) if each.role == "surveyor"]


def recent_pushes(connection: Connection) -> list[Push]:
    """Recent pushes, newest first."""
    found = connection.execute(
        select(pushes, devices.c.name, devices.c.surveyor)
        .join_from(pushes, devices, devices.c.id == pushes.c.device, isouter=True)
        .order_by(pushes.c.seq.desc())
        .limit(_PUSHES)
    )
    return [
        Push(
            row.at,
            row.name or row.device,
            row.surveyor or "",
            row.stored,
            row.present,
            row.conflict,
            row.refused,
            row.withdrawn,
            row.bytes,
        )
        for row in found
    ]


def conflicts(connection: Connection) -> list[Version]:
    """Every version of the responses in conflict, sorted by response."""
    several = select(responses.c.id).where(responses.c.conflict == 1)
    found = connection.execute(
        select(responses, devices.c.name)
        .join_from(responses, devices, devices.c.id == responses.c.device, isouter=True)
        .where(responses.c.id.in_(several))
        .order_by(responses.c.id, responses.c.seq)
        .limit(_VERSIONS)
    )
    return [
        Version(
            row.id,
            row.seq,
            row.sha256,
            row.received,
            row.surveyor,
            row.name or row.device,
            row.bytes,
            not row.conflict,
        )
        for row in found
    ]
