"""Events of a response as bytes: JSON in a draft's lines, compressed within a final response's one line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from msgspec import DecodeError, json

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event

__all__ = ["decoded", "encoded", "packed", "unpacked"]

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
