"""The automatic backup, in a thread of its own: a slow or failing card never delays an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.backup import BackupReport, back_up, has_backup
from survey_tui.store.copies import BackupLocations
from survey_tui.store.findings import StoreFinding
from survey_tui.store.journal.reader import JOURNAL_NAME, STORE_DIRECTORY
from survey_tui.store.process_lock import LOCK_WAIT_SECONDS, ProcessLock

BACKUP_LOCK = ".backup"
"""The suffix of the lock that one backup at a time holds."""

_INTERVAL = 60.0  # seconds between two backups while answers come in
_LAST_WAIT = 10.0  # seconds that the end of the program, or a withdrawal, waits for a backup


def back_up_home(home: Path, directory: Path) -> BackupReport:
    """Back up the store below ``home`` now (``backup.back_up``), after a backup that is under way.

    Erased responses are removed from ``directory`` too; it was named by a person, so a new card counts as the
    old one.
    """
    journal = home / STORE_DIRECTORY / JOURNAL_NAME
    locations = BackupLocations(journal)
    try:
        lock = ProcessLock(journal.with_suffix(BACKUP_LOCK))
    except FileNotFoundError:
        raise StoreError("store_backup_nothing", path=str(journal)) from None
    except OSError as error:
        raise files.store_error_from(error, journal) from None
    try:
        lock.acquire(LOCK_WAIT_SECONDS)
        owed = locations.read().get(str(directory), [])
        if directory.is_dir():
            locations.add(directory)
        report = back_up(journal, directory, owed)
        locations.mark_erased(directory, owed)
    except OSError as error:
        raise files.store_error_from(error, journal) from None
    finally:
        lock.close()
    return report


class BackupWorker:
    """Backs a journal up to ``directory`` (``None``: nowhere) after writes, at most once a minute, and at the
    end; removes erased responses from backups elsewhere as soon as they can be reached.

    ``erased`` returns the responses that earlier backups must not hold. Nothing here raises: an error is in
    :attr:`findings` until a backup succeeds.
    """

    def __init__(self, journal: Path, directory: Path | None, erased: Callable[[], Iterable[str]]) -> None:
        self._finding: StoreFinding | None = None
        self._journal = journal
        self._directory = directory
        self._ids_erased = erased
        self._locations = BackupLocations(journal)
        self._due = 0.0
        self._trusted = 0
        self._job: threading.Thread | None = None
        self._owing: tuple[StoreFinding, ...] = ()
        if self._locations.pending_erasures():
            self._refresh_status()
            self._start()

    @property
    def findings(self) -> tuple[StoreFinding, ...]:
        """Why there is no backup, and which backups still hold erased responses."""
        return (self._finding, *self._owing) if self._finding is not None else self._owing

    def note_write(self, *, urgent: bool = False) -> None:
        """Start a backup if one is due; ``urgent``: a response was finalised, its backup does not wait."""
        if self._directory is None:
            return
        now = time.monotonic()
        if (urgent or now >= self._due) and not self._running():
            self._due = now + _INTERVAL
            self._start()

    def finish(self) -> None:
        """Back up the rest and erase what must be erased; a card that does not answer is given ten
        seconds."""
        end = time.monotonic() + _LAST_WAIT
        if self._job is not None:
            self._job.join(_LAST_WAIT)
        if not self._running() and (self._directory is not None or self._locations.pending_erasures()):
            self._start()
            if self._job is not None:
                self._job.join(max(0.1, end - time.monotonic()))
        self._refresh_status()

    def _running(self) -> bool:
        return self._job is not None and self._job.is_alive()

    def _start(self) -> None:
        erased = tuple(self._ids_erased())
        self._job = threading.Thread(target=self._run, args=(erased,), name="backup", daemon=True)
        self._job.start()

    def _run(self, erased: tuple[str, ...]) -> None:
        if self._directory is not None:
            self._finding = self._back_up(self._directory, erased)
        for name in self._locations.pending_erasures():
            if self._directory is None or name != str(self._directory):
                self._back_up(Path(name), ())
        self._refresh_status()

    def _back_up(self, directory: Path, erased: tuple[str, ...]) -> StoreFinding | None:
        try:
            lock = ProcessLock(self._journal.with_suffix(BACKUP_LOCK))
            try:
                lock.acquire()
                self._migrate(directory, erased)
            finally:
                lock.close()
        except StoreError as error:
            if error.code == "store_in_use":  # another program is backing up
                return self._finding
            return self._as_finding(error.code.removeprefix("store_"), error.details)
        except OSError as error:
            return self._as_finding("backup_failed", {"reason": error.strerror or str(error.errno)})
        return None

    def _migrate(self, directory: Path, erased: tuple[str, ...]) -> None:
        owed = self._locations.read().get(str(directory), [])
        there = has_backup(self._journal, directory)
        mine = directory == self._directory
        if not (mine or there):  # the card is out, or another one is in its place
            return
        if directory.is_dir():
            self._locations.add(directory)
        trusted = self._trusted if mine else 0
        report = back_up(self._journal, directory, {*erased, *owed}, trusted=trusted)
        if mine:
            self._trusted = report.size
        if there:
            self._locations.mark_erased(directory, owed)

    def _refresh_status(self) -> None:
        self._owing = tuple(
            StoreFinding(
                code="backup_owes",
                severity="warning",
                file=self._journal.name,
                details={"path": directory, "count": str(len(ids))},
            )
            for directory, ids in self._locations.pending_erasures().items()
        )

    def _as_finding(self, code: str, details: dict[str, object]) -> StoreFinding:
        facts = {name: str(value) for name, value in details.items()} | {"path": str(self._directory)}
        code = code if code.startswith("backup_") else "backup_damaged"
        return StoreFinding(code=code, severity="warning", file=self._journal.name, details=facts)
