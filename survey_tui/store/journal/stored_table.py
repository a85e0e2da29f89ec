"""Tables and documents as the journal has them: indexed fields in memory, bodies on disk.

A document is the head of its ``put`` line, the fields that later lines changed, its body, and under
``events`` the items appended since. TinyDB reads these tables through ``tinydb_storage``; code that runs
before the first question reads them here, without TinyDB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from msgspec import Struct, json

from survey_tui.errors import StoreError
from survey_tui.store.journal.format import JournalLine
from survey_tui.store.journal.index import IndexEntry
from survey_tui.store.journal.reader import JournalReader

Fields: TypeAlias = dict[str, Any]

EVENTS = "events"
"""The field that ``add`` lines append to."""


class TableFields(Struct, frozen=True):
    """``indexed`` fields are kept in memory; ``changeable`` ones of them may be changed by ``set`` and
    ``add`` lines."""

    indexed: frozenset[str] = frozenset()
    changeable: frozenset[str] = frozenset()


NO_FIELDS = TableFields()


_decode_object = json.Decoder(dict[str, Any]).decode
_NO_PATCHES: Mapping[str, bytes] = MappingProxyType({})


def merge_objects(*objects: bytes) -> Fields:
    """Fields of JSON objects, later ones over earlier ones; empty bytes are no object."""
    fields: Fields = {}
    for text in objects:
        if text:
            fields |= _decode_object(text)
    return fields


class StoredDocument(Mapping[str, Any]):
    """A document. A field that the index does not have is read from disk (``StoreError("store_damaged")``
    when a line is damaged, ``store_no_response`` when the document was removed meanwhile).

    ``head`` and ``patch`` are the indexed fields as they were when the document was looked up: JSON of the
    ``put`` line and of the last line that changed it. Made from another mapping, it is a document to insert.
    """

    __slots__ = ("_body", "_fields", "_table", "doc_id", "head", "patch")

    def __init__(self, value: Mapping[str, Any], doc_id: str) -> None:
        self.doc_id = doc_id
        self._body: Fields | None = None
        self._fields: Fields | None = None
        self._table: StoredTable | None = None
        self.head = self.patch = b""
        if isinstance(value, StoredDocument) and value._table is not None:
            self._table, self.head, self.patch = value._table, value.head, value.patch
        else:
            self._fields, self._body = {}, dict(value)

    @classmethod
    def from_index(cls, table: StoredTable, key: str, head: bytes, patch: bytes) -> StoredDocument:
        """The document that ``table`` has under ``key``."""
        document = cls.__new__(cls)
        document.doc_id, document.head, document.patch = key, head, patch
        document._table, document._fields, document._body = table, None, None
        return document

    @property
    def fields(self) -> Fields:
        """The indexed fields, decoded."""
        fields = self._fields
        if fields is None:
            fields = self._fields = _decode_object(self.head) if self.head else {}
            if self.patch:
                fields |= _decode_object(self.patch)
        return fields

    @property
    def body(self) -> Fields:
        """All other fields, read from disk once."""
        if self._body is None:
            self._body = self._read_body()
        return self._body

    @property
    def offset(self) -> int:
        """Offset of the ``put`` line in the file."""
        return self._entry().offset

    @property
    def length(self) -> int:
        """Bytes of the ``put`` line."""
        return self._entry().length

    def put_line(self) -> JournalLine:
        """The line that holds the document, read from disk."""
        entry = self._entry()
        return self._stored_in().journal.read(entry.offset, entry.length, self.doc_id)

    def appended_items(self) -> Iterator[bytes]:
        """The JSON array of each ``add`` line, oldest first, read from disk."""
        journal, parts = self._stored_in().journal, self._entry().parts or []
        for offset, length in zip(parts[::2], parts[1::2], strict=True):
            yield journal.read(offset, length, self.doc_id).body

    def check_complete(self) -> None:
        """``StoreError("store_damaged")`` when the document may lack a line because of damage: an old answer
        must not pass for the last one."""
        self._stored_in().journal.check_complete(self.doc_id)

    def damage(self) -> StoreError:
        """The error for a damaged document."""
        return StoreError("store_damaged", path=str(self._stored_in().journal.path), offset=self.offset)

    def __getitem__(self, name: str) -> Any:
        try:
            return (self._fields or self.fields)[name]
        except KeyError:
            if self._table is not None and name in self._table.fields.indexed:
                raise
        return self.body[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.fields
        yield from self.body

    def __len__(self) -> int:
        return len(self.fields) + len(self.body)

    def __repr__(self) -> str:  # without the answers: it may end in a log
        return f"<{type(self).__name__} {self.doc_id}>"

    def _read_body(self) -> Fields:
        body = merge_objects(self.put_line().body)
        for items in self.appended_items():
            body.setdefault(EVENTS, []).extend(json.decode(items))
        return body

    def _stored_in(self) -> StoredTable:
        if self._table is None:
            raise LookupError(f"{self.doc_id} is not stored")
        return self._table

    def _entry(self) -> IndexEntry:
        entry = self._stored_in().index_entries.get(self.doc_id)
        if entry is None:
            raise StoreError("store_no_response", response=self.doc_id)
        return entry


class StoredTable(Mapping[str, StoredDocument]):
    """A table of a journal as it is now; empty when the journal has none of that name.

    ``patches`` (key → JSON) replace what the index says of a document: changes that are not written yet.
    """

    def __init__(
        self,
        journal: JournalReader,
        name: str,
        fields: TableFields = NO_FIELDS,
        patches: Mapping[str, bytes] = _NO_PATCHES,
    ) -> None:
        self.journal = journal
        self.name = name
        self.fields = fields
        self._patches = patches

    @property
    def index_entries(self) -> dict[str, IndexEntry]:
        """The index entries of the documents, for this package only."""
        return self.journal.index.tables.get(self.name, {})

    def __getitem__(self, key: str) -> StoredDocument:
        entry = self.index_entries[key]
        return StoredDocument.from_index(self, key, entry.head, self._patches.get(key, entry.patch))

    def __contains__(self, key: object) -> bool:
        return key in self.index_entries

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.index_entries))

    def __len__(self) -> int:
        return len(self.index_entries)

    def items(self) -> Any:
        """Pairs of key and document as they are at the call, so that a loop may change the table."""
        patches = self._patches
        return (
            (key, StoredDocument.from_index(self, key, entry.head, patches.get(key, entry.patch)))
            for key, entry in list(self.index_entries.items())
        )

    def values(self) -> Any:
        """The documents as they are at the call."""
        return (document for _, document in self.items())
