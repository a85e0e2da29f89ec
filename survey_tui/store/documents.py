"""Bodies of a response's lines: events, canonical bytes and paradata.

A draft's lines hold its events as JSON; a final response is one line with its canonical bytes and its events,
compressed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, json

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event
from survey_tui.store.journal.stored_table import StoredDocument

RESPONSES = "responses"
"""The table of responses."""

STORE_FACTS = "store"
"""The table of facts about the store itself."""

_encoder = json.Encoder()


@cache
def _decoder() -> json.Decoder[list[Event]]:
    """Made when something is read: a new interview only writes."""
    return json.Decoder(list[Event])


def encode_events(events: Sequence[Event]) -> bytes:
    """A JSON array. ``StoreError("store_bad_text")`` when a text holds half a surrogate pair."""
    try:
        return _encoder.encode(events)
    except UnicodeEncodeError:
        raise StoreError("store_bad_text") from None


def decode_events(array: bytes) -> list[Event]:
    """The events of a JSON array; ``StoreError("store_unknown_event")`` for those of a newer version."""
    try:
        return _decoder().decode(array)
    except DecodeError:  # msgspec's message would name values
        raise StoreError("store_unknown_event") from None


def compress_events(array: bytes) -> str:
    """A JSON array as base64 of zlib: about a tenth of its size, and no line feed."""
    from base64 import b64encode

    return b64encode(zlib.compress(array, 6)).decode()


def decompress_events(text: str) -> bytes:
    """The JSON array in the text of :func:`compress_events`."""
    from base64 import b64decode

    return zlib.decompress(b64decode(text))


class _Body(Struct, frozen=True):
    events: Raw = Raw(b"[]")
    canonical: str = ""
    paradata: str | UnsetType = UNSET


class _Values(Struct, frozen=True):
    values: list[tuple[str, str | None]] = []


_body = json.Decoder(_Body)


def draft_body(events: Iterable[Event]) -> bytes:
    return b'{"events":' + encode_events(list(events)) + b"}"


def final_body(canonical: bytes, events: list[Event]) -> bytes:
    """The body of a final response's one line; ``canonical`` is UTF-8."""
    return json.encode(final_fields(canonical, events))


def final_fields(canonical: bytes, events: list[Event]) -> dict[str, str]:
    """The same body as fields of a document."""
    return {"canonical": canonical.decode(), "paradata": compress_events(encode_events(events))}


def sha256_hex(canonical: bytes) -> str:
    from hashlib import sha256

    return sha256(canonical).hexdigest()


def read_canonical(document: StoredDocument, sha256: str) -> bytes:
    """Canonical bytes of a final response; ``StoreError("store_damaged")`` unless ``sha256`` is theirs."""
    canonical = _body.decode(document.put_line().body).canonical.encode()
    if sha256_hex(canonical) != sha256:
        raise document.damage()
    return canonical


def is_final_line(document: StoredDocument) -> bool:
    """True when the ``put`` line is that of a final response."""
    return _body.decode(document.put_line().body).paradata is not UNSET


def read_events(document: StoredDocument) -> list[Event]:
    """All events in the lines of a response, oldest first."""
    body = _body.decode(document.put_line().body)
    events = decode_events(bytes(body.events) if body.paradata is UNSET else decompress_events(body.paradata))
    for items in document.appended_items():
        events += decode_events(items)
    return events


def answers_from_canonical(canonical: bytes) -> dict[str, str]:
    """Question name → text of the answers outside repeats; {} when the bytes have another shape."""
    try:
        values = json.decode(canonical, type=_Values).values
    except DecodeError:
        return {}
    return {path.rpartition("/")[2]: text for path, text in values if text and "[" not in path}
