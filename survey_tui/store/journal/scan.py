"""Reading a journal from an offset on: valid lines go to the index, everything else becomes a finding.

A *torn tail* is the rest of the last write before a crash: no line feed at its end, or a run of zero bytes
where a sector never reached the disk, or an incomplete change of several lines; it was never acknowledged.
The disk may keep later lines of a change and lose earlier ones: they are part of the torn tail. A *damaged
line* was acknowledged once and is not valid now. *Missing* lines are a gap in the sequence numbers.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import BinaryIO, get_args
from zlib import crc32

from msgspec import Struct

from survey_tui.errors import StoreError
from survey_tui.store.findings import StoreFinding
from survey_tui.store.journal.format import (
    LOCKED_CODEC,
    NEWEST_VERSION,
    NO_KEYS,
    PLAIN,
    PLAIN_CODEC,
    Action,
    Codec,
    FileHeader,
    JournalRecord,
    KeyRing,
    has_valid_checksum,
    header_from,
    unescape_name,
)
from survey_tui.store.journal.index import IndexedLine, JournalIndex

LINE_START = rb"[0-9a-f]{8}\t\d+\t[a-z]+&?\+?\t"
"""How a line begins; as text, since only a damaged file is searched for it."""

_UNWRITTEN = bytes(16)
_SECTOR = 512
_SHORT = 4096  # bytes that are copied sooner than a view of them is made
_NAMED_LINES = 100  # beyond, a damaged line counts as nameless: looking for names takes time


def _kind(action: bytes) -> tuple[str, bool]:
    """The action without its signs, and whether the next line belongs to the same change."""
    return action.decode().rstrip("&+"), action.endswith(b"+")


_KINDS = MappingProxyType(
    {
        kind: _kind(kind)
        for name in get_args(Action)
        for sign in ("", "+", "&", "&+")
        if (kind := f"{name}{sign}".encode())
    }
)


class FileSpan(Struct, frozen=True):
    """Bytes of the file, with the line (from 1) on which they begin."""

    offset: int
    length: int
    line: int


class Scan:
    """The state of reading one journal file.

    ``end`` is the offset after the last line taken up, ``sequence`` the number that the next line must have,
    ``torn`` the tail to cut off (``None``: none), ``doubtful`` the documents that may lack a line
    (key → its offset). ``mark`` is the offset of the last line and its checksum: when other bytes are there,
    the index no longer holds. ``keys`` find the ``codec`` of the lines when the header is read.
    """

    def __init__(self, index: JournalIndex, file_name: str, keys: KeyRing = NO_KEYS) -> None:
        self.index = index
        self.codec: Codec = PLAIN
        self._keys = keys
        self.end = 0
        self.sequence = 0
        self.line = 0
        self.header: FileHeader | None = None
        self.findings: list[StoreFinding] = []
        self.damaged: list[FileSpan] = []
        self.strays: list[FileSpan] = []
        self.torn: FileSpan | None = None
        self.mark = (0, b"")
        self.doubtful: dict[str, int] = {}
        self._file_name = file_name
        self._position = 0
        self._after_damage = False
        self._nameless = 0
        self.newer = False
        self._batch: list[IndexedLine] = []
        self._batch_start = FileSpan(0, 0, 0)
        self._held: list[tuple[bytes, int]] = []
        self._unknown_codec = False
        self._raw_table, self._table = b"", ""  # of the last line: the next one is mostly of the same

    def read(self, stream: BinaryIO) -> None:
        """Read all lines from ``end`` on; may be called again when the file has grown."""
        stream.seek(self.end)
        self._position = self.end
        self.torn = None
        self._held.clear()
        for line in stream:
            self.line += 1
            rest = line[9:] if len(line) < _SHORT else memoryview(line)[9:]
            if b"%08x\t" % crc32(rest) == line[:9]:  # as lines.has_valid_checksum, without the call
                self._sound(line, self._position)
            else:
                self._unsound(line)
            self._position += len(line)
        self._finish()

    def assume(self, header: FileHeader) -> None:
        """Read the lines with this header, since the first line is lost; before :meth:`read`."""
        self.header = header
        self.codec = self._keys.codec(header)

    def add_written(self, record: JournalRecord, line: bytes) -> None:
        """Add a line that this program has just written at ``end``."""
        step = IndexedLine(record.action, record.table, record.key, record.head, self.end, len(line))
        self.index.apply(step)
        self.mark = (self.end, line[:8])
        self.end += len(line)
        self.sequence += 1
        self.line += 1

    def _sound(self, line: bytes, offset: int) -> None:
        length = len(line)
        fields = line.split(b"\t", 6)
        if len(fields) < 7:
            self._add_damage(FileSpan(offset, length, self.line), [])
            return
        checksum, number, action, table, key, head, _ = fields
        if self.torn is not None:
            if b"&" in action:
                self._held.append((line, offset))
                return
            self._zeros_were_damage(offset)
        sequence = int(number)
        if sequence != self.sequence and not self._accept(sequence, offset, length):
            return
        try:
            head = head if action == b"open" else self.codec.head(fields)
        except StoreError:  # written by another hand: neither it nor its key can be trusted
            self._add_damage(FileSpan(offset, length, self.line), [])
            return
        self.sequence = sequence + 1
        self._after_damage = False
        if action == b"open":
            self._open(head)
        else:
            name, more = _KINDS.get(action) or _kind(action)
            if table != self._raw_table:
                self._raw_table, self._table = table, unescape_name(table)
            step = IndexedLine(name, self._table, unescape_name(key), head, offset, length)
            if more or self._batch:
                self._gather(step, more)
            else:
                self._apply(step)
            if more:
                return
        self.mark = (offset, checksum)
        self.end = offset + length

    def _accept(self, sequence: int, offset: int, length: int) -> bool:
        """Whether a line out of sequence counts: after lost ones yes, with a number used before no."""
        if sequence < self.sequence:
            self._stray("out_of_order", FileSpan(offset, length, self.line))
            return False
        if not self._after_damage:
            self._note("missing", FileSpan(offset, 0, self.line), count=str(sequence - self.sequence))
            self._nameless = offset
        return True

    def _open(self, head: bytes) -> None:
        self.header = header_from(head)
        self._unknown_codec = self.header.codec not in {PLAIN_CODEC, LOCKED_CODEC}
        if not self._unknown_codec:
            self.codec = self._keys.codec(self.header)
        if self.header.version > NEWEST_VERSION or self._unknown_codec:
            self._note("newer_version", FileSpan(0, 0, 1), version=str(self.header.version))
            self.newer = True

    def _gather(self, step: IndexedLine, more: bool) -> None:
        """Lines of one change count together or not at all."""
        if not self._batch:
            self._batch_start = FileSpan(step.offset, step.length, self.line)
        self._batch.append(step)
        if not more:
            self._apply_batch()

    def _apply_batch(self) -> None:
        batch, self._batch = self._batch, []
        for step in batch:
            self._apply(step)

    def _apply(self, step: IndexedLine) -> None:
        if self._unknown_codec:
            return
        if not self.index.apply(step) and not self.newer:
            self._stray("orphan", FileSpan(step.offset, step.length, self.line), response=step.key)

    def _unsound(self, line: bytes) -> None:
        if not line.endswith(b"\n") and not has_valid_checksum(line[:-1] + b"\n"):
            self.torn = self.torn or FileSpan(self._position, len(line), self.line)
            return
        if is_unwritten(line, self._position):
            self.torn = self.torn or FileSpan(self._position, len(line), self.line)
            return
        start = self._position
        for match in re.finditer(LINE_START, line):
            piece = line[match.start() :]
            if match.start() and has_valid_checksum(piece):  # a damaged line feed joined two lines
                self._damage(line[: match.start()], start)
                self._sound(piece, start + match.start())
                return
        self._damage(line, start)

    def _damage(self, line: bytes, offset: int) -> None:
        self._zeros_were_damage(offset)
        self._add_damage(FileSpan(offset, len(line), self.line), self._named_in(line))

    def _zeros_were_damage(self, offset: int) -> None:
        """Lines of a later change follow what was taken for the torn tail."""
        if self.torn is None:
            return
        held, self._held = self._held, []
        end = held[0][1] if held else offset
        span = FileSpan(self.torn.offset, end - self.torn.offset, self.torn.line)
        self.torn = None
        self._add_damage(span, [])
        for line, at in held:
            self._sound(line, at)

    def _add_damage(self, span: FileSpan, named: list[str]) -> None:
        self.damaged.append(span)
        self._after_damage = True
        self.end = span.offset + span.length
        self.doubtful.update(dict.fromkeys(named, span.offset))
        if not named and span.offset:
            self._nameless = span.offset
        self._note("damaged", span, response=", ".join(named) or "?")

    def _named_in(self, line: bytes) -> list[str]:
        """Documents that a damaged line may be about: their key is in it, whole or with one place changed."""
        if len(self.damaged) > _NAMED_LINES:
            return []
        text = line.decode("ascii", "replace")
        return [
            key
            for entries in self.index.tables.values()
            for key in entries
            if (f"\t{key}\t" in text if len(key) < 36 else key[12:24] in text or key[24:] in text)
        ]

    def _finish(self) -> None:
        if self._batch and self._after_damage:
            self._apply_batch()
        elif self._batch:
            self.torn = self._batch_start
            self.sequence -= len(self._batch)
            self._batch = []
        if self.torn:
            self.torn = FileSpan(self.torn.offset, self._position - self.torn.offset, self.torn.line)
            self.line = self.torn.line - 1
        self._narrow_doubtful()

    def _narrow_doubtful(self) -> None:
        """A document written anew since does not suffer from damage; a nameless line may be any draft's."""
        doubtful = {}
        for entries in self.index.tables.values():
            for key in self.doubtful.keys() & entries.keys():
                if entries[key].offset < self.doubtful[key]:
                    doubtful[key] = self.doubtful[key]
            if self._nameless:
                for key, entry in entries.items():
                    if entry.parts and entry.offset < self._nameless:
                        doubtful.setdefault(key, self._nameless)
        self.doubtful = doubtful

    def _stray(self, code: str, span: FileSpan, **details: str) -> None:
        """Note a valid line that cannot count."""
        self.strays.append(span)
        self._note(code, span, **details)

    def _note(self, code: str, span: FileSpan, **details: str) -> None:
        self.findings.append(
            StoreFinding(
                code=code,
                severity="error",
                file=self._file_name,
                line=span.line,
                offset=span.offset,
                length=span.length,
                details=details,
            )
        )


def is_unwritten(line: bytes, offset: int) -> bool:
    """True when a part of a line never reached the disk: a run of zeros, or zeros in all that one sector
    holds of it. (The parts before the first and after the last boundary may be short.)"""
    if _UNWRITTEN in line:
        return True
    start = 0
    while start < len(line):
        end = start + _SECTOR - (offset + start) % _SECTOR
        if not line[start:end].strip(b"\0"):
            return True
        start = end
    return False
