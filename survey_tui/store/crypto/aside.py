"""Files that were set aside in the clear (``.torn``, ``.damaged``) before the journal was locked.

They hold answers, so they become documents of the journal, in the table ``aside``, where they are encrypted
with everything else; the files are removed once the locked journal is in place.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import json

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.copies import find_copies, remove_lines_about
from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.stored_table import StoredTable
from survey_tui.store.journal.writer import JournalWriter

ASIDE = "aside"
"""The table: file name → ``{"content": base64}``."""


@contextmanager
def move_files_in(journal: JournalWriter) -> Iterator[None]:
    """Append the files to the journal, let the caller lock it, then remove the files."""
    try:
        files.remove_drafts(journal.path)
        found = find_copies(journal.path)
        records = [_record(path.name, path.read_bytes()) for path in found]
    except OSError as error:
        raise files.store_error_from(error, journal.path) from None
    if records:
        journal.append(records)
    yield
    try:
        _remove(journal, found)
    except OSError as error:
        raise files.store_error_from(error, journal.path) from None


def finish_moving_in(journal: JournalWriter) -> None:
    """Remove the files that a crash left after they had been appended and locked."""
    if not StoredTable(journal, ASIDE):
        return
    with suppress(OSError, StoreError):  # the next start tries again
        kept = dict(_documents(journal))
        _remove(
            journal, [path for path in find_copies(journal.path) if kept.get(path.name) == path.read_bytes()]
        )


def erase_from_aside(journal: JournalWriter, ids: Iterable[str]) -> list[JournalRecord]:
    """Records that remove everything about these responses from the documents
    (``copies.remove_lines_about``)."""
    wanted = list(ids)
    records = []
    for name, content in _documents(journal):
        kept = remove_lines_about(content, wanted)
        if not kept:
            records.append(JournalRecord("del", ASIDE, name))
        elif kept != content:
            records.append(_record(name, kept))
    return records


def _record(name: str, content: bytes) -> JournalRecord:
    text = b2a_base64(content, newline=False).decode()
    return JournalRecord("put", ASIDE, name, b"", json.encode({"content": text}))


def _documents(journal: JournalWriter) -> Iterator[tuple[str, bytes]]:
    for name, document in StoredTable(journal, ASIDE).items():
        yield name, a2b_base64(document["content"])


def _remove(journal: JournalWriter, found: list[Path]) -> None:
    for path in found:
        path.unlink(missing_ok=True)
    if found:
        files.sync_directory(journal.path.parent)
