"""Migration of older stores, version by version.

Each migration reads the file of one version and writes a sibling file of the next. The finished file takes
the journal's name in one step; the old one stays as ``<name>.version-0-1``. A crash leaves one or the other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import convert

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.documents import RESPONSES, decode_events, draft_body, final_body
from survey_tui.store.journal.format import (
    NEWEST_VERSION,
    FileHeader,
    JournalRecord,
    encode,
    has_valid_checksum,
    header_line,
    unescape_name,
)
from survey_tui.store.journal.stored_table import EVENTS
from survey_tui.store.journal.table_changes import encode_json, put_record
from survey_tui.store.summary import Head, Summary, encode_head

_CHUNK_BYTES = 1 << 20


def migrate(path: Path, version: int) -> list[Path]:
    """Replace a journal of ``version`` by one of :data:`NEWEST_VERSION`; the files that were kept.

    The caller holds the lock. ``StoreError("store_migration_failed")`` when the old file is damaged, and
    ``OSError`` when the disk refuses: the old file is in place then.
    """
    kept = []
    for step in range(version, NEWEST_VERSION):
        with files.replacement(path, path.with_suffix(".new")) as draft:
            STEPS[step](path, draft)
            draft.sync()
            kept.append(files.keep_sibling(path, f"version-{step}"))
    return kept


def _from_0(old: Path, new: files.DraftFile) -> None:
    """Version 0 had no heads: ``crc32 ⇥ sequence ⇥ action ⇥ table ⇥ key ⇥ document ⏎``, and events of
    final responses uncompressed."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for action, table, key, text in _lines_of_0(old):
        entries = tables.setdefault(table, {})
        if action == "put":
            entries[key] = json.loads(text)
        elif action == "add":
            entries[key].setdefault(EVENTS, []).extend(json.loads(text))
        elif action == "set":
            entries[key].update(json.loads(text))
        elif action == "del":
            entries.pop(key, None)
    _write_1(new, _records_of_1(tables))


def _lines_of_0(path: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """Action, table, key and document of each line after the first; the torn end of a write is left out."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            fields = line.split(b"\t", 5)
            if not line.endswith(b"\n"):
                return
            if len(fields) < 6 or not has_valid_checksum(line) or int(fields[1]) != number:
                raise StoreError("store_migration_failed", path=str(path), line=number + 1)
            if number:
                yield fields[2].decode(), unescape_name(fields[3]), unescape_name(fields[4]), fields[5][:-1]


def _records_of_1(tables: dict[str, dict[str, dict[str, Any]]]) -> Iterator[JournalRecord]:
    for table, entries in tables.items():
        for key, document in entries.items():
            if table == RESPONSES:
                yield _response_of_1(key, document)
            else:
                yield put_record(table, key, document, frozenset())


def _response_of_1(key: str, document: dict[str, Any]) -> JournalRecord:
    summary = convert({name: document[name] for name in document if name in _SUMMARY}, Summary)
    events = decode_events(encode_json(document.get(EVENTS, [])))
    canonical = document.get("canonical", "")
    frozen = summary.status != "draft"
    body = final_body(canonical.encode(), events) if frozen else draft_body(events)
    return JournalRecord("put", RESPONSES, key, encode_head(Head(summary, len(events))), body)


def _write_1(draft: files.DraftFile, records: Iterator[JournalRecord]) -> None:
    waiting = bytearray(header_line(FileHeader(version=1, store=os.urandom(6).hex())))
    for sequence, record in enumerate(records, 1):
        waiting += encode(record, sequence)
        if len(waiting) > _CHUNK_BYTES:
            draft.write(bytes(waiting))
            waiting.clear()
    draft.write(bytes(waiting))


_SUMMARY = frozenset(Summary.__struct_fields__)

STEPS: MappingProxyType[int, Callable[[Path, files.DraftFile], None]] = MappingProxyType({0: _from_0})
"""Version → the step that writes the next version's file (second argument) from that version's (first)."""
