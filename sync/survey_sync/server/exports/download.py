"""Downloads for coordinators and analysts: stored responses, their list, one form as CSV.

Rows are read in pages, so that a download of any size takes little memory and holds no long lock. The list
has a line per response, sealed ones too: surveyor, device and sender, no answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from survey_sync.protocol.messages import Role
from survey_sync.server.db import Database
from survey_sync.server.db.tables import bodies, devices, responses
from survey_sync.server.exports.csv_tables import BOM, csv_lines, take_written
from survey_sync.server.exports.deidentification import deidentify
from survey_sync.server.runtime import ServerRuntime
from survey_tui.csv_cells import escape_cell

Layout = Literal["csv", "jsonl"]

_PAGE = 500
_COLUMNS = {
    "receipt": responses.c.seq,
    "response_id": responses.c.id,
    "form_id": responses.c.form_id,
    "form_version": responses.c.form_version,
    "commune": responses.c.commune,
    "surveyor": responses.c.surveyor,
    "device": responses.c.said_device,
    "sent_by": devices.c.name,
    "started": responses.c.started,
    "finished": responses.c.finished,
    "outcome": responses.c.outcome,
    "received": responses.c.received,
    "bytes": responses.c.bytes,
    "conflict": responses.c.conflict,
    "sha256": responses.c.sha256,
}


def response_list(database: Database, layout: Layout) -> Iterator[bytes]:
    """Every version of every response in the order of arrival; no answers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if layout == "csv":
        out.write(BOM)
        writer.writerow(_COLUMNS)
    for page in _pages(database):
        if layout == "csv":
            writer.writerows([escape_cell(str(value)) for value in row] for row in page)
        else:
            for row in page:
                out.write(msgspec.json.encode(dict(zip(_COLUMNS, row, strict=True))).decode() + "\n")
        yield take_written(out)


def _pages(database: Database) -> Iterator[list[tuple[object, ...]]]:
    wanted = (
        select(*(column.label(name) for name, column in _COLUMNS.items()))
        .join_from(responses, devices, devices.c.id == responses.c.device, isouter=True)
        .order_by(responses.c.seq)
        .limit(_PAGE)
    )
    after = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(wanted.where(responses.c.seq > after)).all()
        yield [tuple("" if value is None else value for value in row) for row in rows]
        if len(rows) < _PAGE:
            return
        after = rows[-1].receipt


class ExportRecord(Struct, frozen=True, gc=False):
    """A stored response: ``canonical`` bytes; ``conflict``: another one of this id came first."""

    seq: int
    id: str
    sha256: str
    conflict: bool
    canonical: bytes


def forms(database: Database) -> list[str]:
    """Forms with responses."""
    with database.read() as connection:
        return list(connection.scalars(select(responses.c.form_id).distinct().order_by(responses.c.form_id)))


def last_number(database: Database) -> int:
    """The number of the newest response; 0 if there is none."""
    with database.read() as connection:
        return connection.scalar(select(func.coalesce(func.max(responses.c.seq), 0))) or 0


def records(
    database: Database, form_id: str | None, *, conflicts: bool = False, last: int | None = None
) -> Iterator[ExportRecord]:
    """The first version of each response of a form (``None``: of all forms), in the order of arrival.

    ``conflicts``: instead every version of the responses in conflict. ``last``: up to this number, so that
    two passes see the same.
    """
    columns = (responses.c.seq, responses.c.id, responses.c.sha256, responses.c.conflict, bodies.c.body)
    wanted = select(*columns).join_from(responses, bodies, bodies.c.seq == responses.c.seq)
    if form_id is not None:
        wanted = wanted.where(responses.c.form_id == form_id)
    if last is not None:
        wanted = wanted.where(responses.c.seq <= last)
    if conflicts:
        wanted = wanted.where(responses.c.id.in_(select(responses.c.id).where(responses.c.conflict == 1)))
    else:
        wanted = wanted.where(responses.c.conflict == 0)
    after = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(
                wanted.where(responses.c.seq > after).order_by(responses.c.seq).limit(_PAGE)
            ).all()
        for row in rows:
            yield ExportRecord(row.seq, row.id, row.sha256, bool(row.conflict), bytes(row.body))
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


def json_lines(
    server: ServerRuntime, role: Role, form_id: str | None, *, conflicts: bool = False
) -> Iterator[bytes]:
    """Responses as JSON Lines.

    Coordinators get the canonical bytes unchanged: the SHA-256 of a line with its line end is the receipt's.
    Analysts get them without what identifies a household.
    """
    for record in records(server.database, form_id, conflicts=conflicts):
        line = (
            record.canonical
            if role == "coordinator"
            else deidentify(record.canonical, server.config.identifying)
        )
        if line is not None:
            yield line


def csv_file(server: ServerRuntime, role: Role, form_id: str) -> Iterator[bytes]:
    """A form as CSV; for analysts without what identifies a household."""
    last = last_number(server.database)

    def responses() -> Iterator[bytes]:
        for record in records(server.database, form_id, last=last):
            canonical = record.canonical
            line = canonical if role == "coordinator" else deidentify(canonical, server.config.identifying)
            if line is not None:
                yield line

    return csv_lines(responses)
