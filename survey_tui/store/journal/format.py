"""One journal line: checksum, sequence number, what happens to which document, its head and its body.

::

    crc32 ⇥ sequence ⇥ action ⇥ table ⇥ key ⇥ head ⇥ body ⏎

The checksum (8 lower-case hex digits) is that of everything after its tab, the line feed included, so that a
single changed byte anywhere is seen. Table and key are escaped as in a JSON string; head and body are JSON
without raw control characters or nothing. An action that ends in ``+`` belongs to the same change as the
next line, one with a ``&`` after its name to the same as the line before: when the disk lost the first lines
of a change and kept the last, this tells them from damage.
"""

from __future__ import annotations

from typing import Literal, TypeAlias
from zlib import crc32

from msgspec import Struct

__all__ = ["Action", "Line", "Record", "decode", "encode", "is_sound", "name_of"]

Action: TypeAlias = Literal["open", "put", "add", "set", "del", "new", "drop"]
"""``open``: the first line; ``put`` replaces a document, ``add`` appends items to its events, ``set``
changes fields of its head, ``del`` removes it; ``new`` makes an empty table (and empties one that exists),
``drop`` removes it."""


class Record(Struct, frozen=True, gc=False):
    """What a line says, before it has a place in a file."""

    action: Action
    table: str
    key: str = ""
    head: bytes = b""
    body: bytes = b""


class Line(Struct, frozen=True, gc=False):
    """A line as it stands in a file; ``action`` without its ``&`` and ``+``."""

    sequence: int
    action: str
    table: str
    key: str
    head: bytes
    body: bytes
    more: bool = False


def encode(record: Record, sequence: int, *, more: bool = False, joined: bool = False) -> bytes:
    """The bytes of a line, the line feed included; ``more``: the next line is part of the same change,
    ``joined``: the line before is."""
    action = f"{record.action}{'&' if joined else ''}{'+' if more else ''}"
    rest = b"%d\t%s\t%s\t%s\t%s\t%s\n" % (
        sequence,
        action.encode(),
        _escaped(record.table),
        _escaped(record.key),
        record.head,
        record.body,
    )
    return b"%08x\t%s" % (crc32(rest), rest)


def is_sound(line: bytes) -> bool:
    """Whether the checksum is right. The digits are compared as bytes: an upper-case one is damage too."""
    return b"%08x\t" % crc32(memoryview(line)[9:]) == line[:9]


def decode(line: bytes) -> Line:
    """The parts of a sound line."""
    _, sequence, action, table, key, head, body = line.split(b"\t", 6)
    more = action.endswith(b"+")
    return Line(
        int(sequence),
        action.rstrip(b"&+").decode(),
        name_of(table),
        name_of(key),
        head,
        body[:-1],
        more,
    )


def name_of(raw: bytes) -> str:
    """The table or key that :func:`encode` escaped."""
    if b"\\" not in raw:
        return raw.decode()
    import json

    name: str = json.loads(b'"' + raw + b'"')
    return name


def _escaped(name: str) -> bytes:
    if name.isascii() and name.replace("-", "").isalnum():
        return name.encode()
    import json

    return json.dumps(name)[1:-1].encode()
