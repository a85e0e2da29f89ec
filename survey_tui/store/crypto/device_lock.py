"""The device's passphrase: is there one, open it, set, change and remove it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET, structs

from survey_tui.errors import StoreError
from survey_tui.store.compaction import rewrite
from survey_tui.store.crypto.aside import take_in
from survey_tui.store.crypto.attempts import Attempts, AttemptsFile
from survey_tui.store.crypto.library import forbid_core_dumps
from survey_tui.store.crypto.passphrase import (
    DEFAULT_COST,
    Cost,
    LockFacts,
    facts_of,
    new_lock,
    open_lock,
    recover_lock,
)
from survey_tui.store.crypto.records import DeviceKeys
from survey_tui.store.header import LOCKED_CODEC, PLAIN_CODEC, FileHeader
from survey_tui.store.journal import Journal
from survey_tui.store.reader import JOURNAL_NAME, STORE_DIRECTORY, first_header

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

__all__ = ["lock_of", "recover", "relock", "unlock", "unlock_journal"]


def lock_of(home: Path) -> LockFacts | None:
    """How the store below ``home`` is locked; ``None`` when it is not (or does not exist)."""
    header = first_header(_journal(home))
    return facts_of(header) if header is not None else None


def unlock(home: Path, passphrase: str, *, now: float | None = None) -> DeviceKeys:
    """The keys of the store below ``home``; ``now`` is seconds since the epoch.

    ``StoreError``: ``lock_none``; ``lock_wrong_passphrase`` (with the ``seconds`` until the next attempt);
    ``lock_wait``; ``lock_other_store``; ``crypto_missing``. The attempt is on the disk before the passphrase
    is tried, so that ending the program wins nothing.
    """
    header, facts = _locked(home)
    moment = time.time() if now is None else now
    kept = AttemptsFile(_journal(home))
    attempts = kept.check(header.store, moment)
    failed = Attempts(attempts.store, attempts.failures + 1, moment)
    kept.write(failed)
    forbid_core_dumps()
    keys = open_lock(header.store, facts, passphrase)
    if keys is None:
        raise StoreError("lock_wrong_passphrase", count=failed.failures)
    kept.write(Attempts(header.store))
    return keys


def recover(home: Path, private_key: X25519PrivateKey) -> DeviceKeys:
    """The keys by the coordinator's recovery key, whatever the passphrase was."""
    header, facts = _locked(home)
    forbid_core_dumps()
    return recover_lock(header.store, facts, private_key)


def relock(
    journal: Journal,
    passphrase: str,
    *,
    recovery: str = "",
    cost: Cost = DEFAULT_COST,
    rewrap: DeviceKeys | None = None,
) -> DeviceKeys:
    """Lock a journal, or lock it anew: with a new data key, unless ``rewrap`` keeps the old one.

    The whole file is written anew. ``StoreError``: see ``new_lock``; what the disk says leaves the old lock.
    """
    forbid_core_dumps()
    with journal.writing():
        header = journal.header
        facts, keys = new_lock(header.store, passphrase, cost=cost, recovery=recovery, keys=rewrap)
        with take_in(journal):
            rewrite(journal, structs.replace(header, codec=LOCKED_CODEC, lock=facts), keys)
        AttemptsFile(journal.path).write(Attempts(header.store))
    return keys


def unlock_journal(journal: Journal) -> None:
    """Take the lock away: the file is written anew as it can be read by everybody who has the device."""
    with journal.writing():
        rewrite(journal, structs.replace(journal.header, codec=PLAIN_CODEC, lock=UNSET))
        AttemptsFile(journal.path).forget()


def _locked(home: Path) -> tuple[FileHeader, LockFacts]:
    header = first_header(_journal(home))
    facts = facts_of(header) if header is not None else None
    if header is None or facts is None:
        raise StoreError("lock_none")
    return header, facts


def _journal(home: Path) -> Path:
    return home / STORE_DIRECTORY / JOURNAL_NAME
