"""The journal file: append and sync first, then change memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from msgspec import json

from survey_tui.errors import StoreError
from survey_tui.store import files
from survey_tui.store.findings import StoreFinding
from survey_tui.store.lines import Record, encode
from survey_tui.store.lock import WriterLock
from survey_tui.store.reader import JournalReader
from survey_tui.store.scan import FileHeader, Scan

__all__ = ["Journal", "header_line"]


def header_line(header: FileHeader) -> bytes:
    """The first line of a journal."""
    return encode(Record("open", "", head=json.encode(header)), 0)


class Journal(JournalReader):
    """One open journal, written to where that is possible.

    What cannot be written is ``read_only``, and ``notices`` say why.
    """

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        super().__init__(directory)
        self.read_only = read_only
        self._lock: WriterLock | None = None
        self._descriptor = -1
        self._unsure = False
        if not read_only:
            self._become_writer(directory)
        self.load()
        if not self.read_only:
            self._prepare()

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

    def refresh(self) -> bool:
        """Take up what another program wrote since; a writer knows what stands there."""
        return False if self._lock is not None else super().refresh()

    def adopt(self, descriptor: int, file: FileIO, scan: Scan) -> None:
        """Go on with the file that has just taken this one's name, and make the name durable.

        ``StoreError`` when the disk refuses that; the journal is read-only then.
        """
        self._close_file()
        self._close_descriptor()
        self._descriptor, self._file, self._scan = descriptor, file, scan
        self._unsure = False
        try:
            files.sync_directory(self.path.parent)
        except OSError as error:
            refusal = files.refused(error, self.path)
            self._fall_back(refusal)
            raise refusal from None

    def close(self) -> None:
        """Close the file and let the lock go."""
        self._close_file()
        self._stop_writing()

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
        self.load()

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
        self._close_descriptor()
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

    def _close_descriptor(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
