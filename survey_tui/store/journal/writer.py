"""Writing a journal: append and sync first, then change memory.

Several programs may write to one journal, each holding the lock for one change. On acquiring the lock a
program first reads what others have written.

A reserve is kept for a full disk: the response at hand can be finalised and handed over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.findings import StoreFinding
from survey_tui.store.journal.format import NO_KEYS, FileHeader, JournalRecord, KeyRing, header_line
from survey_tui.store.journal.header_copy import sync_header_copy
from survey_tui.store.journal.reader import JournalReader
from survey_tui.store.journal.scan import Scan
from survey_tui.store.process_lock import LOCK_WAIT_SECONDS, ProcessLock

RESERVE_BYTES = 256 * 1024
"""Enough for some ten responses of 120 questions: 20 KB while they are drafts, 10 KB for the frozen line."""


class Reserve:
    """A file without content next to the journal, removed for a write that finds no room."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_suffix(".reserve")

    def ensure(self) -> None:
        """Create the file unless it exists; ``OSError`` when the disk has no room for it."""
        try:
            if self.path.stat().st_size >= RESERVE_BYTES:
                return
        except FileNotFoundError:
            pass
        descriptor = files.open_private(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        try:
            files.reserve_bytes(descriptor, RESERVE_BYTES)
        except OSError:
            with suppress(OSError):
                self.path.unlink()
            raise
        finally:
            os.close(descriptor)

    def release(self) -> bool:
        """Free its room; False when there is none to free."""
        try:
            self.path.unlink()
            files.sync_directory(self.path.parent)  # some file systems free blocks only with the next commit
        except OSError:
            return False
        return True


_LIST_WAIT_SECONDS = 0.2  # a list that is a moment old is better than one that waits


class JournalWriter(JournalReader):
    """An open journal, written to where that is possible.

    Otherwise it is ``read_only``, and ``notices`` say why. ``exclusive``: no other exclusive journal writes
    to this directory while this one is open (others do); the second one reads. ``revision`` grows when
    another program has written; ``after_append`` is called after each change.
    """

    def __init__(
        self,
        directory: Path,
        *,
        read_only: bool = False,
        exclusive: bool = True,
        keys: KeyRing = NO_KEYS,
    ) -> None:
        super().__init__(directory, keys)
        self.read_only = read_only
        self.revision = 0
        self.reserve = Reserve(self.path)
        self.after_append: Callable[[], None] = _do_nothing
        self._lock: ProcessLock | None = None
        self._session: ProcessLock | None = None
        self._descriptor = -1
        self._depth = 0
        self._unacknowledged = b""
        if not read_only:
            self._become_writer(directory, exclusive=exclusive)
        if self._file is None:
            self.load()

    def append(self, records: Sequence[JournalRecord]) -> None:
        """Write records as one change, durable on return; all of them or none.

        Raises ``StoreError`` (``store_read_only``, ``store_in_use``, ``store_disk_full``,
        ``store_not_writable``, ``store_io``); memory and file are then as before. A full disk costs the
        reserve first.
        """
        with self.writing():
            scan, last = self._scan, len(records) - 1
            lines = [
                scan.codec.encode(record, scan.sequence + n, more=n < last, joined=n > 0)
                for n, record in enumerate(records)
            ]
            try:
                self._append(b"".join(lines) if last else lines[0])
            except OSError as error:
                raise files.store_error_from(error, self.path) from None
            for record, line in zip(records, lines, strict=True):
                scan.add_written(record, line)
            self.after_append()

    @contextmanager
    def writing(self, patience: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock, with everything that others wrote read; what is appended inside follows on that.

        May be nested. ``StoreError``: ``store_read_only``, ``store_in_use`` after ``patience`` seconds, or
        what the disk says.
        """
        if self._depth:
            yield
            return
        if self._lock is None:
            raise StoreError("store_read_only", path=str(self.path))
        self._acquire(self._lock, patience)
        self._depth = 1
        try:
            self._read_foreign_changes()
            yield
        finally:
            self._depth = 0
            if self._lock is not None:  # not after a fall to read-only
                self._lock.release()

    def refresh(self) -> bool:
        """Read what another program has written since; True when something changed."""
        revision = self.revision
        if self.read_only:
            self.revision += super().refresh()
        else:
            with suppress(StoreError), self.writing(_LIST_WAIT_SECONDS):
                pass
        return self.revision != revision

    def ensure_reserve(self) -> None:
        """Create the reserve before a draft begins; ``StoreError("store_disk_nearly_full")``."""
        try:
            self.reserve.ensure()
        except OSError as error:
            if error.errno in files.FULL_DISK:
                raise StoreError("store_disk_nearly_full", path=str(self.path)) from None
        else:
            self.remove_notice("reserve_used")

    def use_file(self, descriptor: int, file: FileIO, scan: Scan) -> None:
        """Go on with the file that has just taken this one's name, and make the name durable.

        ``StoreError`` when the disk refuses that; the journal is read-only then.
        """
        self._close_file()
        self._close_descriptor()
        self._descriptor, self._file, self._scan = descriptor, file, scan
        self._unacknowledged = b""
        try:
            files.sync_directory(self.path.parent)
        except OSError as error:
            refusal = files.store_error_from(error, self.path)
            self._fall_back(refusal)
            raise refusal from None

    def add_notice(self, code: str, **details: str) -> None:
        """Report something about the store once."""
        finding = StoreFinding(code=code, severity="warning", file=self.path.name, details=details)
        if finding not in self.notices:
            self.notices.append(finding)

    def remove_notice(self, code: str) -> None:
        """Remove a notice that no longer holds."""
        self.notices = [finding for finding in self.notices if finding.code != code]

    def close(self) -> None:
        """Close the file and release the locks."""
        self._close_file()
        self._stop_writing()

    # --- opening
    def _become_writer(self, directory: Path, *, exclusive: bool) -> None:
        try:
            files.make_private_directory(directory)
            if exclusive:
                self._session = ProcessLock(self.path.with_suffix(".session"))
                self._acquire(self._session, 0)
            self._lock = ProcessLock(self.path.with_suffix(".lock"))
            self._acquire(self._lock, LOCK_WAIT_SECONDS)
            try:
                self._begin_writing()
            finally:
                if self._lock is not None:
                    self._lock.release()
        except StoreError as error:
            if error.code == "lock_passphrase_needed":  # nothing can be read either
                self.close()
                raise
            self._fall_back(error)
        except OSError as error:
            self._fall_back(files.store_error_from(error, self.path))

    def _begin_writing(self) -> None:
        """Prepare the file: migrated, without a torn tail, with a first line, on the disk as read."""
        self.path.with_suffix(".new").unlink(missing_ok=True)  # a compaction that a crash cut short
        files.remove_drafts(self.path)
        self._descriptor = files.open_private(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        self.load()
        if self.older is not None:
            self._migrate(self.older)
        if self._scan.findings or self.is_header_from_copy:
            self._stop_writing()
            return
        self._with_room(self._set_torn_tail_aside)
        if self._scan.header is None:
            self._begin_file()
        else:
            self._make_durable()
        sync_header_copy(self.path, self.header)

    def _migrate(self, version: int) -> None:
        from survey_tui.store.journal.migration import migrate

        kept = migrate(self.path, version)
        self.add_notice("migrated", version=str(version), copy=", ".join(copy.name for copy in kept))
        self._reopen()

    def _begin_file(self) -> None:
        """Write the first line after the names above it are on the disk, so that it vouches for them."""
        for place in (self.path.parent, self.path.parent.parent):
            files.sync_directory(place)
        self._append(header_line(FileHeader(store=os.urandom(6).hex())))
        self.load()

    def _make_durable(self) -> None:
        """Sync lines and a name that another program left unsynced when it was killed."""
        os.fsync(self._descriptor)
        files.sync_directory(self.path.parent)

    def _set_torn_tail_aside(self) -> None:
        """Keep the torn tail in a file and cut it off. No process is writing: this one holds the lock."""
        torn = self._scan.torn
        if torn is None:
            return
        copy = files.write_sibling(self.path, "torn", self.raw(torn.offset, torn.length))
        files.truncate(self._descriptor, self._scan.end)
        self.add_notice("torn", copy=copy.name)
        self._scan.torn = None

    # --- others
    def _acquire(self, lock: ProcessLock, patience: float) -> None:
        try:
            lock.acquire(patience)
        except OSError as error:
            raise files.store_error_from(error, lock.path) from None
        finally:
            if lock.is_soft:
                self.add_notice("soft_lock")

    def _read_foreign_changes(self) -> None:
        """Read what others did since this program last held the lock."""
        try:
            self._truncate_failed_write()
            now = self.path.stat()
            if self._is_replaced(now):
                self._reopen()
                self._make_durable()
            elif now.st_size == self._scan.end:
                return
            else:
                self._read_rest()
            self.revision += 1
            if self._scan.findings or self.is_header_from_copy or self.older is not None:
                self._stop_writing()
                raise StoreError("store_read_only", path=str(self.path))
            self._with_room(self._set_torn_tail_aside)
        except OSError as error:
            raise files.store_error_from(error, self.path) from None

    def _reopen(self) -> None:
        descriptor = files.open_private(self.path, os.O_RDWR | os.O_APPEND)
        self._close_descriptor()
        self._descriptor = descriptor
        self._unacknowledged = b""
        self.load()

    # --- writing
    def _append(self, data: bytes) -> None:
        self._with_room(lambda: self._write(data))

    def _with_room(self, action: Callable[[], None]) -> None:
        """Run ``action``; when the disk is full, once more with the room of the reserve."""
        try:
            action()
        except OSError as error:
            if error.errno not in files.FULL_DISK or not self.reserve.release():
                raise
            self.add_notice("reserve_used")
            action()

    def _write(self, data: bytes) -> None:
        self._truncate_failed_write()
        self._unacknowledged = data
        try:
            files.append(self._descriptor, data)
        except BaseException:
            self._try_to_truncate()
            raise
        self._unacknowledged = b""

    def _truncate_failed_write(self) -> None:
        """Remove what a failed or interrupted write left, unless another program built on it."""
        if not self._unacknowledged:
            return
        end = self._scan.end
        if os.fstat(self._descriptor).st_size <= end + len(
            self._unacknowledged
        ) and self._unacknowledged.startswith(self.raw(end, len(self._unacknowledged))):
            os.ftruncate(self._descriptor, end)
        self._unacknowledged = b""

    def _try_to_truncate(self) -> None:
        with suppress(OSError, StoreError):  # the next write tries again before it appends anything
            self._truncate_failed_write()

    # --- falling back
    def _fall_back(self, error: StoreError) -> None:
        reason = error.code.removeprefix("store_")
        self.add_notice(reason, **{name: str(value) for name, value in error.details.items()})
        self._stop_writing()

    def _stop_writing(self) -> None:
        self.read_only = True
        self._close_descriptor()
        for lock in (self._lock, self._session):
            if lock is not None:
                lock.close()
        self._lock = self._session = None

    def _close_descriptor(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _do_nothing() -> None:
    """The default of ``after_append``."""
