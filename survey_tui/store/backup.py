"""Backup of the journal to a second place (a memory card, another disk), and restoring it.

A backup is the journal's own bytes (a locked store's backup is locked), so it grows by what was appended.
After a compaction it is rewritten. Only lines with a valid checksum are copied, and what was written is read
back. One file a store: ``responses-<store>.journal``. Restoring keeps the store that was there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BufferedReader, FileIO
from pathlib import Path

from msgspec import Struct

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.copies import erase_from_copies
from survey_tui.store.integrity import exclusive_access
from survey_tui.store.journal.format import LOCKED_CODEC, NEWEST_VERSION, FileHeader, has_valid_checksum
from survey_tui.store.journal.header_copy import read_header_copy, sync_header_copy, write_header_copy
from survey_tui.store.journal.reader import (
    JOURNAL_NAME,
    STORE_DIRECTORY,
    first_header,
    known_headers,
    open_for_reading,
)
from survey_tui.store.journal.scan import is_unwritten

_CHUNK = 1 << 20
_TAIL = 1 << 16


class BackupReport(Struct, frozen=True, kw_only=True):
    """``written`` bytes, all of the file or (``appended``) what was new; ``size`` bytes equal the store's.
    ``kept`` is an earlier backup that has other lines than the store."""

    path: Path
    written: int
    size: int
    appended: bool
    kept: Path | None = None


def backup_path(directory: Path, header: FileHeader) -> Path:
    """The backup file of the store with this first line."""
    return directory / f"responses-{header.store or 'store'}.journal"


def has_backup(journal: Path, directory: Path) -> bool:
    """True when ``directory`` has a backup of this store."""
    header = first_header(journal)
    return header is not None and backup_path(directory, header).exists()


def same_disk(journal: Path, directory: Path) -> bool:
    """True when both are on one file system: the card is not in its place, or the backup is of little use."""
    return journal.stat().st_dev == directory.stat().st_dev


def back_up(journal: Path, directory: Path, erased: Iterable[str] = (), *, trusted: int = 0) -> BackupReport:
    """Update the backup in ``directory``; durable and read back on return.

    The whole of an earlier backup is compared with the store, unless the caller has done so before and knows
    that its first ``trusted`` bytes are right.

    ``erased`` are responses that must not stay in earlier backups either. Never touches the store. Raises
    ``StoreError``: ``store_backup_missing`` (no such directory: the card is out), ``store_backup_nothing``
    (there is no store), ``store_damaged`` (it is damaged; its last good backup stays as it is),
    ``store_backup_unread`` (the bytes read back differ), ``store_backup_full``, ``store_backup_failed``.
    """
    header = first_header(journal)
    if header is None:
        raise StoreError("store_backup_nothing", path=str(journal))
    target = backup_path(directory, header)
    try:
        if not directory.is_dir():
            raise StoreError("store_backup_missing", path=str(directory))
        target.with_suffix(".new").unlink(missing_ok=True)  # of a backup that was killed
        with open_for_reading(journal) as source:
            report = _append(source, target, trusted) or _write_anew(source, target, header)
        sync_header_copy(target, header)
        erase_from_copies(target, erased)
    except OSError as error:
        code = "store_backup_full" if error.errno in files.FULL_DISK else "store_backup_failed"
        raise StoreError(code, path=str(target), reason=error.strerror or str(error.errno)) from None
    return report


def valid_lines(source: FileIO, start: int) -> Iterator[bytes]:
    """Whole lines from an offset on, about a megabyte at a time, without a torn tail.

    ``StoreError("store_damaged")`` at a damaged line.
    """
    source.seek(start)
    offset, rest = start, b""
    while chunk := source.read(_CHUNK):
        whole, feed, rest = (rest + chunk).rpartition(b"\n")
        if not feed:
            continue
        for line in whole.split(b"\n"):
            if not has_valid_checksum(line + b"\n"):
                raise StoreError("store_damaged", path=str(source.name), offset=offset)
            offset += len(line) + 1
        yield whole + feed


def _append(source: FileIO, target: Path, trusted: int) -> BackupReport | None:
    """Append what is new; ``None`` when the backup is not the beginning of the store's file."""
    try:
        with open_for_reading(target) as backup:
            start = _common_length(source, backup, trusted)
    except FileNotFoundError:
        return None
    if start is None:
        return None
    written = 0
    descriptor = files.open_private(target, os.O_RDWR | os.O_APPEND)
    try:
        if os.fstat(descriptor).st_size != start:
            files.truncate(descriptor, start)  # the torn end of an earlier backup
        for block in valid_lines(source, start):
            files.write(descriptor, block)
            written += len(block)
        if written:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _read_back(source, target, start, written)
    return BackupReport(path=target, written=written, size=start + written, appended=True)


