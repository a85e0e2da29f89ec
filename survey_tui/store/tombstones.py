"""Responses that were withdrawn: what stays is that there was one, and nothing of what it said."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import DecodeError, Struct, json, structs

from survey_tui.store.journal.format import Record
from survey_tui.store.journal.writer import Journal

__all__ = ["TOMBSTONES", "Tombstone", "mark_received", "tombstone_record", "tombstones_in"]

TOMBSTONES = "tombstones"
"""The table: response id → the rest of its tombstone."""


class Tombstone(Struct, frozen=True, kw_only=True):
    """A withdrawn response: its id and form, and when it was withdrawn (ISO 8601 with zone).

    ``known``: the server may have the response (it was sent), so the tombstone must reach it. ``received``:
    the server has said that it erased it too.
    """

    id: str
    form_id: str
    at: str
    known: bool = False
    received: bool = False


def tombstone_record(tombstone: Tombstone) -> Record:
    """The line of a tombstone."""
    return Record("put", TOMBSTONES, tombstone.id, json.encode(tombstone), b"{}")


def tombstones_in(journal: Journal) -> list[Tombstone]:
    """All tombstones, oldest first."""
    found = []
    for entry in journal.index.tables.get(TOMBSTONES, {}).values():
        try:
            found.append(json.decode(entry.head, type=Tombstone))
        except DecodeError:  # a newer version's
            continue
    return sorted(found, key=lambda tombstone: (tombstone.at, tombstone.id))


def mark_received(journal: Journal, ids: Iterable[str]) -> None:
    """The server has erased these responses too."""
    wanted = set(ids)
    with journal.writing():
        records = [
            tombstone_record(structs.replace(tombstone, received=True))
            for tombstone in tombstones_in(journal)
            if tombstone.id in wanted and not tombstone.received
        ]
        if records:
            journal.append(records)
