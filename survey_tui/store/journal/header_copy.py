"""The header copy: the first line of a locked journal a second time, in ``responses.header``.

The wrapped data key is in that line only, so a bad sector there would lose everything. The copy is on the
disk before the journal that needs it has its name. It is written when the lock changes, not with every
compaction: the generation, which is higher by then, is found by trying.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader, FileIO
from itertools import islice
from pathlib import Path

from msgspec import DecodeError, structs

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.journal.format import (
    LOCKED_CODEC,
    FileHeader,
    KeyRing,
    has_valid_checksum,
    header_from,
    header_line,
)
from survey_tui.store.journal.scan import LINE_START

_FURTHEST = 200_000  # generations that are tried: one for each compaction, seal and withdrawal since the lock
_LINES_TRIED = 40
_LONGEST = 1 << 16


def header_copy_path(journal: Path) -> Path:
    """The path of the copy for a journal (or backup)."""
    return journal.with_suffix(".header")


def read_header_copy(journal: Path) -> list[FileHeader]:
    """The headers in the copy: one; two (the new one first) while a lock is being changed; none when there is
    no copy, or it is damaged itself."""
    found = []
    try:
        with header_copy_path(journal).open("rb") as file:
            lines = file.read(_LONGEST).splitlines(keepends=True)
    except OSError:
        return []
    for line in lines:
        fields = line.rstrip(b"\n").split(b"\t")
        if len(fields) > 5 and fields[2] == b"open" and has_valid_checksum(line):
            with suppress(DecodeError, ValueError, TypeError):
                found.append(header_from(fields[5]))
    return [header for header in found if header.codec == LOCKED_CODEC]


def write_header_copy(journal: Path, *headers: FileHeader) -> None:
    """Write the copy, durable on return; ``OSError`` leaves the old one."""
    files.replace_file(header_copy_path(journal), b"".join(header_line(header) for header in headers))


def sync_header_copy(journal: Path, header: FileHeader) -> None:
    """Make the copy that of a journal whose first line is valid: written again when it differs, removed when
    the journal is not locked. If the disk refuses, the next start tries again."""
    with suppress(OSError):
        if header.codec != LOCKED_CODEC:
            header_copy_path(journal).unlink(missing_ok=True)
        elif [_lock(copy) for copy in read_header_copy(journal)] != [_lock(header)]:
            write_header_copy(journal, header)


def is_encrypted(file: FileIO) -> bool:
    """True when the lines after the first are encrypted, for a file whose first line is damaged."""
    first = next(_records(file), None)
    return first is not None and not first[5].startswith(b"{") and first[5] != b""


def recover_header(journal: Path, file: FileIO, keys: KeyRing) -> FileHeader | None:
    """The header of a locked journal whose first line is damaged; ``None`` if there is no copy of it, or the
    lines are not encrypted.

    ``StoreError("lock_passphrase_needed")`` without the key.
    """
    copies = read_header_copy(journal)
    records = list(islice(_records(file), 3))
    if not copies or (records and not is_encrypted(file)):
        return None
    refusal: StoreError | None = None
    for copy in copies:
        try:
            return _with_generation(copy, records, keys) or copy
        except StoreError as error:
            refusal = error
    if refusal is not None:
        raise refusal
    return None


def _with_generation(copy: FileHeader, records: list[list[bytes]], keys: KeyRing) -> FileHeader | None:
    """The header under which one of these lines can be read."""
    keys.codec(copy)
    for generation in range(copy.generation, copy.generation + _FURTHEST if records else 0):
        header = structs.replace(copy, generation=generation)
        codec = keys.codec(header)
        for fields in records:
            with suppress(StoreError):
                codec.head(fields)
                return header
    return None


def _records(file: FileIO) -> Iterator[list[bytes]]:
    """The fields of the first lines with a valid checksum, without first lines of files."""
    file.seek(0)
    stream = BufferedReader(file)
    try:
        for line in islice(stream, _LINES_TRIED):
            for match in re.finditer(LINE_START, line):
                piece = line[match.start() :]
                fields = piece.split(b"\t", 6)
                if len(fields) == 7 and fields[2] != b"open" and has_valid_checksum(piece):
                    yield fields
                    break
    finally:
        stream.detach()


def _lock(header: FileHeader) -> tuple[str, object]:
    return header.store, header.lock
