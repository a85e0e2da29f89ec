"""Making sure that what was erased is gone from the disk, not only from the index.

A change that erases leaves a mark with the generation of the file that still has the old lines. The journal
is written anew at once; if the disk refuses, the mark stands and the next start tries again. Sealing may wait
in a large store, where writing anew takes seconds: until the program ends, or starts again after a crash, or
eight responses wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from msgspec import DecodeError, Struct, json

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.backup_places import BackupPlaces
from survey_tui.store.journal.compaction import rewrite
from survey_tui.store.journal.format import Record
from survey_tui.store.journal.index import STORE_FACTS
from survey_tui.store.journal.writer import Journal

__all__ = ["erase", "erasure_mark", "finish_erasure", "ids_to_erase"]

_MARK = "erase"
_LARGE_BYTES = 16 << 20  # a fifth of a second on a laptop, some on a small device
_MOST_WAITING = 8


class _Mark(Struct, frozen=True):
    generation: int = -1
    ids: list[str] = []


def erasure_mark(journal: Journal, ids: Iterable[str]) -> Record:
    """The record that goes into the same change as the erasing one; ``ids`` are the responses erased."""
    mark = _Mark(journal.generation, sorted({*_owed(journal).ids, *ids}))
    return Record("put", STORE_FACTS, _MARK, json.encode(mark), b"{}")


def erase(journal: Journal, records: list[Record], ids: Iterable[str], *, may_wait: bool = False) -> None:
    """Append what erases ``ids``, and take their lines off the disk; now, unless that ``may_wait`` and the
    journal is large.

    ``StoreError`` when nothing was changed; when only the second half fails, the journal's notices say so
    (``erasure_owed``) and the next start goes on with it.
    """
    with journal.writing():
        journal.append([*records, erasure_mark(journal, ids)])
        if may_wait and journal.size > _LARGE_BYTES and len(ids_to_erase(journal)) < _MOST_WAITING:
            return
        finish_erasure(journal)


def finish_erasure(journal: Journal) -> None:
    """Do what an erasure still owes, if anything."""
    owed = _owed(journal)
    if journal.read_only or owed.generation < 0:
        return
    from survey_tui.store.crypto.aside import aside_without

    try:
        with journal.writing():
            if owed.generation >= journal.generation:
                if records := aside_without(journal, owed.ids):
                    journal.append(records)
                rewrite(journal)
            _clean_copies(journal, owed.ids)
            _tell_backups(journal, owed.ids)
            journal.append([Record("del", STORE_FACTS, _MARK)])
    except StoreError:
        with suppress(StoreError):
            journal.notice("erasure_owed")


def ids_to_erase(journal: Journal) -> list[str]:
    """Responses of which there are old lines that must go."""
    return _owed(journal).ids


def _owed(journal: Journal) -> _Mark:
    entry = journal.index.tables.get(STORE_FACTS, {}).get(_MARK)
    try:
        return json.decode(entry.head, type=_Mark) if entry is not None else _Mark()
    except DecodeError:
        return _Mark()


def _tell_backups(journal: Journal, ids: list[str]) -> None:
    try:
        BackupPlaces(journal.path).owe(ids)
    except OSError as error:
        raise files.refused(error, journal.path) from None


def _clean_copies(journal: Journal, ids: list[str]) -> None:
    """Take the lines about these responses out of every copy that the program made."""
    from survey_tui.store.copies import copies_of, without

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
