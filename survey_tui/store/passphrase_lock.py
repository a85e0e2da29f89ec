"""The passphrase lock of an open store: set, change and remove the passphrase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.store.drafts import Drafts
from survey_tui.store.journal.format import LOCKED_CODEC
from survey_tui.store.journal.reader import JOURNAL_NAME, STORE_DIRECTORY, known_headers
from survey_tui.store.journal.writer import JournalWriter

if TYPE_CHECKING:
    from survey_tui.store.crypto.passphrase import Cost


def is_locked(home: Path) -> bool:
    """True when the store below ``home`` needs a passphrase; reads its first line only."""
    headers = known_headers(home / STORE_DIRECTORY / JOURNAL_NAME)
    return bool(headers) and headers[0].codec == LOCKED_CODEC


class PassphraseLock:
    """The device's passphrase over one journal."""

    def __init__(self, journal: JournalWriter, drafts: Drafts) -> None:
        self._journal = journal
        self._drafts = drafts

    @property
    def is_set(self) -> bool:
        """True when the journal is encrypted."""
        return self._journal.header.codec == LOCKED_CODEC

    @property
    def recovery_key(self) -> str:
        """Text of the coordinator's public key whose owner can open this store too; ``""`` for none."""
        from survey_tui.store.crypto.passphrase import parse_lock_parameters

        facts = parse_lock_parameters(self._journal.header)
        return facts.recovery.public if facts is not None and facts.recovery is not None else ""

    def set_passphrase(
        self, passphrase: str, *, recovery: str | None = None, cost: Cost | None = None
    ) -> None:
        """Lock the store, or lock it with another passphrase; the journal is rewritten with a new key.

        ``recovery``: text of the coordinator's public key, ``""`` for none, ``None`` for the one that is set.
        ``StoreError``: ``crypto_missing``, ``lock_too_short``, ``key_bad_public``, and those of writing.
        """
        from survey_tui.store.crypto.device_lock import change_lock
        from survey_tui.store.crypto.passphrase import DEFAULT_COST

        kept = self.recovery_key if recovery is None else recovery
        self._drafts.flush()
        change_lock(self._journal, passphrase, recovery=kept, cost=cost or DEFAULT_COST)

    def finish_change(self) -> None:
        """Replace a lock that costs less than new ones do, and remove files in the clear that a crash left
        while the store was being locked."""
        if not self.is_set or self._journal.read_only:
            return
        from survey_tui.store.crypto.aside import finish_moving_in

        finish_moving_in(self._journal)
        if self._journal.keys.stronger_lock is not None:
            from survey_tui.store.crypto.device_lock import strengthen

            strengthen(self._journal, self._journal.keys)

    def remove_passphrase(self) -> None:
        """Rewrite the journal in the clear."""
        from survey_tui.store.crypto.device_lock import unlock_journal

        self._drafts.flush()
        unlock_journal(self._journal)
