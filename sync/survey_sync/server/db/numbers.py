"""Numbers that grow by one and are never given out twice, in the order of commits."""

from __future__ import annotations

from sqlalchemy import Connection

from survey_sync.server.db.tables import counters

__all__ = ["next_numbers"]


def next_numbers(connection: Connection, name: str, count: int) -> range:
    """``count`` numbers of the counter; inside a writing transaction only."""
    if not count:
        return range(0)
    value = counters.c.value
    last: int = connection.execute(
        counters.update().where(counters.c.name == name).values(value=value + count).returning(value)
    ).scalar_one()
    return range(last - count + 1, last + 1)
