"""The device's passphrase lock: open, set, change and remove it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET, structs

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.crypto import disable_core_dumps
from survey_tui.store.crypto.aside import move_files_in
from survey_tui.store.crypto.passphrase import (
    DEFAULT_COST,
    Attempts,
    AttemptsFile,
    Cost,
    LockParameters,
    new_lock,
    open_lock,
    parse_lock_parameters,
    recover_lock,
)
from survey_tui.store.crypto.records import DeviceKeys
from survey_tui.store.journal.compaction import rewrite
from survey_tui.store.journal.format import LOCKED_CODEC, PLAIN_CODEC, FileHeader, KeyRing
from survey_tui.store.journal.header_copy import sync_header_copy, write_header_copy
from survey_tui.store.journal.reader import JOURNAL_NAME, STORE_DIRECTORY, known_headers
from survey_tui.store.journal.writer import JournalWriter

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


def read_lock_parameters(home: Path) -> LockParameters | None:
    """The lock of the store below ``home``; ``None`` when it is not locked or does not exist."""
    headers = known_headers(_journal(home))
    return parse_lock_parameters(headers[0]) if headers else None


def unlock(home: Path, passphrase: str, *, now: float | None = None, best: Cost = DEFAULT_COST) -> DeviceKeys:
    """The keys of the store below ``home``; ``now`` is seconds since the epoch.

    When the lock is weaker than ``best``, the keys have a stronger one (``DeviceKeys.stronger_lock``), which
    replaces it when the store is opened for writing (:func:`strengthen`).

    ``StoreError``: ``lock_none``; ``lock_wrong_passphrase`` (with the ``seconds`` until the next attempt);
    ``lock_wait``; ``lock_other_store``; ``crypto_missing``. The attempt is on the disk before the passphrase
    is tried, so that ending the program wins nothing.
    """
    locks = _locks(home)
    header = locks[0][0]
    moment = time.time() if now is None else now
    kept = AttemptsFile(_journal(home))
    attempts = kept.check(header.store, moment)
    failed = Attempts(attempts.store, attempts.failures + 1, moment)
    kept.write(failed)
    disable_core_dumps()
    for lock, facts in locks:
        keys = open_lock(lock.store, facts, passphrase)
        if keys is not None:
            kept.write(Attempts(header.store))
            if facts.cost.is_weaker_than(best):
                keys.stronger_lock = _rewrap(keys, passphrase, facts, best)
            return keys
    raise StoreError("lock_wrong_passphrase", count=failed.failures)


def recover(home: Path, private_key: X25519PrivateKey) -> DeviceKeys:
    """The keys by the coordinator's recovery key, whatever the passphrase was."""
    header, facts = _locks(home)[0]
    disable_core_dumps()
    return recover_lock(header.store, facts, private_key)


def change_lock(
    journal: JournalWriter,
    passphrase: str,
    *,
    recovery: str = "",
    cost: Cost = DEFAULT_COST,
) -> DeviceKeys:
    """Lock a journal, or change its lock, with a new data key.

    The whole file is rewritten. ``StoreError``: see ``new_lock``; when the disk refuses, the old lock stays.
    """
    disable_core_dumps()
    with journal.writing():
        header = journal.header
        facts, keys = new_lock(header.store, passphrase, cost=cost, recovery=recovery)
        with move_files_in(journal):
            _put_lock(journal, facts, keys)
        AttemptsFile(journal.path).write(Attempts(header.store))
    return keys


def strengthen(journal: JournalWriter, keys: KeyRing) -> None:
    """Replace the lock by the stronger one that the keys have: the same data key, wrapped at a higher cost.
    If the disk refuses, it is tried again after the next unlocking."""
    facts, keys.stronger_lock = keys.stronger_lock, None
    if facts is None or journal.read_only:
        return
    with suppress(StoreError), journal.writing():
        _put_lock(journal, facts, keys)


def unlock_journal(journal: JournalWriter) -> None:
    """Remove the lock: the file is rewritten in the clear."""
    with journal.writing():
        rewrite(journal, structs.replace(journal.header, codec=PLAIN_CODEC, lock=UNSET))
        sync_header_copy(journal.path, journal.header)
        AttemptsFile(journal.path).delete()


def _rewrap(keys: DeviceKeys, passphrase: str, facts: LockParameters, cost: Cost) -> dict[str, object]:
    recovery = facts.recovery.public if facts.recovery is not None else ""
    return new_lock(keys.store, passphrase, cost=cost, recovery=recovery, keys=keys)[0]


def _put_lock(journal: JournalWriter, facts: dict[str, object], keys: KeyRing) -> None:
    """Rewrite the journal with this lock; a copy of its first line exists, whichever of the two files a crash
    leaves."""
    old = journal.header
    new = structs.replace(old, codec=LOCKED_CODEC, lock=facts)
    try:
        write_header_copy(journal.path, *(header for header in (new, old) if header.codec == LOCKED_CODEC))
    except OSError as error:
        raise files.store_error_from(error, journal.path) from None
    rewrite(journal, new, keys)
    sync_header_copy(journal.path, journal.header)


def _locks(home: Path) -> list[tuple[FileHeader, LockParameters]]:
    found = [(header, parse_lock_parameters(header)) for header in known_headers(_journal(home))]
    locks = [(header, facts) for header, facts in found if facts is not None]
    if not locks:
        raise StoreError("lock_none")
    return locks


def _journal(home: Path) -> Path:
    return home / STORE_DIRECTORY / JOURNAL_NAME