def _common_length(source: FileIO, backup: FileIO, trusted: int) -> int | None:
    """Bytes of the backup's whole lines, if the store's file begins with them."""
    first = backup.readline()
    length, last = _last_line(backup)
    if not first.endswith(b"\n") or not last:
        return None
    start = trusted if 0 < trusted <= length else 0
    for offset, size in ((0, len(first)), (length - len(last), len(last)), (start, length - start)):
        if not _same(source, backup, offset, size):
            return None
    return length


def _same(source: FileIO, copy: FileIO, offset: int, left: int) -> bool:
    source.seek(offset)
    copy.seek(offset)
    while left > 0:
        ours, theirs = source.read(min(left, _CHUNK)), copy.read(min(left, _CHUNK))
        if ours != theirs or not ours:
            return False
        left -= len(ours)
    return True


def _last_line(file: FileIO) -> tuple[int, bytes]:
    """Offset after the last whole line, and that line; ``b""`` if there is none."""
    size = os.fstat(file.fileno()).st_size
    room = _TAIL
    while True:
        start = max(0, size - room)
        file.seek(start)
        tail = file.read(size - start)
        end = tail.rfind(b"\n")
        before = tail.rfind(b"\n", 0, max(end, 0))
        if before >= 0 or start == 0:
            return start + end + 1, tail[before + 1 : end + 1]
        room *= 8


def _write_anew(source: FileIO, target: Path, header: FileHeader) -> BackupReport:
    written = 0
    with files.replacement(target, target.with_suffix(".new")) as draft:
        for block in valid_lines(source, 0):
            draft.write(block)
            written += len(block)
        draft.sync()
        _read_back(source, draft.path, 0, written)
        kept = _keep(target, header)
    return BackupReport(path=target, written=written, size=written, appended=False, kept=kept)


def _keep(target: Path, header: FileHeader) -> Path | None:
    """Keep a backup that the store's file did not come from: it may have what the store has lost."""
    earlier = first_header(target)
    if not target.exists() or (earlier is not None and earlier.generation < header.generation):
        return None
    return files.keep_sibling(target, "older")


def _read_back(source: FileIO, copy: Path, start: int, length: int) -> None:
    """Compare the bytes on the second disk; ``StoreError("store_backup_unread")``."""
    with open_for_reading(copy) as written:
        if hasattr(os, "posix_fadvise"):  # from the card, not from memory
            os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if not _same(source, written, start, length) or written.read(1):
            raise StoreError("store_backup_unread", path=str(copy))


class RestoreReport(Struct, frozen=True, kw_only=True):
    """``path`` is the store's file, of ``written`` bytes now; ``left_out`` bytes at the end of the backup are
    a torn tail. ``kept`` is the store that was there before, if any."""

    path: Path
    written: int
    left_out: int
    kept: Path | None


def restore_store(home: Path, backup: Path) -> RestoreReport:
    """Replace the store below ``home`` by a backup.

    Raises ``StoreError``, and leaves everything as it is: ``store_in_use``, ``store_not_a_backup``,
    ``store_newer_version``, ``store_damaged`` (the backup is), or what the disk says.
    """
    directory = home / STORE_DIRECTORY
    path = directory / JOURNAL_NAME
    headers = known_headers(backup)
    if not headers:
        raise StoreError("store_not_a_backup", path=str(backup))
    if headers[0].version > NEWEST_VERSION:
        raise StoreError("store_newer_version", path=str(backup))
    try:
        files.make_private_directory(directory)
    except OSError as error:
        raise files.store_error_from(error, path) from None
    with exclusive_access(directory):
        try:
            return _replace_store(backup, path, headers)
        except OSError as error:
            with suppress(OSError):
                path.with_suffix(".new").unlink(missing_ok=True)
            raise files.store_error_from(error, path) from None


def _whole_lines(source: FileIO, *, lost_header: bool) -> Iterator[bytes]:
    """The lines of a backup without a torn tail; ``StoreError("store_damaged")`` at any other damaged line,
    except for the first line of a locked backup that has a header copy."""
    offset = 0
    for line in BufferedReader(source, _CHUNK):
        if not has_valid_checksum(line) and not (lost_header and not offset):
            if is_unwritten(line, offset) or not line.endswith(b"\n"):
                return
            raise StoreError("store_damaged", path=str(source.name), offset=offset)
        offset += len(line)
        yield line


def _replace_store(backup: Path, path: Path, headers: list[FileHeader]) -> RestoreReport:
    written, waiting = 0, bytearray()
    with files.replacement(path, path.with_suffix(".new")) as draft:
        with open_for_reading(backup) as source:
            for line in _whole_lines(source, lost_header=first_header(backup) is None):
                waiting += line
                if len(waiting) > _CHUNK:
                    draft.write(bytes(waiting))
                    waiting.clear()
                written += len(line)
        draft.write(bytes(waiting))
        draft.sync()
        if headers[0].codec == LOCKED_CODEC:
            write_header_copy(path, *headers, *read_header_copy(path))
        kept = files.keep_sibling(path, "replaced") if path.exists() else None
    left_out = backup.stat().st_size - written
    return RestoreReport(path=path, written=written, left_out=left_out, kept=kept)
