"""Stored responses, a few at a time, so that a download of any size takes little memory and no long lock."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import func, select

from survey_sync.server.db import Database
from survey_sync.server.db.tables import bodies, responses

__all__ = ["Record", "forms", "last_number", "records"]

_PAGE = 500


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
