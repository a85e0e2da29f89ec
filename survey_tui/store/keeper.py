"""The automatic backup: a thread of its own, so that a slow or dying card never holds up an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from survey_tui.errors import StoreError
from survey_tui.store import files
from survey_tui.store.backup import BackupReport, back_up
from survey_tui.store.findings import StoreFinding
from survey_tui.store.lock import PATIENCE, ProgramLock
from survey_tui.store.reader import JOURNAL_NAME, STORE_DIRECTORY

__all__ = ["BACKUP_LOCK", "BackupKeeper", "back_up_home"]

BACKUP_LOCK = ".backup"
"""The suffix of the lock that one backup at a time holds, beside the journal."""

_INTERVAL = 60.0  # seconds between two backups while answers come in
_LAST_WAIT = 10.0  # seconds that the end of the program waits for a backup


def back_up_home(home: Path, directory: Path) -> BackupReport:
    """Back up the store below ``home`` now (``backup.back_up``); waits for a backup that is under way."""
    journal = home / STORE_DIRECTORY / JOURNAL_NAME
    try:
        lock = ProgramLock(journal.with_suffix(BACKUP_LOCK))
    except FileNotFoundError:
        raise StoreError("store_backup_nothing", path=str(journal)) from None
    except OSError as error:
        raise files.refused(error, journal) from None
    try:
        lock.take(PATIENCE)
        return back_up(journal, directory)
    finally:
        lock.close()


class BackupKeeper:
    """Backs a journal up to ``directory`` when something was written, at most once a minute, and at the end.

    ``erased`` says which responses must not stay in earlier backups. Nothing here raises: what went wrong
    is in :attr:`finding` until a backup succeeds.
    """

    def __init__(self, journal: Path, directory: Path, erased: Callable[[], Iterable[str]]) -> None:
        self.finding: StoreFinding | None = None
        self._journal = journal
        self._directory = directory
        self._erased = erased
        self._due = 0.0
        self._trusted = 0
        self._job: threading.Thread | None = None

    def written(self, *, urgent: bool = False) -> None:
        """Something was written; ``urgent``: a response was finished, its backup does not wait."""
        now = time.monotonic()
        if (urgent or now >= self._due) and not self._running():
            self._due = now + _INTERVAL
            self._start()

    def close(self) -> None:
        """Back up what is left; a card that does not answer is not waited for long."""
        end = time.monotonic() + _LAST_WAIT
        if self._job is not None:
            self._job.join(_LAST_WAIT)
        if not self._running():
            self._start()
            if self._job is not None:
                self._job.join(max(0.1, end - time.monotonic()))

    def _running(self) -> bool:
        return self._job is not None and self._job.is_alive()

    def _start(self) -> None:
        erased = tuple(self._erased())
        self._job = threading.Thread(target=self._run, args=(erased,), name="backup", daemon=True)
        self._job.start()

    def _run(self, erased: tuple[str, ...]) -> None:
        try:
            lock = ProgramLock(self._journal.with_suffix(BACKUP_LOCK))
            try:
                lock.take()
                report = back_up(self._journal, self._directory, erased, trusted=self._trusted)
                self._trusted = report.size
            finally:
                lock.close()
        except StoreError as error:
            if error.code != "store_in_use":  # another program is backing up
                self.finding = self._finding(error.code.removeprefix("store_"), error.details)
        except OSError as error:
            self.finding = self._finding("backup_failed", {"reason": error.strerror or str(error.errno)})
        else:
            self.finding = None

    def _finding(self, code: str, details: dict[str, object]) -> StoreFinding:
        facts = {name: str(value) for name, value in details.items()} | {"path": str(self._directory)}
        code = code if code.startswith("backup_") else "backup_damaged"
        return StoreFinding(code=code, severity="warning", file=self._journal.name, details=facts)
