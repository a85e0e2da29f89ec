"""TinyDB on the journal: TinyDB's whole interface, at the cost of what changes.

Only ``Table._read_table`` and ``Table._update_table`` are replaced, and a ``Storage`` given; TinyDB (4.9)
reaches its data through these. Bodies are read from disk when they are asked for, and every operation is one
atomic append.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table
from tinydb.utils import LRUCache

from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.stored_table import NO_FIELDS, StoredTable, TableFields
from survey_tui.store.journal.table_changes import TableChanges
from survey_tui.store.journal.writer import JournalWriter


class JournalStorage(Storage):
    """A journal as TinyDB's storage: the one in a directory, or one that is open. ``fields``: table name →
    its fields kept in memory."""

    def __init__(
        self, journal: Path | JournalWriter, *, fields: Mapping[str, TableFields] | None = None
    ) -> None:
        self.journal = journal if isinstance(journal, JournalWriter) else JournalWriter(journal)
        self._fields = fields or {}
        self._change: list[JournalRecord] | None = None

    def read(self) -> dict[str, Any] | None:
        """Tables by name, or ``None`` when there is none; no document is read."""
        return {name: self.table(name) for name in self.journal.index.tables} or None

    def table(self, name: str) -> StoredTable:
        """A table as it is now; empty when there is none of that name."""
        return StoredTable(self.journal, name, self._fields.get(name, NO_FIELDS))

    def write(self, data: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> None:
        """Make ``data`` the content, by the difference (TinyDB drops tables this way)."""
        with self.one_change():
            self.append(
                [JournalRecord("drop", name) for name in self.journal.index.tables if name not in data]
            )
            for name, table in data.items():
                if not isinstance(table, StoredTable):
                    self.append(self._difference(name, table))

    def update(self, name: str, id_class: Callable[[str], Any], updater: Callable[[Any], None]) -> None:
        """Let ``updater`` change a table and append what it changed, all or nothing."""
        with self.one_change():
            changes = TableChanges(self.table(name), id_class)
            updater(changes)
            changes.finish_document()
            self.append(self._with_table(name, changes))

    @contextmanager
    def one_change(self) -> Iterator[None]:
        """Append what the operations inside change as one change, when the block ends; nothing if it raises.
        What they read is what was there before. ``StoreError`` as :meth:`JournalWriter.append`."""
        if self._change is not None:
            yield
            return
        with self.journal.writing():
            self._change = []
            try:
                yield
                records = self._change
            finally:
                self._change = None
            if records:
                self.journal.append(records)

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Make records part of the change at hand."""
        with self.one_change():
            if self._change is not None:
                self._change += records

    def close(self) -> None:
        self.journal.close()

    def _with_table(self, name: str, changes: TableChanges) -> list[JournalRecord]:
        """The records of an operation; a table that it leaves empty is there afterwards, as TinyDB has it."""
        is_there = name in self.journal.index.tables or changes.is_cleared
        if is_there or any(record.action == "put" for record in changes.records):
            return changes.records
        return [JournalRecord("new", name)]

    def _difference(self, name: str, table: Mapping[Any, Mapping[str, Any]]) -> list[JournalRecord]:
        changes = TableChanges(self.table(name), str)
        wanted = {str(key): dict(document) for key, document in table.items()}
        for key in list(changes):
            if key not in wanted:
                del changes[key]
        for key, document in wanted.items():
            if key not in changes or changes[key] != document:
                changes[key] = document
        changes.finish_document()
        return self._with_table(name, changes)


class _NoCache(LRUCache[Any, Any]):
    """No query cache: events are appended, and other programs write, without TinyDB's knowledge."""

    def set(self, key: Any, value: Any) -> None:
        pass


class JournalTable(Table):
    """A TinyDB table on a :class:`JournalStorage`."""

    query_cache_class = _NoCache

    @property
    def storage(self) -> JournalStorage:
        """The storage of this table."""
        if not isinstance(self._storage, JournalStorage):
            raise TypeError("a journal table needs a journal storage")
        return self._storage

    def _read_table(self) -> Any:
        return self.storage.table(self.name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        self.storage.update(self.name, self.document_id_class, updater)


class JournalDB(TinyDB):
    """``JournalDB(directory)`` is a TinyDB whose data is safe when a call returns."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]
