"""Bodies of a response's lines: a draft begins with its first event, a final response is one frozen line."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, json

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event
from survey_tui.store.journal.index import Entry
from survey_tui.store.journal.reader import JournalReader
from survey_tui.store.paradata import decoded, encoded, packed, unpacked

__all__ = ["begun_body", "canonical_in", "digest", "events_in", "final_body", "is_frozen", "values_in"]


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
