"""Sealed responses: an envelope with readable fields, and content that only the private key opens.

The canonical bytes of a sealed response are its envelope: JSON on one line, keys sorted, one line feed, so
that it is hashed, stored and sent like any other response. The readable fields are the associated info of the
seal: changing one of them breaks it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal
from zlib import compress, decompressobj
from zlib import error as zlib_error

from msgspec import DecodeError, Struct, json, structs

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event
from survey_tui.store.crypto.hpke import open_message, seal_message
from survey_tui.store.crypto.organisation_keys import key_id, public_key
from survey_tui.store.documents import decode_events, encode_events
from survey_tui.store.summary import Summary

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


_INFO = b"survey-tui sealed response 1\n"
_LARGEST = 64 << 20  # bytes that a seal may hold once it is decompress_events


class SealedEnvelope(Struct, frozen=True, kw_only=True):
    """The readable part, and ``sealed``: base64 of the HPKE message (``enc`` and ciphertext).

    ``status`` is that of the response when it was sealed. Times are ISO 8601 with zone.
    """

    response_id: str
    form_id: str
    form_version: str
    commune: str
    started: str
    finished: str
    status: Literal["final"] = "final"
    key_id: str
    seal: Literal["hpke-base-x25519-sha256-chacha20poly1305/1"] = "hpke-base-x25519-sha256-chacha20poly1305/1"
    sealed: str = ""

    def to_bytes(self) -> bytes:
        """The envelope as one line with its line feed."""
        return json.encode(self, order="sorted") + b"\n"

    @property
    def info(self) -> bytes:
        """The bytes that the seal is bound to."""
        return _INFO + structs.replace(self, sealed="").to_bytes()


class Opened(Struct, frozen=True):
    """``canonical``: the bytes as they would be without a seal; ``events``: the paradata."""

    canonical: bytes
    events: list[Event]


def seal_response(
    envelope: SealedEnvelope, key_text: str, canonical: bytes, events: Sequence[Event]
) -> bytes:
    """The canonical bytes of a sealed response; ``key_text`` is the organisation's public key."""
    ready = structs.replace(envelope, key_id=key_id(key_text))
    inner = compress(canonical.rstrip(b"\n") + b"\n" + encode_events(events), 6)
    message = seal_message(inner, public_key(key_text), ready.info)
    return structs.replace(ready, sealed=b64encode(message).decode()).to_bytes()


def is_sealed(frozen: bytes) -> bool:
    """True when canonical bytes are an envelope."""
    return b'"sealed":"' in frozen and _envelope(frozen) is not None


def open_envelope(frozen: bytes, keys: Mapping[str, X25519PrivateKey]) -> Opened:
    """Open with the key that the envelope names.

    ``StoreError``: ``seal_not_an_envelope``, ``seal_other_key``, ``seal_not_opened``.
    """
    envelope = _envelope(frozen)
    if envelope is None:
        raise StoreError("seal_not_an_envelope")
    key = keys.get(envelope.key_id)
    if key is None:
        raise StoreError("seal_other_key", response=envelope.response_id, key_id=envelope.key_id)
    try:
        inner = open_message(b64decode(envelope.sealed, validate=True), key, envelope.info)
        decompress_events = decompressobj().decompress(inner, _LARGEST)
    except (Base64Error, zlib_error):
        raise StoreError("seal_not_opened") from None
    canonical, _, events = decompress_events.partition(b"\n")
    return Opened(canonical + b"\n", decode_events(events))


def _envelope(frozen: bytes) -> SealedEnvelope | None:
    try:
        return json.decode(frozen, type=SealedEnvelope)
    except DecodeError:
        return None


class Seal(Struct, frozen=True):
    """``key``: text of the organisation's public key; ``code``: the respondent's receipt code, if any."""

    key: str
    code: str = ""


def seal_final(seal: Seal, summary: Summary, finished: str, canonical: bytes, events: list[Event]) -> bytes:
    """The canonical bytes of a response that is finalised under seal: an envelope with answers and events in
    it."""

    envelope = SealedEnvelope(
        response_id=summary.id,
        form_id=summary.form_id,
        form_version=summary.form_version,
        commune=summary.commune,
        started=summary.started,
        finished=finished,
        key_id="",
    )
    return seal_response(envelope, seal.key, canonical, events)


def sealed_summary(summary: Summary, seal: Seal, withdraw: str) -> Summary:
    """The summary without the fields that the seal hides."""
    from survey_tui.store.crypto.organisation_keys import key_id

    return structs.replace(
        summary,
        ea="",
        household="",
        username="",
        outcome="",
        answered=0,
        relevant=0,
        sealed=key_id(seal.key),
        withdraw=withdraw,
    )
