"""The list of what has arrived: a line a response, sealed ones too, of which nothing else can be read here.

It says what the server knows and the frozen bytes may not: who asked, with which device, and who sent it on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Literal

import msgspec
from sqlalchemy import select

from survey_sync.server.db import Database
from survey_sync.server.db.tables import devices, responses
from survey_sync.server.exports.csv_tables import BOM, drained
from survey_tui.csv_cells import neutral

__all__ = ["Layout", "listing"]

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


def listing(database: Database, layout: Layout) -> Iterator[bytes]:
    """Every version of every response in the order of arrival; no answers. CSV as
    :func:`~survey_sync.server.exports.csv_tables.csv_lines` has it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if layout == "csv":
        out.write(BOM)
        writer.writerow(_COLUMNS)
    for page in _pages(database):
        if layout == "csv":
            writer.writerows([neutral(str(value)) for value in row] for row in page)
        else:
            for row in page:
                out.write(msgspec.json.encode(dict(zip(_COLUMNS, row, strict=True))).decode() + "\n")
        yield drained(out)


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
