"""Wrong passphrases: each further one has to wait longer, over restarts too; nothing is ever wiped.

``responses.attempts`` holds the count and the moment, and which store it is about. Somebody who can write to
the disk can reset it: against a copied disk only the passphrase's own strength helps.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from msgspec import DecodeError, Struct, json

import survey_tui.files as files
from survey_tui.errors import StoreError

__all__ = ["Attempts", "AttemptsFile", "delay_after"]

_FREE = 3
_LONGEST = 300


class Attempts(Struct, frozen=True):
    """``store``: the id of the store that this device unlocked last; ``last``: seconds since the epoch."""

    store: str = ""
    failures: int = 0
    last: float = 0.0


def delay_after(failures: int) -> int:
    """Seconds to wait after so many wrong passphrases in a row: none for 3, then 2, 4, 8 … 300."""
    return 0 if failures < _FREE else int(min(2 ** min(failures - _FREE + 1, 30), _LONGEST))


class AttemptsFile:
    """The file beside the journal."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_suffix(".attempts")

    def read(self) -> Attempts:
        """What is kept; nothing, when the file is not there or was damaged."""
        try:
            return json.decode(self.path.read_bytes(), type=Attempts)
        except (OSError, DecodeError):
            return Attempts()

    def check(self, store: str, now: float) -> Attempts:
        """Raise ``StoreError``: ``lock_wait`` while the delay lasts, ``lock_other_store`` for a journal that
        this device did not lock. A clock that jumped back makes nobody wait longer than the delay."""
        kept = self.read()
        if kept.store and kept.store != store:
            raise StoreError("lock_other_store", path=str(self.path))
        delay = delay_after(kept.failures)
        waited = now - kept.last
        if waited < 0:
            self.write(Attempts(kept.store, kept.failures, now))
            waited = 0.0
        if waited < delay:
            raise StoreError("lock_wait", seconds=int(delay - waited) + 1)
        return kept

    def write(self, attempts: Attempts) -> None:
        """Keep; a disk that refuses does not lock anybody out."""
        with suppress(OSError):
            files.replace(self.path, json.encode(attempts))

    def forget(self) -> None:
        """A store without a lock has none."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
