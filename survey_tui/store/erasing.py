"""Making sure that what was erased is gone from the disk, not only from the index.

A change that erases leaves a mark with the generation of the file that still has the old lines. The journal
is written anew at once; if the disk refuses, the mark stands and the next start tries again.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from msgspec import DecodeError, Struct, json

from survey_tui.errors import StoreError
from survey_tui.store import files
from survey_tui.store.compaction import rewrite
from survey_tui.store.copies import copies_of, without
from survey_tui.store.journal import Journal
from survey_tui.store.lines import Record

__all__ = ["STORE_FACTS", "erase", "erasure_mark", "finish_erasure"]

STORE_FACTS = "store"
"""The table of facts about the store itself."""

_MARK = "erase"


class _Mark(Struct, frozen=True):
    generation: int = -1
    ids: list[str] = []


def erasure_mark(journal: Journal, ids: Iterable[str]) -> Record:
    """The record that goes into the same change as the erasing one; ``ids`` are the responses erased."""
    mark = _Mark(journal.generation, sorted({*_owed(journal).ids, *ids}))
    return Record("put", STORE_FACTS, _MARK, json.encode(mark), b"{}")


def erase(journal: Journal, records: list[Record], ids: Iterable[str]) -> None:
    """Append what erases ``ids``, and take their lines off the disk.

    ``StoreError`` when nothing was changed; when only the second half fails, the journal's notices say so
    (``erasure_owed``) and the next start goes on with it.
    """
    with journal.writing():
        journal.append([*records, erasure_mark(journal, ids)])
        finish_erasure(journal)


def finish_erasure(journal: Journal) -> None:
    """Do what an erasure still owes, if anything."""
    owed = _owed(journal)
    if journal.read_only or owed.generation < 0:
        return
    try:
        with journal.writing():
            if owed.generation >= journal.generation:
                rewrite(journal)
            _clean_copies(journal, owed.ids)
            journal.append([Record("del", STORE_FACTS, _MARK)])
    except StoreError:
        with suppress(StoreError):
            journal.notice("erasure_owed")


def _owed(journal: Journal) -> _Mark:
    entry = journal.index.tables.get(STORE_FACTS, {}).get(_MARK)
    try:
        return json.decode(entry.head, type=_Mark) if entry is not None else _Mark()
    except DecodeError:
        return _Mark()


def _clean_copies(journal: Journal, ids: list[str]) -> None:
    """Take the lines about these responses out of every copy that the program made."""
    try:
        for path in copies_of(journal.path):
            content = path.read_bytes()
            kept = without(content, ids)
            if not kept:
                path.unlink()
            elif kept != content:
                files.replace(path, kept)
    except OSError as error:
        raise files.refused(error, journal.path) from None
