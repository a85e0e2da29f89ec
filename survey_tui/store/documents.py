"""A document and its lines: the head holds the fields that the index keeps in memory, the body the rest.

As TinyDB sees it, a document is its head, what later lines changed of it, its body, and under ``events`` the
items appended since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from survey_tui.store.journal.format import Record
from survey_tui.store.journal.index import Entry
from survey_tui.store.journal.reader import JournalReader

__all__ = ["EVENTS", "Document", "dump", "load", "parse", "put_record"]

Document: TypeAlias = dict[str, Any]

EVENTS = "events"
"""The field that ``add`` lines append to."""


def dump(value: object) -> bytes:
    """Compact JSON in UTF-8. NaN and infinities are refused (``ValueError``): they are not JSON."""
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def put_record(table: str, key: str, document: Mapping[str, Any], indexed: frozenset[str]) -> Record:
    """The line that makes ``document`` the whole of what is stored under ``key``."""
    head = {name: value for name, value in document.items() if name in indexed}
    body = {name: value for name, value in document.items() if name not in indexed}
    return Record("put", table, key, dump(head) if head else b"", dump(body))


def parse(*objects: bytes) -> Document:
    """One document from JSON objects, later ones over earlier ones; empty bytes are no object."""
    import json

    document: Document = {}
    for text in objects:
        if text:
            document |= json.loads(text)
    return document


def load(journal: JournalReader, key: str, entry: Entry) -> Document:
    """Read a document from disk. ``StoreError("store_damaged")`` when a line of it is not sound."""
    import json

    line = journal.read(entry.offset, entry.length, key)
    document = parse(line.head, entry.patch, line.body)
    parts = entry.parts or []
    for offset, length in zip(parts[::2], parts[1::2], strict=True):
        items = json.loads(journal.read(offset, length, key).body)
        document.setdefault(EVENTS, []).extend(items)
    return document
