"""Downloads as their reader may have them."""

from __future__ import annotations

from collections.abc import Iterator

from survey_sync.protocol.messages import Role
from survey_sync.server.data.deidentify import deidentified
from survey_sync.server.data.records import last_number, records
from survey_sync.server.exports.csv_tables import csv_lines
from survey_sync.server.runtime import ServerState

__all__ = ["csv_file", "json_lines"]


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
