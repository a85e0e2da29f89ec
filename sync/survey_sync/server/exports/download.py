"""The list of what has arrived: a line a response, sealed ones too, of which nothing else can be read here.

It says what the server knows and the frozen bytes may not: who asked, with which device, and who sent it on.

Taking out of a response what leads to a household: enumeration area, household number, receipt code.

Notes and the free text of the outcome go too: a surveyor may have written a name there. A sealed response
cannot be read here and is left out altogether.

Stored responses, a few at a time, so that a download of any size takes little memory and no long lock.

Downloads as their reader may have them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from survey_sync.protocol.messages import Role
from survey_sync.server.db import Database
from survey_sync.server.db.tables import bodies, devices, responses
from survey_sync.server.exports.csv_tables import BOM, csv_lines, drained
from survey_sync.server.runtime import ServerState
from survey_tui.csv_cells import neutral

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


_FREE_TEXT = ("notes", "outcome_text")
_BY_PATH = ("missing", "confirmed")
_KEPT = frozenset(
    (
        *("response_id", "form_id", "form_version", "form_sha256", "modules", "language", "commune"),
        *("device_id", "username", "started", "finished", "minutes", "outcome", "values", *_BY_PATH),
    )
)


def deidentified(frozen: bytes, identifying: Collection[str]) -> bytes | None:
    """The response without the questions named and without free text; ``None`` when it cannot be read.

    ``values`` and everything told by path lose those questions wherever they stand. A field that this program
    does not know is left out: nobody has said that it is harmless.
    """
    try:
        clean = _cleaned(json.loads(frozen), identifying)
        text = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (RecursionError, ValueError):  # nested, or with numbers, as no program of ours writes
        return None
    return text.encode("utf-8", "replace") + b"\n" if clean is not None else None


def _cleaned(response: dict[str, Any], identifying: Collection[str]) -> dict[str, Any] | None:
    values = response.get("values")
    if not isinstance(values, list):
        return None
    clean = {name: value for name, value in response.items() if name in _KEPT}
    clean["values"] = [
        pair
        for pair in values
        if isinstance(pair, list) and len(pair) == 2 and _question(pair[0]) not in identifying
    ]
    for name in _BY_PATH:
        told = response.get(name)
        if isinstance(told, dict):
            clean[name] = {path: each for path, each in told.items() if _question(path) not in identifying}
    return clean


def _question(path: object) -> str:
    return str(path).rpartition("/")[2]


class Record(Struct, frozen=True, gc=False):
    """One stored response. ``frozen``: the bytes as they came; ``conflict``: another one of this id came
    first."""

    seq: int
    id: str
    sha256: str
    conflict: bool
    frozen: bytes


def forms(database: Database) -> list[str]:
    """The forms of which there are responses."""
    with database.read() as connection:
        return list(connection.scalars(select(responses.c.form_id).distinct().order_by(responses.c.form_id)))


def last_number(database: Database) -> int:
    """The number of the newest response, 0 if there is none."""
    with database.read() as connection:
        return connection.scalar(select(func.coalesce(func.max(responses.c.seq), 0))) or 0


def records(
    database: Database, form_id: str | None, *, conflicts: bool = False, last: int | None = None
) -> Iterator[Record]:
    """In the order of arrival: the first version of each response of a form (``None``: of all forms).

    ``conflicts``: instead every version of those responses that came with different bytes. ``last``: up to
    this number, so that two passes see the same.
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
            yield Record(row.seq, row.id, row.sha256, bool(row.conflict), bytes(row.body))
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


def json_lines(
    server: ServerState, role: Role, form_id: str | None, *, conflicts: bool = False
) -> Iterator[bytes]:
    """JSON Lines. For a coordinator the frozen bytes unchanged: the SHA-256 of a line, line end included, is
    the one in the receipt. For an analyst without what leads to a household."""
    for record in records(server.database, form_id, conflicts=conflicts):
        line = (
            record.frozen if role == "coordinator" else deidentified(record.frozen, server.config.identifying)
        )
        if line is not None:
            yield line


def csv_file(server: ServerState, role: Role, form_id: str) -> Iterator[bytes]:
    """One form as CSV; for an analyst without what leads to a household."""
    last = last_number(server.database)

    def responses() -> Iterator[bytes]:
        for record in records(server.database, form_id, last=last):
            frozen = record.frozen
            line = frozen if role == "coordinator" else deidentified(frozen, server.config.identifying)
            if line is not None:
                yield line

    return csv_lines(responses)
