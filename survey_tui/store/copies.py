"""Files made of the journal or of parts of it: set aside, replaced, backed up.

``responses.backups`` lists the directories that have a backup of this store, with the ids of responses that
were erased here and not there yet: a memory card may be out on the day a respondent withdraws.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import DecodeError, json

import survey_tui.files as files
from survey_tui.store.process_lock import LOCK_WAIT_SECONDS, ProcessLock

_KEY = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FIRST_LINE = b"\topen\t"


def find_copies(journal: Path) -> list[Path]:
    """``.torn``, ``.damaged``, ``.replaced`` and ``.version`` files of a journal."""
    return sorted(path for path in journal.parent.glob(f"{journal.name}.*-*") if path.is_file())


def remove_lines_about(content: bytes, ids: Iterable[str]) -> bytes:
    """The rest of a copy without these responses.

    A line that names no response may be about any of them and is removed too.
    """
    wanted = [key.encode() for key in ids]
    parts = [part for key in wanted for part in (key, key[12:24], key[24:])]
    kept = [
        line
        for line in content.splitlines(keepends=True)
        if _FIRST_LINE in line[:32] or (_KEY.search(line) and not any(part in line for part in parts))
    ]
    return b"".join(kept) if any(_FIRST_LINE not in line[:32] for line in kept) else b""


def erase_from_copies(journal: Path, ids: Iterable[str]) -> None:
    """Remove the lines about these responses from every copy of a journal. Raises ``OSError``.

    The caller holds the journal's lock.
    """
    wanted = list(ids)
    files.remove_drafts(journal)
    for path in find_copies(journal) if wanted else ():
        content = path.read_bytes()
        kept = remove_lines_about(content, wanted)
        if not kept:
            path.unlink()
        elif kept != content:
            files.replace_file(path, kept)


class BackupLocations:
    """The file ``responses.backups``: directory → ids. Every method but :meth:`read` raises ``OSError`` when
    the disk refuses, and ``StoreError("store_in_use")`` when another program holds the file for ten seconds.
    """

    def __init__(self, journal: Path) -> None:
        self._path = journal.with_suffix(".backups")

    def read(self) -> dict[str, list[str]]:
        """Directory → ids still to be erased there; empty when there is no file or it is damaged."""
        try:
            return json.decode(self._path.read_bytes(), type=dict[str, list[str]])
        except (OSError, DecodeError):
            return {}

    def pending_erasures(self) -> dict[str, list[str]]:
        """The directories that still hold erased responses."""
        return {directory: ids for directory, ids in self.read().items() if ids}

    def add(self, directory: Path) -> None:
        """List a directory before a backup is made there."""
        if str(directory) not in self.read():
            self._change(lambda locations: locations.setdefault(str(directory), []))

    def require_erasure(self, ids: Iterable[str]) -> None:
        """Note that every backup must lose these responses."""
        new = set(ids)
        if new and self.read():
            self._change(lambda locations: _add(locations, new))

    def mark_erased(self, directory: Path, ids: Iterable[str]) -> None:
        """Note that the backup in a directory no longer has these responses."""
        done = set(ids)
        if done.intersection(self.read().get(str(directory), [])):
            self._change(lambda locations: _acquire(locations, str(directory), done))

    def _change(self, change: Callable[[dict[str, list[str]]], object]) -> None:
        lock = ProcessLock(self._path.with_name(f"{self._path.name}.lock"))
        try:
            lock.acquire(LOCK_WAIT_SECONDS)
            locations = self.read()
            change(locations)
            files.replace_file(self._path, json.encode(locations))
        finally:
            lock.close()


def _add(locations: dict[str, list[str]], ids: set[str]) -> None:
    for directory, owed in locations.items():
        locations[directory] = sorted(ids.union(owed))


def _acquire(locations: dict[str, list[str]], directory: str, ids: set[str]) -> None:
    with suppress(KeyError):
        locations[directory] = sorted(set(locations[directory]) - ids)
