"""Changes to a table while a TinyDB operation works on it, and the smallest line that says each of them.

``set`` when only changeable indexed fields differ, ``add`` when events were appended too, ``put``
otherwise: a mark, an answer and a new document cost what they changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.stored_table import (
    EVENTS,
    Fields,
    StoredDocument,
    StoredTable,
    merge_objects,
)

COUNT = "count"
"""The indexed field that counts a document's events, if its table has it."""


_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode_json(value: object) -> bytes:
    """Compact JSON in UTF-8. NaN and infinities are refused (``ValueError``): they are not JSON."""
    return _encoder.encode(value).encode()


def put_record(table: str, key: str, document: Mapping[str, Any], indexed: frozenset[str]) -> JournalRecord:
    """The line that makes ``document`` the whole of what is stored under ``key``."""
    head = {name: value for name, value in document.items() if name in indexed}
    body = {name: value for name, value in document.items() if name not in indexed}
    return JournalRecord("put", table, key, encode_json(head) if head else b"", encode_json(body))


class EditedDocument(MutableMapping[str, Any]):
    """A document that an operation may change. Its body is read when a field of it is touched."""

    def __init__(self, stored: StoredDocument | None, indexed: frozenset[str], content: Fields) -> None:
        self._stored = stored
        self._indexed = indexed
        self._fields = content if stored is None else dict(stored.fields)
        self._body: Fields | None = {} if stored is None else None
        self._body_as_read = b""
        self._touched: dict[str, None] = {}  # indexed fields, in the order in which they were

    def __getitem__(self, name: str) -> Any:
        if name in self._fields or name in self._indexed:
            value = self._fields[name]
            if isinstance(value, (dict, list)):  # these may be changed in place
                self._touched[name] = None
            return value
        return self._load()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._indexed or self._stored is None:
            self._touched[name] = None
            self._fields[name] = value
        else:
            self._load()[name] = value

    def __delitem__(self, name: str) -> None:
        if name in self._fields or name in self._indexed:
            del self._fields[name]
            self._touched[name] = None
        else:
            del self._load()[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._fields
        yield from self._load()

    def __len__(self) -> int:
        return len(self._fields) + len(self._load())

    def clear(self) -> None:
        """Empty the document; its body need not be read for that."""
        self._stored, self._fields, self._body = None, {}, {}

    def record(self, table: str, key: str, changeable: frozenset[str]) -> JournalRecord | None:
        """The smallest line that says what changed, or ``None``."""
        if self._stored is None:
            return put_record(table, key, self._fields, self._indexed)
        changed = self._changed_fields(self._stored.fields)
        is_body_changed = self._body is not None and encode_json(self._body) != self._body_as_read
        if changed is None:
            return self._put(table, key)
        if not is_body_changed and not changed:
            return None
        appended = self._appended_events() if is_body_changed else []
        if appended and COUNT in self._fields:
            changed.setdefault(COUNT, self._fields[COUNT] + len(appended))
        if not changeable.issuperset(changed) or (is_body_changed and not appended):
            return self._put(table, key)
        patch = self._patch(changed)
        if appended:
            return JournalRecord("add", table, key, patch, encode_json(appended))
        return JournalRecord("set", table, key, patch)

    def _put(self, table: str, key: str) -> JournalRecord:
        return put_record(table, key, self._fields | self._load(), self._indexed)

    def _load(self) -> Fields:
        if self._body is None and self._stored is not None:
            self._body = self._stored.body
            self._body_as_read = encode_json(self._body)
        return self._body if self._body is not None else {}

    def _changed_fields(self, before: Fields) -> Fields | None:
        """Indexed fields with another value; ``None`` when one was removed, which only a ``put`` can say."""
        if any(name in before and name not in self._fields for name in self._touched):
            return None
        return {
            name: self._fields[name]
            for name in self._touched
            if name in self._fields and not (name in before and _is_same(self._fields[name], before[name]))
        }

    def _patch(self, changed: Fields) -> bytes:
        """The head of a later line: all that earlier ones changed, and this."""
        stored = self._stored
        said = merge_objects(stored.patch) if stored is not None else {}
        if not said and COUNT in self._fields:
            said = {COUNT: self._fields[COUNT]}
        return encode_json(said | changed)

    def _appended_events(self) -> list[Any]:
        """The events after those that were there; none when anything else of the body changed too."""
        was, now = json.loads(self._body_as_read), self._load()
        old, new = was.pop(EVENTS, None), now.get(EVENTS)
        rest = {name: value for name, value in now.items() if name != EVENTS}
        if not isinstance(old, list) or not isinstance(new, list) or encode_json(rest) != encode_json(was):
            return []
        return new[len(old) :] if encode_json(new[: len(old)]) == encode_json(old) else []


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, (dict, list)):
        return encode_json(one) == encode_json(other)
    return type(one) is type(other) and one == other


