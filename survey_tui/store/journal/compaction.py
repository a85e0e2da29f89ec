"""Compaction: rewriting a journal without the lines that later ones replaced.

The new file is complete and synced before it takes the old one's name in one step, so a crash leaves one or
the other. Its generation is one higher, by which readers know that their offsets no longer hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from msgspec import structs

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.journal.format import NEWEST_VERSION, FileHeader, JournalRecord, KeyRing, header_line
from survey_tui.store.journal.index import IndexEntry, JournalIndex
from survey_tui.store.journal.reader import open_for_reading
from survey_tui.store.journal.scan import Scan
from survey_tui.store.journal.writer import JournalWriter

_CHUNK_BYTES = 1 << 20


def compact(journal: JournalWriter) -> None:
    """Rewrite the journal; ``StoreError`` leaves the old file in use."""
    with journal.writing():
        rewrite(journal)


def rewrite(journal: JournalWriter, header: FileHeader | None = None, keys: KeyRing | None = None) -> None:
    """Rewrite a journal and go on with the new file; the caller holds the lock.

    ``header`` and ``keys`` are given when the lock of the file changes.

    Raises ``StoreError``. Until the new file has the name, the old one stays in use. If it has, but the disk
    cannot confirm the name, the journal becomes read-only: a crash could bring the old file back, without
    later writes.
    """
    target = journal.path.with_suffix(".new")
    descriptor, file = -1, None
    try:
        descriptor = files.open_private(target, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC)
        file = open_for_reading(target)
        scan = _write(journal, descriptor, header or journal.header, keys or journal.keys)
        target.replace(journal.path)
    except (OSError, StoreError) as error:
        _discard(target, descriptor, file)
        raise files.store_error_from(error, journal.path) if isinstance(error, OSError) else error from None
    journal.keys = keys or journal.keys
    journal.use_file(descriptor, file, scan)


def _discard(target: Path, descriptor: int, file: FileIO | None) -> None:
    if file is not None:
        file.close()
    if descriptor >= 0:
        os.close(descriptor)
    with suppress(OSError):
        target.unlink(missing_ok=True)


def _live_records(journal: JournalWriter) -> Iterator[JournalRecord]:
    """Everything that counts, oldest document first."""
    for table, entries in journal.index.tables.items():
        yield JournalRecord("new", table)
        for key, entry in entries.items():
            yield from _lines_of(journal, table, key, entry)


def _lines_of(journal: JournalWriter, table: str, key: str, entry: IndexEntry) -> Iterator[JournalRecord]:
    line = journal.read(entry.offset, entry.length, key)
    yield JournalRecord("put", table, key, line.head, line.body)
    parts = entry.parts or []
    for offset, length in zip(parts[::2], parts[1::2], strict=True):
        line = journal.read(offset, length, key)
        yield JournalRecord("add", table, key, line.head, line.body)
    if entry.patch_length:
        yield JournalRecord("set", table, key, entry.patch)


def _write(journal: JournalWriter, descriptor: int, header: FileHeader, keys: KeyRing) -> Scan:
    """Write all live records to a new file; the scan that reading it would give."""
    scan = Scan(JournalIndex(), journal.path.name, keys)
    scan.header = structs.replace(header, version=NEWEST_VERSION, generation=journal.generation + 1)
    scan.codec = keys.codec(scan.header)
    waiting = bytearray(header_line(scan.header))
    scan.end, scan.sequence, scan.line = len(waiting), 1, 1
    scan.mark = (0, bytes(waiting[:8]))
    for record in _live_records(journal):
        line = scan.codec.encode(record, scan.sequence)
        scan.add_written(record, line)
        waiting += line
        if len(waiting) > _CHUNK_BYTES:
            files.write(descriptor, bytes(waiting))
            waiting.clear()
    files.append(descriptor, bytes(waiting))
    return scan
