"""TinyDB on the journal: its whole interface, at the cost of what changes.

Only ``Table._read_table`` and ``Table._update_table`` are replaced, and a ``Storage`` given; TinyDB (4.9)
reaches its data through these. Documents are read from disk when they are asked for, and every change is one
atomic append.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table
from tinydb.utils import LRUCache

from survey_tui.store.documents import Document, dump, load, parse, put_record
from survey_tui.store.journal.format import Record
from survey_tui.store.journal.index import Entry
from survey_tui.store.journal.writer import Journal


class StoredTable(Mapping[str, Document]):
    """A table as TinyDB reads it: keys are text, documents come from disk one by one."""

    def __init__(self, journal: Journal, name: str) -> None:
        self._journal = journal
        self.name = name

    def __getitem__(self, key: str) -> Document:
        return load(self._journal, key, self._entries()[key])

    def __contains__(self, key: object) -> bool:
        return key in self._entries()

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._entries()))

    def __len__(self) -> int:
        return len(self._entries())

    def items(self) -> Any:
        """Pairs of key and document as they are at the call, so that a loop may change the table."""
        return ((key, load(self._journal, key, entry)) for key, entry in list(self._entries().items()))

    def _entries(self) -> dict[str, Entry]:
        return self._journal.index.tables.get(self.name, {})


class _Changes(MutableMapping[Any, Document]):
    """A table that an updater works on; collects what to append.

    TinyDB's updaters finish with one document before they turn to the next, so only one is held in memory: it
    is encoded, and compared with what was read, when the next is touched.
    """

    def __init__(
        self, stored: StoredTable, id_class: type[Any], encode: Callable[[str, Document], Record]
    ) -> None:
        self.records: list[Record] = []
        self.cleared = False
        self._stored = stored
        self._id_class = id_class
        self._encode = encode
        self._changed: dict[str, Record | None] = {}  # None: removed
        self._open_key: str | None = None
        self._open: Document = {}
        self._as_read: bytes | None = None

    def __getitem__(self, key: Any) -> Document:
        name = str(key)
        if name != self._open_key:
            self.settle()
            document = self._read(name)
            self._open_key, self._open, self._as_read = name, document, dump(document)
        return self._open

    def __setitem__(self, key: Any, document: Document) -> None:
        self.settle()
        self._open_key, self._open, self._as_read = str(key), document, None

    def __delitem__(self, key: Any) -> None:
        self.settle()
        name = str(key)
        if name not in self:
            raise KeyError(key)
        self._changed[name] = None
        self.records.append(Record("del", self._stored.name, name))

    def __contains__(self, key: object) -> bool:
        name = str(key)
        if name == self._open_key:
            return True
        if name in self._changed:
            return self._changed[name] is not None
        return not self.cleared and name in self._stored

    def __iter__(self) -> Iterator[Any]:
        self.settle()
        kept = [] if self.cleared else [name for name in self._stored if name not in self._changed]
        names = kept + [name for name, record in self._changed.items() if record is not None]
        return (self._id_class(name) for name in names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Empty the table with one line."""
        self._open_key = None
        self.cleared = True
        self._changed.clear()
        self.records = [Record("new", self._stored.name)]

    def settle(self) -> None:
        """Encode the document that was being worked on, if it changed."""
        name, self._open_key = self._open_key, None
        if name is not None and (self._as_read is None or dump(self._open) != self._as_read):
            record = self._encode(name, self._open)
            self._changed[name] = record
            self.records.append(record)

    def _read(self, name: str) -> Document:
        if name not in self._changed:
            if self.cleared:
                raise KeyError(name)
            return self._stored[name]
        record = self._changed[name]
        if record is None:
            raise KeyError(name)
        return parse(record.head, record.body)


class JournalStorage(Storage):
    """A journal as TinyDB's storage: the one in a directory, or one that is open. ``indexed``: table → fields
    kept in memory."""

    def __init__(
        self, journal: Path | Journal, *, indexed: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self.journal = journal if isinstance(journal, Journal) else Journal(journal)
        self._indexed = indexed or {}

    def read(self) -> dict[str, Any] | None:
        """Tables by name, or ``None`` when there is none; no document is read."""
        return {name: StoredTable(self.journal, name) for name in self.journal.index.tables} or None

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Make ``data`` the content, by the difference (TinyDB drops tables this way)."""
        with self.journal.writing():
            records = [Record("drop", name) for name in self.journal.index.tables if name not in data]
            for name, table in data.items():
                if not isinstance(table, StoredTable):
                    records += self._difference(name, table)
            if records:
                self.journal.append(records)

    def update(self, name: str, id_class: type[Any], updater: Callable[[Any], None]) -> None:
        """Let ``updater`` change a table and append what it changed, all or nothing."""
        with self.journal.writing():
            changes = self._changes(name, id_class)
            updater(changes)
            changes.settle()
            records = changes.records
            if name not in self.journal.index.tables and not changes.cleared:
                records = [Record("new", name), *records]
            if records:
                self.journal.append(records)

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()

    def _changes(self, name: str, id_class: type[Any]) -> _Changes:
        indexed = self._indexed.get(name, frozenset())
        return _Changes(
            StoredTable(self.journal, name),
            id_class,
            lambda key, document: put_record(name, key, document, indexed),
        )

    def _difference(self, name: str, table: Mapping[Any, Mapping[str, Any]]) -> list[Record]:
        changes = self._changes(name, str)
        wanted = {str(key): dict(document) for key, document in table.items()}
        for key in list(changes):
            if key not in wanted:
                del changes[key]
        for key, document in wanted.items():
            if key not in changes or changes[key] != document:
                changes[key] = document
        changes.settle()
        return changes.records or ([] if name in self.journal.index.tables else [Record("new", name)])


class _NoCache(LRUCache[Any, Any]):
    """Forgets: events are appended, and other programs write, without a cache getting to know of it."""

    def set(self, key: Any, value: Any) -> None:
        """Keep nothing."""


class JournalTable(Table):
    """A TinyDB table on a :class:`JournalStorage`."""

    query_cache_class = _NoCache

    def _read_table(self) -> Any:
        return (self._storage.read() or {}).get(self.name, {})

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        storage = self._storage
        if not isinstance(storage, JournalStorage):
            raise TypeError("a journal table needs a journal storage")
        storage.update(self.name, self.document_id_class, updater)


class ResponseTable(JournalTable):
    """The table of responses: document ids are UUID texts, never TinyDB's own numbers."""

    document_id_class = str  # type: ignore[assignment]


class JournalDB(TinyDB):
    """``JournalDB(directory)`` is a TinyDB whose data is safe when a call returns."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]
