"""How the lines of one file are written and read: as they are, or with head and body encrypted.

A scan asks for the head only (and has the line proved); a reader for the whole line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from survey_tui.errors import StoreError
from survey_tui.store.header import PLAIN_CODEC, FileHeader
from survey_tui.store.journal.format import Line, Record, decode, encode

__all__ = ["NO_KEYS", "PLAIN", "Codec", "KeyRing"]


class Codec(Protocol):
    """One file's way to write lines. Reading raises ``StoreError("lock_foreign_record")`` for a line that was
    not written with this key at this place of this file."""

    def encode(self, record: Record, sequence: int, *, more: bool = False, joined: bool = False) -> bytes:
        """The bytes of a line (``lines.encode``)."""

    def decode(self, line: bytes) -> Line:
        """The parts of a sound line (``lines.decode``)."""

    def head(self, fields: Sequence[bytes]) -> bytes:
        """The head of a sound line that was split at its tabs; the whole line is looked at."""


class _PlainCodec:
    """Lines as they are."""

    def encode(self, record: Record, sequence: int, *, more: bool = False, joined: bool = False) -> bytes:
        """As ``lines.encode``."""
        return encode(record, sequence, more=more, joined=joined)

    def decode(self, line: bytes) -> Line:
        """As ``lines.decode``."""
        return decode(line)

    def head(self, fields: Sequence[bytes]) -> bytes:
        """The sixth field; that of a line that is encrypted, in a file that says it is not, is none."""
        head = fields[5]
        if head and not head.startswith(b"{"):
            raise StoreError("lock_foreign_record")
        return head


class KeyRing(Protocol):
    """What knows how a file is to be read. ``stronger``: a better lock for its header, if there is one."""

    stronger: dict[str, object] | None

    def codec(self, header: FileHeader) -> Codec:
        """For the file with this first line; ``StoreError("lock_passphrase_needed")`` without its key."""


class _NoKeys:
    stronger: dict[str, object] | None = None

    def codec(self, header: FileHeader) -> Codec:
        if header.codec != PLAIN_CODEC:
            raise StoreError("lock_passphrase_needed")
        return PLAIN


PLAIN: Codec = _PlainCodec()
NO_KEYS: KeyRing = _NoKeys()
