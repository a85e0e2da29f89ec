"""The journal file: append and sync first, then change memory; the checksum is looked at again on reading."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec import json

from survey_tui.errors import StoreError
from survey_tui.store import files
from survey_tui.store.findings import StoreFinding
from survey_tui.store.index import Index
from survey_tui.store.lines import Line, Record, decode, encode, is_sound
from survey_tui.store.lock import WriterLock
from survey_tui.store.scan import FileHeader, Scan, Span

__all__ = ["JOURNAL_NAME", "READ_BUFFER", "STORE_DIRECTORY", "Journal", "header_line"]

JOURNAL_NAME = "responses.journal"
READ_BUFFER = 1 << 17
"""Bytes read from the file at once."""

STORE_DIRECTORY = "store"
"""Below the home directory."""


def header_line(header: FileHeader) -> bytes:
    """The first line of a journal."""
    return encode(Record("open", "", head=json.encode(header)), 0)


class Journal:
    """One open journal.

    Opening never raises for the state of the file: what cannot be written is ``read_only``, and ``notices``
    say why. Only a file that cannot be read at all raises ``StoreError``.
    """

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        self.path = directory / JOURNAL_NAME
        self.notices: list[StoreFinding] = []
        self.read_only = read_only
        self._lock: WriterLock | None = None
        self._descriptor = -1
        self._unsure = False
        self._stream: BinaryIO | None = None
        if not read_only:
            self._become_writer(directory)
        self._load()
        if not self.read_only:
            self._prepare()

    @property
    def index(self) -> Index:
        """Where the documents stand."""
        return self._scan.index

    @property
    def generation(self) -> int:
        """Counts the compactions of this store; 0 when the first line is lost."""
        return self._scan.header.generation if self._scan.header else 0

    @property
    def findings(self) -> tuple[StoreFinding, ...]:
        """What is wrong with the file, and why nothing can be written."""
        return (*self.notices, *self._scan.findings)

    @property
    def suspects(self) -> dict[str, int]:
        """Documents that may miss a line because of damage."""
        return self._scan.suspects

    @property
    def unusable(self) -> tuple[list[Span], Span | None]:
        """Parts of the file that do not count: lines in the middle, and a torn tail."""
        return self._scan.damaged + self._scan.strays, self._scan.torn

    @property
    def lines(self) -> int:
        """Lines read so far."""
        return self._scan.line

    @property
    def newer(self) -> bool:
        """Whether a newer version made the file; what is known here can be read."""
        return self._scan.newer

    @property
    def size(self) -> int:
        """Bytes of the file that count."""
        return self._scan.end

    def append(self, records: Sequence[Record]) -> None:
        """Write records as one change, durable on return; all of them or none.

        Raises ``StoreError`` (``store_read_only``, ``store_disk_full``, ``store_not_writable``,
        ``store_io``); memory and file are then as before.
        """
        if self.read_only:
            raise StoreError("store_read_only", path=str(self.path))
        scan, last = self._scan, len(records) - 1
        lines = [encode(record, scan.sequence + n, n < last) for n, record in enumerate(records)]
        data = b"".join(lines) if last else lines[0]
        try:
            self._cut_back()
            self._unsure = True
            files.append(self._descriptor, data)
        except OSError as error:
            self._try_cut_back()
            raise files.refused(error, self.path) from None
        for record, line in zip(records, lines, strict=True):
            scan.took(record, len(line))
        self._unsure = False

    def read(self, offset: int, length: int, key: str) -> Line:
        """The line there; ``StoreError("store_damaged")`` when it is not sound or is not about ``key``."""
        raw = self.raw(offset, length)
        if len(raw) == length and is_sound(raw):
            line = decode(raw)
            if line.key == key:
                return line
        raise StoreError("store_damaged", path=str(self.path), offset=offset)

    def raw(self, offset: int, length: int) -> bytes:
        """Bytes of the file as they are."""
        if self._stream is None:
            return b""
        try:
            self._stream.seek(offset)
            return self._stream.read(length)
        except OSError as error:
            raise files.refused(error, self.path) from None

    def refresh(self) -> bool:
        """Take up what another program wrote since; True when something changed."""
        if self._lock is not None:
            return False
        end = self._scan.end
        try:
            now = self.path.stat()
        except OSError:
            return False
        mine = os.fstat(self._stream.fileno()) if self._stream else None
        if mine is None or not os.path.samestat(mine, now) or now.st_size < end:
            self._load()
            return True
        self._read_on()
        return self._scan.end != end

    def adopt(self, descriptor: int, stream: BinaryIO, scan: Scan) -> None:
        """Go on with the file that has just taken this one's name, and make the name durable.

        ``StoreError`` when the disk refuses that; the journal is read-only then.
        """
        self._close_files()
        self._descriptor, self._stream, self._scan = descriptor, stream, scan
        self._unsure = False
        try:
            files.sync_directory(self.path.parent)
        except OSError as error:
            refusal = files.refused(error, self.path)
            self._fall_back(refusal)
            raise refusal from None

    def close(self) -> None:
        """Close the file and let the lock go."""
        self._close_files()
        self.read_only = True
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    # --- opening
    def _become_writer(self, directory: Path) -> None:
        try:
            files.make_private_directory(directory)
            self._lock = WriterLock(self.path.with_suffix(".lock"))
            self.path.with_suffix(".new").unlink(missing_ok=True)  # a compaction that a crash cut short
            self._descriptor = files.open_private(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        except StoreError as error:
            self._fall_back(error)
        except OSError as error:
            self._fall_back(files.refused(error, self.path))
        if self._lock is not None and self._lock.soft:
            self._notice("soft_lock")

    def _load(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._scan = Scan(Index(), self.path.name)
        self._stream = self._opened_stream()
        self._read_on()

    def _opened_stream(self) -> BinaryIO | None:
        try:
            return self.path.open("rb", buffering=READ_BUFFER)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise files.refused(error, self.path) from None

    def _read_on(self) -> None:
        if self._stream is not None:
            try:
                self._scan.read(self._stream)
            except OSError as error:
                raise files.refused(error, self.path) from None

    def _prepare(self) -> None:
        """Make a file that was read ready for writing: cut a torn tail off, begin an empty file."""
        if self._scan.findings:
            self._stop_writing()
            return
        try:
            if self._scan.torn is not None:
                self._set_torn_aside()
            if self._scan.header is None:
                self._begin_file()
        except OSError as error:
            self._try_cut_back()
            self._fall_back(files.refused(error, self.path))

    def _begin_file(self) -> None:
        """The first line comes when the names above it are on the disk, so that it vouches for them."""
        for place in (self.path.parent, self.path.parent.parent):
            files.sync_directory(place)
        self._unsure = True
        files.append(self._descriptor, header_line(FileHeader()))
        self._unsure = False
        self._load()

    def _set_torn_aside(self) -> None:
        torn = self._scan.torn
        if torn is None:
            return
        copy = files.write_beside(self.path, "torn", self.raw(torn.offset, torn.length))
        os.ftruncate(self._descriptor, self._scan.end)
        os.fsync(self._descriptor)
        self._notice("torn", copy=copy.name)
        self._scan.torn = None

    # --- falling back
    def _fall_back(self, error: StoreError) -> None:
        reason = error.code.removeprefix("store_")
        self._notice(reason, **{name: str(value) for name, value in error.details.items()})
        self._stop_writing()

    def _stop_writing(self) -> None:
        self.read_only = True
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _notice(self, code: str, **details: str) -> None:
        self.notices.append(StoreFinding(code=code, severity="warning", file=self.path.name, details=details))

    def _cut_back(self) -> None:
        """Take away what a failed or interrupted write left behind."""
        if self._unsure:
            os.ftruncate(self._descriptor, self._scan.end)
            self._unsure = False

    def _try_cut_back(self) -> None:
        try:
            self._cut_back()
        except OSError:
            self._unsure = True  # the next write tries again before it appends anything

    def _close_files(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