class TableChanges(MutableMapping[Any, Any]):
    """A table that an updater works on; collects the records to append.

    TinyDB's updaters finish with one document before they turn to the next, so only one is held in memory: it
    becomes a record when the next is touched.
    """

    def __init__(self, stored: StoredTable, id_class: Callable[[str], Any]) -> None:
        self.records: list[JournalRecord] = []
        self.is_cleared = False
        self._stored = stored
        self._id_class = id_class
        self._fields = stored.fields
        self._changed: dict[str, bool] = {}  # False: removed
        self._key = ""
        self._open: EditedDocument | None = None

    def __getitem__(self, key: Any) -> EditedDocument:
        name = str(key)
        if self._open is None or name != self._key:
            self.finish_document()
            self._open, self._key = self._read(name), name
        return self._open

    def __setitem__(self, key: Any, document: Mapping[str, Any]) -> None:
        self.finish_document()
        self._key = str(key)
        self._open = EditedDocument(None, self._fields.indexed, dict(document))

    def __delitem__(self, key: Any) -> None:
        self.finish_document()
        name = str(key)
        if name not in self:
            raise KeyError(key)
        self._changed[name] = False
        self.records.append(JournalRecord("del", self._stored.name, name))

    def __contains__(self, key: object) -> bool:
        name = str(key)
        if self._open is not None and name == self._key:
            return True
        return self._changed.get(name, not self.is_cleared and name in self._stored)

    def __iter__(self) -> Iterator[Any]:
        self.finish_document()
        kept = [] if self.is_cleared else [name for name in self._stored if name not in self._changed]
        names = kept + [name for name, is_there in self._changed.items() if is_there]
        return (self._id_class(name) for name in names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Empty the table with one line."""
        self._open = None
        self.is_cleared = True
        self._changed.clear()
        self.records = [JournalRecord("new", self._stored.name)]

    def finish_document(self) -> None:
        """Make a record of the document that was being worked on, if it changed."""
        document, self._open = self._open, None
        if document is None:
            return
        record = document.record(self._stored.name, self._key, self._fields.changeable)
        if record is not None:
            self._changed[self._key] = True
            self.records.append(record)

    def _read(self, name: str) -> EditedDocument:
        if name not in self._changed and not self.is_cleared:
            return EditedDocument(self._stored[name], self._fields.indexed, {})
        if not self._changed.get(name):
            raise KeyError(name)
        return EditedDocument(None, self._fields.indexed, self._content(name))

    def _content(self, name: str) -> Fields:
        """A document that this operation has changed before, as its records say."""
        content: Fields = {}
        if not self.is_cleared and name in self._stored:
            content = dict(self._stored[name])
        for record in self.records:
            if record.key != name or record.table != self._stored.name:
                continue
            if record.action in {"put", "del"}:
                content = merge_objects(record.head, record.body)
                continue
            content |= merge_objects(record.head)
            if record.body:
                content.setdefault(EVENTS, []).extend(json.loads(record.body))
        return content
