"""Withdrawal and expiry of responses, their tombstones and receipt codes, and erasure from the disk.

The receipt code of a readable response is looked up in its answers. That of a sealed one is kept as a hash,
slow on purpose (scrypt, RFC 7914) and salted for each store, since a code has few digits to guess.

A change that erases writes a mark with the generation of the file that still has the old lines. The journal
is rewritten at once; if the disk refuses, the mark stays and the next start tries again. After sealing,
rewriting may wait in a large store, where it takes seconds: until the program ends, or starts again after a
crash, or eight responses are pending.

Of a withdrawn response a tombstone is kept: that there was one, and nothing of its content.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct, json, structs

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.copies import BackupLocations, erase_from_copies
from survey_tui.store.documents import STORE_FACTS, answers_from_canonical, read_canonical
from survey_tui.store.journal.compaction import rewrite
from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.stored_table import StoredDocument, StoredTable
from survey_tui.store.journal.writer import JournalWriter
from survey_tui.store.summary import Summary, decode_summary
from survey_tui.vietnamese import nfc

if TYPE_CHECKING:
    from survey_tui.store.response_table import ResponseTable

WITHDRAW_QUESTION = "withdraw_code"
"""The question of a form that holds the receipt code (as in the national instrument)."""

_SALT = "receipt_salt"


def normalise_code(code: str) -> str:
    """A code for comparison: without blanks, in capitals."""
    return "".join(nfc(code).split()).upper()


def hash_code(journal: JournalWriter, code: str) -> str:
    """Hex digest of a code in this store (about 50 ms); ``""`` for no code. Writes the salt once."""
    normal = normalise_code(code)
    if not normal:
        return ""
    from hashlib import scrypt

    return scrypt(normal.encode(), salt=_salt(journal), n=1 << 14, r=8, p=1, dklen=16).hex()


def _salt(journal: JournalWriter) -> bytes:
    document = StoredTable(journal, STORE_FACTS).get(_SALT)
    if document is None:
        if journal.read_only:
            return b""
        salt = os.urandom(16)
        journal.append(
            [JournalRecord("put", STORE_FACTS, _SALT, b'{"salt":"%s"}' % salt.hex().encode(), b"{}")]
        )
        return salt
    return bytes.fromhex(document["salt"])


_MARK = "erase"
_LARGE_BYTES = 16 << 20  # a fifth of a second on a laptop, some on a small device
_MOST_WAITING = 8


class _ErasureMark(Struct, frozen=True):
    generation: int = -1
    ids: list[str] = []


def erasure_mark(journal: JournalWriter, ids: Iterable[str]) -> JournalRecord:
    """The record that goes into the same change as the erasing one; ``ids`` are the responses erased."""
    mark = _ErasureMark(journal.generation, sorted({*_read_mark(journal).ids, *ids}))
    return JournalRecord("put", STORE_FACTS, _MARK, json.encode(mark), b"{}")


def erase(
    journal: JournalWriter, records: list[JournalRecord], ids: Iterable[str], *, may_wait: bool = False
) -> None:
    """Append the records that erase ``ids`` and rewrite the journal; the latter later when that ``may_wait``
    and the journal is large.

    ``StoreError`` when nothing was changed; when only rewriting fails, a notice says so (``erasure_owed``)
    and the next start goes on with it.
    """
    with journal.writing():
        journal.append([*records, erasure_mark(journal, ids)])
        if may_wait and journal.size > _LARGE_BYTES and len(ids_to_erase(journal)) < _MOST_WAITING:
            return
        finish_erasure(journal)


def finish_erasure(journal: JournalWriter) -> None:
    """Rewrite the journal and its copies if an erasure is pending."""
    owed = _read_mark(journal)
    if journal.read_only or owed.generation < 0:
        return
    from survey_tui.store.crypto.aside import erase_from_aside

    try:
        with journal.writing():
            if owed.generation >= journal.generation:
                if records := erase_from_aside(journal, owed.ids):
                    journal.append(records)
                rewrite(journal)
            _erase_from_copies(journal, owed.ids)
            _require_in_backups(journal, owed.ids)
            journal.append([JournalRecord("del", STORE_FACTS, _MARK)])
    except StoreError:
        with suppress(StoreError):
            journal.add_notice("erasure_owed")


def ids_to_erase(journal: JournalWriter) -> list[str]:
    """Responses with old lines that must be erased."""
    return _read_mark(journal).ids


def _read_mark(journal: JournalWriter) -> _ErasureMark:
    document = StoredTable(journal, STORE_FACTS).get(_MARK)
    try:
        return json.decode(document.head, type=_ErasureMark) if document is not None else _ErasureMark()
    except DecodeError:
        return _ErasureMark()


def _require_in_backups(journal: JournalWriter, ids: list[str]) -> None:
    try:
        BackupLocations(journal.path).require_erasure(ids)
    except OSError as error:
        raise files.store_error_from(error, journal.path) from None


def _erase_from_copies(journal: JournalWriter, ids: list[str]) -> None:
    try:
        erase_from_copies(journal.path, ids)
    except OSError as error:
        raise files.store_error_from(error, journal.path) from None


TOMBSTONES = "tombstones"
"""The table: response id → the rest of its tombstone."""


class Tombstone(Struct, frozen=True, kw_only=True):
    """A withdrawn response: its id and form, and when it was withdrawn (ISO 8601 with zone).

    ``known``: the response was sent, so the server must receive the tombstone. ``received``: the server has
    erased it too.
    """

    id: str
    form_id: str
    at: str
    known: bool = False
    received: bool = False


def tombstone_record(tombstone: Tombstone) -> JournalRecord:
    return JournalRecord("put", TOMBSTONES, tombstone.id, json.encode(tombstone), b"{}")


def read_tombstones(journal: JournalWriter) -> list[Tombstone]:
    """The tombstones of a journal, oldest first."""
    found = []
    for document in StoredTable(journal, TOMBSTONES).values():
        try:
            found.append(json.decode(document.head, type=Tombstone))
        except DecodeError:  # a newer version's
            continue
    return sorted(found, key=lambda tombstone: (tombstone.at, tombstone.id))


def mark_tombstones_received(journal: JournalWriter, ids: Iterable[str]) -> None:
    """Note that the server has erased these responses too."""
    wanted = set(ids)
    with journal.writing():
        records = [
            tombstone_record(structs.replace(tombstone, received=True))
            for tombstone in read_tombstones(journal)
            if tombstone.id in wanted and not tombstone.received
        ]
        if records:
            journal.append(records)


class Rights:
    """Respondents' rights over stored responses: withdrawal, and the end of storage."""

    def __init__(
        self, journal: JournalWriter, table: ResponseTable, settle_backups: Callable[[], None]
    ) -> None:
        self._journal = journal
        self._table = table
        self._finish_backups = settle_backups

    def find(self, code: str) -> list[str]:
        """Ids of the final responses with this receipt code. A draft on the disk has none: its form
        calculates it."""
        from survey_tui.store.queries import final

        wanted = normalise_code(code)
        if not wanted:
            return []
        found = [(document, decode_summary(document)) for document in self._table.search(final())]
        hashed = hash_code(self._journal, code) if any(summary.sealed for _, summary in found) else ""
        return [
            summary.id
            for document, summary in found
            if (summary.withdraw == hashed if summary.sealed else _code(document, summary) == wanted)
        ]

    def withdraw(self, ids: Iterable[str], at: str) -> list[Tombstone]:
        """Erase responses, drafts too, from memory, journal, copies and backups, and keep their tombstones. A
        backup that cannot be reached is noted (``backup_owes`` in the store's notices).

        ``at``: ISO 8601 with zone. ``StoreError("store_no_response")`` and those of writing: then nothing was
        changed.
        """
        with self._journal.writing():
            tombstones = [self._tombstone(key, at) for key in dict.fromkeys(ids)]
            self._erase([tombstone.id for tombstone in tombstones], map(tombstone_record, tombstones))
        self._finish_backups()
        return tombstones

    def expire(self, days: int, now: dt.datetime) -> list[str]:
        """Remove responses whose receipt is older than ``days``; their ids.

        A response without a receipt stays, however old it is; so does everything when the clock jumped back.
        """
        from survey_tui.store.queries import received_before

        old = self._table.search(received_before(now.timestamp() - days * 86_400))
        ids = [document.doc_id for document in old]
        if ids:
            self._erase(ids)
        return ids

    def _tombstone(self, key: str, at: str) -> Tombstone:
        document = self._table.get(doc_id=key)
        if document is None:
            raise StoreError("store_no_response", response=key)
        is_known = document["status"] in {"sent", "received"}
        return Tombstone(id=key, form_id=document["form_id"], at=at, known=is_known)

    def _erase(self, ids: list[str], records: Iterable[JournalRecord] = ()) -> None:
        """Remove responses, append ``records`` in the same change, and rewrite the journal and its copies."""
        with self._journal.writing():
            with self._table.storage.one_change():
                self._table.remove(doc_ids=ids)
                self._table.storage.append([*records, erasure_mark(self._journal, ids)])
            self._table.reread_drafts()
            finish_erasure(self._journal)


def _code(document: StoredDocument, summary: Summary) -> str:
    try:
        canonical = read_canonical(document, summary.sha256)
    except StoreError:  # damaged: found by the check, and not by its code
        return ""
    return normalise_code(answers_from_canonical(canonical).get(WITHDRAW_QUESTION, ""))
