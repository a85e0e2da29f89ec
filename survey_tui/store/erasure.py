"""The respondent's rights over what is stored, and the end of its storage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from survey_tui.errors import StoreError
from survey_tui.store.bodies import canonical_in, values_in
from survey_tui.store.drafts import RESPONSES, Drafts
from survey_tui.store.erasing import erase
from survey_tui.store.heads import summary_of
from survey_tui.store.journal.format import Record
from survey_tui.store.journal.index import Entry
from survey_tui.store.journal.writer import Journal
from survey_tui.store.receipt_codes import WITHDRAW_QUESTION, code_hash, normal_code
from survey_tui.store.summary import Summary, instant
from survey_tui.store.tombstones import Tombstone, mark_received, tombstone_record, tombstones_in

__all__ = ["Rights"]


class Rights:
    """Withdrawal and retention, over one journal."""

    def __init__(self, journal: Journal, drafts: Drafts, settle_backups: Callable[[], None]) -> None:
        self._journal = journal
        self._drafts = drafts
        self._settle_backups = settle_backups

    def find(self, code: str) -> list[str]:
        """Ids of the finished responses with this receipt code. A draft has none on the disk: its form
        calculates it."""
        wanted = normal_code(code)
        if not wanted:
            return []
        self._drafts.follow()
        finished = [(key, entry, summary) for key, entry, summary in self._finished()]
        hashed = code_hash(self._journal, code) if any(summary.sealed for *_, summary in finished) else ""
        return [
            key
            for key, entry, summary in finished
            if (summary.withdraw == hashed if summary.sealed else self._code(key, entry, summary) == wanted)
        ]

    def withdraw(self, ids: Iterable[str], at: str) -> list[Tombstone]:
        """Erase responses, drafts too, from memory, journal, copies and backups; what stays is their
        tombstones. A backup that cannot be reached owes it (``backup_owes`` in the store's notices).

        ``at``: ISO 8601 with zone. ``StoreError("store_no_response")`` and those of writing: then nothing was
        changed.
        """
        with self._journal.writing():
            stones = [self._stone(key, at) for key in dict.fromkeys(ids)]
            records = [Record("del", RESPONSES, stone.id) for stone in stones]
            records += [tombstone_record(stone) for stone in stones]
            self._erase(records, [stone.id for stone in stones])
        self._settle_backups()
        return stones

    def expire(self, days: int, now: dt.datetime) -> list[str]:
        """Take responses off the device whose receipt is older than ``days``; their ids.

        One without a receipt stays, however old it is; so does everything when the clock jumped back.
        """
        limit = now.timestamp() - days * 86_400
        old = [key for key, _, summary in self._finished() if _received_before(summary, limit)]
        if old:
            self._erase([Record("del", RESPONSES, key) for key in old], old)
        return old

    def tombstones(self) -> list[Tombstone]:
        """All of them, oldest first."""
        self._drafts.follow()
        return tombstones_in(self._journal)

    def tombstones_received(self, ids: Iterable[str]) -> None:
        """The server has erased these responses too."""
        mark_received(self._journal, ids)

    def _finished(self) -> list[tuple[str, Entry, Summary]]:
        entries = self._journal.index.tables.get(RESPONSES, {})
        every = ((key, entry, summary_of(entry)) for key, entry in entries.items())
        return [each for each in every if each[2].status != "draft"]

    def _code(self, key: str, entry: Entry, summary: Summary) -> str:
        try:
            canonical = canonical_in(self._journal, key, entry, summary.sha256)
        except StoreError:  # damaged: found by the check, and not by its code
            return ""
        return normal_code(values_in(canonical).get(WITHDRAW_QUESTION, ""))

    def _stone(self, key: str, at: str) -> Tombstone:
        summary = self._drafts.summary(key)
        known = summary.status in {"sent", "received"}
        return Tombstone(id=key, form_id=summary.form_id, at=at, known=known)

    def _erase(self, records: list[Record], ids: list[str]) -> None:
        erase(self._journal, records, ids)
        for key in ids:
            self._drafts.open.pop(key, None)


def _received_before(summary: Summary, limit: float) -> bool:
    return summary.status == "received" and 0 < instant(summary.received or summary.updated) < limit
