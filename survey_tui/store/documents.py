"""A document and its lines: the head holds the fields that the index keeps in memory, the body the rest.

As TinyDB sees it, a document is its head, what later lines changed of it, its body, and under ``events`` the
items appended since.

Events of a response as bytes: JSON in a draft's lines, compressed within a final response's one line.

Bodies of a response's lines: a draft begins with its first event, a final response is one frozen line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, json

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event
from survey_tui.store.journal.format import Record
from survey_tui.store.journal.index import Entry
from survey_tui.store.journal.reader import JournalReader

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


_encoder = json.Encoder()


@cache
def _decoder() -> json.Decoder[list[Event]]:
    """Made when something is read: a new interview only writes."""
    return json.Decoder(list[Event])


def encoded(events: Sequence[Event]) -> bytes:
    """A JSON array. ``StoreError("store_bad_text")`` when a text holds half a surrogate pair."""
    try:
        return _encoder.encode(events)
    except UnicodeEncodeError:
        raise StoreError("store_bad_text") from None


def decoded(array: bytes) -> list[Event]:
    """The events of a JSON array; ``StoreError("store_unknown_event")`` for those of a newer version."""
    try:
        return _decoder().decode(array)
    except DecodeError:  # msgspec's message would name values
        raise StoreError("store_unknown_event") from None


def packed(array: bytes) -> str:
    """zlib, then base64: about a tenth of the array, and no line feed."""
    from base64 import b64encode
    from zlib import compress

    return b64encode(compress(array, 6)).decode()


def unpacked(text: str) -> bytes:
    """What :func:`packed` took."""
    from base64 import b64decode
    from zlib import decompress

    return decompress(b64decode(text))


class _Body(Struct, frozen=True):
    events: Raw = Raw(b"[]")
    canonical: str = ""
    paradata: str | UnsetType = UNSET


class _Values(Struct, frozen=True):
    values: list[tuple[str, str | None]] = []


_body = json.Decoder(_Body)


def begun_body(events: Iterable[Event]) -> bytes:
    """The body of a draft's ``put`` line."""
    return b'{"events":' + encoded(list(events)) + b"}"


def final_body(canonical: bytes, events: list[Event]) -> bytes:
    """The body of a final response's one line; ``canonical`` is UTF-8."""
    return json.encode({"canonical": canonical.decode(), "paradata": packed(encoded(events))})


def digest(canonical: bytes) -> str:
    """SHA-256, hex."""
    from hashlib import sha256

    return sha256(canonical).hexdigest()


def canonical_in(journal: JournalReader, key: str, entry: Entry, sha256: str) -> bytes:
    """The canonical bytes in a final line; ``StoreError("store_damaged")`` when ``sha256`` is not theirs."""
    canonical = _body.decode(journal.read(entry.offset, entry.length, key).body).canonical.encode()
    if digest(canonical) != sha256:
        raise StoreError("store_damaged", path=str(journal.path), offset=entry.offset)
    return canonical


def is_frozen(journal: JournalReader, key: str, entry: Entry) -> bool:
    """Whether the ``put`` line is that of a final response."""
    return _body.decode(journal.read(entry.offset, entry.length, key).body).paradata is not UNSET


def events_in(journal: JournalReader, key: str, entry: Entry) -> list[Event]:
    """All events that the lines of a response hold, oldest first."""
    body = _body.decode(journal.read(entry.offset, entry.length, key).body)
    events = decoded(bytes(body.events) if body.paradata is UNSET else unpacked(body.paradata))
    parts = entry.parts or []
    for offset, length in zip(parts[::2], parts[1::2], strict=True):
        events += decoded(journal.read(offset, length, key).body)
    return events


def values_in(canonical: bytes) -> dict[str, str]:
    """Question name → text of the answers outside repeats; {} when the bytes have another shape."""
    try:
        values = json.decode(canonical, type=_Values).values
    except DecodeError:
        return {}
    return {path.rpartition("/")[2]: text for path, text in values if text and "[" not in path}
