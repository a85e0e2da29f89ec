"""The journal's file format: its first line, its lines, and the codec that reads and writes them.

::

    crc32 ⇥ sequence ⇥ action ⇥ table ⇥ key ⇥ head ⇥ body ⏎

The checksum (8 lower-case hex digits) is that of everything after its tab, the line feed included, so that a
single changed byte anywhere is seen. Table and key are escaped as in a JSON string; head and body are JSON
without raw control characters or nothing. An action that ends in ``+`` belongs to the same change as the
next line, one with a ``&`` after its name to the same as the line before: when the disk lost the first lines
of a change and kept the last, this tells them from damage.

The first line says what the file is. The codec of a file leaves lines as they are or encrypts head and body;
a scan asks for the head only (and has the line verified), a reader for the whole line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias
from zlib import crc32

from msgspec import UNSET, Struct, UnsetType, json

from survey_tui.errors import StoreError

Action: TypeAlias = Literal["open", "put", "add", "set", "del", "new", "drop"]
"""``open``: the first line; ``put`` replaces a document, ``add`` appends items to its events, ``set``
changes fields of its head, ``del`` removes it; ``new`` makes an empty table (and empties one that exists),
``drop`` removes it."""


class JournalRecord(Struct, frozen=True, gc=False):
    """The content of a line that has no place in the file yet."""

    action: Action
    table: str
    key: str = ""
    head: bytes = b""
    body: bytes = b""


class JournalLine(Struct, frozen=True, gc=False):
    """A line of a file; ``action`` without its ``&`` and ``+``."""

    sequence: int
    action: str
    table: str
    key: str
    head: bytes
    body: bytes
    more: bool = False


def encode(record: JournalRecord, sequence: int, *, more: bool = False, joined: bool = False) -> bytes:
    """The bytes of a line, the line feed included; ``more``: the next line is part of the same change,
    ``joined``: the line before is."""
    action = f"{record.action}{'&' if joined else ''}{'+' if more else ''}"
    rest = b"%d\t%s\t%s\t%s\t%s\t%s\n" % (
        sequence,
        action.encode(),
        _escape_name(record.table),
        _escape_name(record.key),
        record.head,
        record.body,
    )
    return b"%08x\t%s" % (crc32(rest), rest)


def has_valid_checksum(line: bytes) -> bool:
    """True when the checksum is right. The digits are compared as bytes: an upper-case one is damage too."""
    return b"%08x\t" % crc32(memoryview(line)[9:]) == line[:9]


def decode(line: bytes) -> JournalLine:
    """The parts of a line with a valid checksum."""
    _, sequence, action, table, key, head, body = line.split(b"\t", 6)
    more = action.endswith(b"+")
    return JournalLine(
        int(sequence),
        action.rstrip(b"&+").decode(),
        unescape_name(table),
        unescape_name(key),
        head,
        body[:-1],
        more,
    )


def unescape_name(raw: bytes) -> str:
    """The table or key that :func:`encode` escaped."""
    if b"\\" not in raw:
        return raw.decode()
    import json

    name: str = json.loads(b'"' + raw + b'"')
    return name


def _escape_name(name: str) -> bytes:
    if name.isascii() and name.replace("-", "").isalnum():
        return name.encode()
    import json

    return json.dumps(name)[1:-1].encode()


NEWEST_VERSION = 1
PLAIN_CODEC = "plain"
LOCKED_CODEC = "chacha20-poly1305"
"""Head and body of each line are encrypted (``crypto/records.py``)."""


class FileHeader(Struct, frozen=True):
    """The first line of a file. ``store`` (hex) tells the stores of two devices apart; a backup is named by
    it. ``lock`` holds the parameters of a locked file (``crypto/passphrase.py``)."""

    version: int = NEWEST_VERSION
    generation: int = 1
    codec: str = PLAIN_CODEC
    format: str = "survey-tui store"
    store: str = ""
    lock: dict[str, Any] | UnsetType = UNSET


def header_line(header: FileHeader) -> bytes:
    """The first line of a journal."""
    return encode(JournalRecord("open", "", head=json.encode(header)), 0)


def header_from(head: bytes) -> FileHeader:
    """The header in a first line's head; fields of a newer version are ignored."""
    fields: dict[str, Any] = json.decode(head)
    return FileHeader(**{name: fields[name] for name in FileHeader.__struct_fields__ if name in fields})


def version_of(first_line: bytes) -> int | None:
    """The version of the file that begins with this line; ``None`` when the line is damaged.

    The header is the sixth field in every version, whatever comes after it.
    """
    fields = first_line.rstrip(b"\n").split(b"\t")
    if len(fields) < 6 or fields[2] != b"open" or not has_valid_checksum(first_line):
        return None
    return header_from(fields[5]).version


class Codec(Protocol):
    """The encoding of one file's lines. Reading raises ``StoreError("lock_foreign_record")`` for a line that
    was not written with this key at this place of this file."""

    def encode(
        self, record: JournalRecord, sequence: int, *, more: bool = False, joined: bool = False
    ) -> bytes:
        """The bytes of a line (:func:`encode`)."""

    def decode(self, line: bytes) -> JournalLine:
        """The parts of a line with a valid checksum (:func:`decode`)."""

    def head(self, fields: Sequence[bytes]) -> bytes:
        """The head of a line that was split at its tabs; the whole line is verified."""


class _PlainCodec:
    """Lines as they are."""

    def encode(
        self, record: JournalRecord, sequence: int, *, more: bool = False, joined: bool = False
    ) -> bytes:
        return encode(record, sequence, more=more, joined=joined)

    def decode(self, line: bytes) -> JournalLine:
        return decode(line)

    def head(self, fields: Sequence[bytes]) -> bytes:
        """The sixth field; in a file that claims to be plain, an encrypted one is refused."""
        head = fields[5]
        if head and not head.startswith(b"{"):
            raise StoreError("lock_foreign_record")
        return head


class KeyRing(Protocol):
    """The keys of a store. ``stronger_lock``: a lock for its header at a higher cost, if there is one."""

    stronger_lock: dict[str, object] | None

    def codec(self, header: FileHeader) -> Codec:
        """For the file with this first line; ``StoreError("lock_passphrase_needed")`` without its key."""


class _NoKeys:
    stronger_lock: dict[str, object] | None = None

    def codec(self, header: FileHeader) -> Codec:
        if header.codec != PLAIN_CODEC:
            raise StoreError("lock_passphrase_needed")
        return PLAIN


PLAIN: Codec = _PlainCodec()
NO_KEYS: KeyRing = _NoKeys()
