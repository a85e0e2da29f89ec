"""Lines of a locked journal: head and body encrypted one by one with ChaCha20-Poly1305 (RFC 8439).

The associated data are the store's id, the key's id, the generation, and the line's own sequence number,
action, table and key; those of the body also cover the encrypted head. So a line is valid in no other file,
in no other generation, at no other place and for no other response. The nonce is random (96 bits): a torn
line is written again under its number, and a number must not come back as a nonce.
"""

from __future__ import annotations

import os
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence

from survey_tui.errors import StoreError
from survey_tui.store.journal.format import (
    PLAIN,
    PLAIN_CODEC,
    Codec,
    FileHeader,
    JournalLine,
    JournalRecord,
    decode,
    encode,
)

_NONCE = 12


class RecordCodec:
    """The lines of one generation of one file."""

    def __init__(self, data_key: bytes, context: str) -> None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._cipher = ChaCha20Poly1305(data_key)
        self._refusals = (InvalidTag, Base64Error, ValueError)
        self._context = b"survey-tui record 1\n" + context.encode() + b"\n"

    def encode(
        self, record: JournalRecord, sequence: int, *, more: bool = False, joined: bool = False
    ) -> bytes:
        """A line whose head and body only this codec reads."""
        bare = encode(
            JournalRecord(record.action, record.table, record.key), sequence, more=more, joined=joined
        )
        place = self._context + bare[9:-3]
        head = self._encrypt(record.head, place)
        body = self._encrypt(record.body, place + b"\n" + head)
        hidden = JournalRecord(record.action, record.table, record.key, head, body)
        return encode(hidden, sequence, more=more, joined=joined)

    def decode(self, line: bytes) -> JournalLine:
        """The parts of a sound line; ``StoreError("lock_foreign_record")``."""
        parts = decode(line)
        head, body = self._parts(line.split(b"\t", 6))
        return JournalLine(parts.sequence, parts.action, parts.table, parts.key, head, body, parts.more)

    def head(self, fields: Sequence[bytes]) -> bytes:
        """The head; the body is proved too, so that a file is right or wrong when it is opened."""
        return self._parts(fields)[0]

    def _parts(self, fields: Sequence[bytes]) -> tuple[bytes, bytes]:
        place = self._context + b"\t".join(fields[1:5])
        head = self._decrypt(fields[5], place)
        return head, self._decrypt(fields[6].removesuffix(b"\n"), place + b"\n" + fields[5])

    def _encrypt(self, plaintext: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return b2a_base64(nonce + self._cipher.encrypt(nonce, plaintext, place), newline=False)

    def _decrypt(self, text: bytes, place: bytes) -> bytes:
        try:
            data = a2b_base64(text, strict_mode=True)
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], place)
        except self._refusals:
            raise StoreError("lock_foreign_record") from None


class DeviceKeys:
    """The key of one store's drafts and responses, in memory while the program runs.

    ``stronger_lock`` takes the place of the header's lock, at a higher cost (``device_lock.strengthen``).
    """

    def __init__(self, store: str, key_id: str, data_key: bytes) -> None:
        self.store = store
        self.key_id = key_id
        self.data_key = data_key
        self.stronger_lock: dict[str, object] | None = None

    def codec(self, header: FileHeader) -> Codec:
        """``StoreError("lock_passphrase_needed")`` for a file that another key locks."""
        if header.codec == PLAIN_CODEC:
            return PLAIN
        named = header.lock.get("key") if isinstance(header.lock, dict) else None
        if (header.store, named) != (self.store, self.key_id):
            raise StoreError("lock_passphrase_needed")
        return RecordCodec(self.data_key, f"{self.store} {self.key_id} {header.generation}")
