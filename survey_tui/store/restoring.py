"""A backup in the place of the store; what was there is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader, FileIO
from pathlib import Path

from msgspec import Struct

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.header import LOCKED_CODEC, NEWEST_VERSION, FileHeader
from survey_tui.store.integrity import alone
from survey_tui.store.journal.format import is_sound
from survey_tui.store.journal.header_copy import keep_spare, spare_headers
from survey_tui.store.journal.reader import (
    JOURNAL_NAME,
    STORE_DIRECTORY,
    first_header,
    known_headers,
    open_for_reading,
)
from survey_tui.store.journal.scan import looks_unwritten

__all__ = ["RestoreReport", "restore_store"]

_CHUNK = 1 << 20


class RestoreReport(Struct, frozen=True, kw_only=True):
    """``path`` is the store's file now, of ``written`` bytes; ``left_out`` bytes at the end of the backup are
    the rest of a write that a loss of power cut short. ``kept`` is what was there before, if anything."""

    path: Path
    written: int
    left_out: int
    kept: Path | None


def restore_store(home: Path, backup: Path) -> RestoreReport:
    """Let the store below ``home`` be what a backup holds.

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
        raise files.refused(error, path) from None
    with alone(directory):
        try:
            return _put_in_place(backup, path, headers)
        except OSError as error:
            with suppress(OSError):
                path.with_suffix(".new").unlink(missing_ok=True)
            raise files.refused(error, path) from None


def _whole_lines(source: FileIO, *, lost_header: bool) -> Iterator[bytes]:
    """The lines of a backup up to where the disk it lies on lost what was being written;
    ``StoreError("store_damaged")`` at any other line that is not sound, but for the first one of a locked
    backup whose copy is there."""
    offset = 0
    for line in BufferedReader(source, _CHUNK):
        if not is_sound(line) and not (lost_header and not offset):
            if looks_unwritten(line, offset) or not line.endswith(b"\n"):
                return
            raise StoreError("store_damaged", path=str(source.name), offset=offset)
        offset += len(line)
        yield line


def _put_in_place(backup: Path, path: Path, headers: list[FileHeader]) -> RestoreReport:
    draft = path.with_suffix(".new")
    written, waiting = 0, bytearray()
    descriptor = files.open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    try:
        with open_for_reading(backup) as source:
            for line in _whole_lines(source, lost_header=first_header(backup) is None):
                waiting += line
                if len(waiting) > _CHUNK:
                    files.write(descriptor, bytes(waiting))
                    waiting.clear()
                written += len(line)
        files.write(descriptor, bytes(waiting))
        os.fsync(descriptor)
    except StoreError:
        draft.unlink()
        raise
    finally:
        os.close(descriptor)
    if headers[0].codec == LOCKED_CODEC:
        keep_spare(path, *headers, *spare_headers(path))
    kept = files.keep_beside(path, "replaced") if path.exists() else None
    draft.replace(path)
    files.sync_directory(path.parent)
    left_out = backup.stat().st_size - written
    return RestoreReport(path=path, written=written, left_out=left_out, kept=kept)
