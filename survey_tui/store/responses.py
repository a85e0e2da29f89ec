"""Responses on this device: every answer durable before it is shown as saved.

A draft is a document whose events are appended one journal line at a time; a final response is one line with
its canonical bytes, their SHA-256 and the events as paradata. They are documents of TinyDB's table
``responses``: lists, searches and marks are operations and queries on it, an answer is the table's append.
What runs before the first question reads the same documents without importing TinyDB.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

from msgspec import structs

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event, Finalised, Reopened, Started
from survey_tui.store.copies import BackupLocations
from survey_tui.store.documents import (
    RESPONSES,
    STORE_FACTS,
    answers_from_canonical,
    read_canonical,
    read_events,
)
from survey_tui.store.drafts import Drafts, IdMaker
from survey_tui.store.findings import StoreFinding
from survey_tui.store.form_versions import FormVersions
from survey_tui.store.journal.format import NO_KEYS, KeyRing
from survey_tui.store.journal.reader import STORE_DIRECTORY
from survey_tui.store.journal.stored_table import StoredTable
from survey_tui.store.journal.writer import JournalWriter
from survey_tui.store.passphrase_lock import PassphraseLock
from survey_tui.store.summary import (
    RESPONSE_FIELDS,
    Summaries,
    Summary,
    SummaryChanges,
    decode_head,
    decode_summary,
    newest_first,
    summary_from_started,
)

if TYPE_CHECKING:
    from tinydb.queries import QueryLike

    from survey_tui.store.backup_worker import BackupWorker
    from survey_tui.store.crypto.sealing import Seal
    from survey_tui.store.erasure import Rights, Tombstone
    from survey_tui.store.handover import Handover
    from survey_tui.store.journal.tinydb_storage import JournalDB, JournalStorage
    from survey_tui.store.response_table import ResponseTable


class ResponseStore:
    """The responses below ``home/store``. Not for use by two threads at once.

    Every method that writes raises :class:`StoreError` and leaves memory and disk as they were when the disk
    is full (``store_disk_full``), the file cannot be written (``store_not_writable``, ``store_io``) or the
    store is read-only (``store_read_only``). An unknown id is ``store_no_response``; a damaged record
    ``store_damaged``. ``form_versions`` are the forms that drafts were begun with; ``passphrase_lock`` is the
    device's.
    """

    def __init__(
        self,
        directory: Path,
        *,
        read_only: bool = False,
        exclusive: bool = True,
        keys: KeyRing = NO_KEYS,
        backup_dir: Path | None = None,
    ) -> None:
        self._journal = JournalWriter(directory, read_only=read_only, exclusive=exclusive, keys=keys)
        self._drafts = Drafts(self._journal)
        self._ids = IdMaker()
        self.form_versions = FormVersions(self._journal)
        self._backup_worker: BackupWorker | None = None
        self.passphrase_lock = PassphraseLock(self._journal, self._drafts)
        self.passphrase_lock.finish_change()
        self._finish_erasure()
        self._compact_if_worth_it()
        if exclusive and not self.read_only:
            self._backup_worker = self._begin_backup(backup_dir)

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        read_only: bool = False,
        exclusive: bool = True,
        keys: KeyRing = NO_KEYS,
        backup_dir: Path | None = None,
    ) -> Self:
        """Open or create the store of this home.

        ``exclusive`` is for programs in which a person works on responses: only one of them may write at a
        time, the second is read-only. Others (sync) write concurrently, change by change. ``keys`` are those
        of a locked store (``crypto.device_lock.unlock``); ``StoreError("lock_passphrase_needed")`` without
        them. An exclusive store is backed up to ``backup_dir`` while it is open, and when it is closed.

        Falls back to read-only, with a notice, when another program holds it (``in_use``), when it is damaged
        in the middle, when it is from a newer version, or when it cannot be written.
        """
        directory = home / STORE_DIRECTORY
        return cls(directory, read_only=read_only, exclusive=exclusive, keys=keys, backup_dir=backup_dir)

    def open_shared(self) -> ResponseStore:
        """Open the same store for another thread, which writes change by change and closes it."""
        return ResponseStore(self._journal.path.parent, exclusive=False, keys=self._journal.keys)

    @property
    def read_only(self) -> bool:
        """True when nothing can be written; ``notices`` say why."""
        return self._journal.read_only

    @property
    def notices(self) -> tuple[StoreFinding, ...]:
        """Findings in the order found: a torn tail set aside, damage, another program holding the store, a
        full disk … They may grow with every write."""
        backup = self._backup_worker.findings if self._backup_worker is not None else ()
        return (*self._journal.findings, *backup)

    @cached_property
    def db(self) -> JournalDB:
        """The whole store as a TinyDB."""
        from survey_tui.store.journal.tinydb_storage import JournalDB

        return JournalDB(storage=lambda: self._storage)

    @cached_property
    def table(self) -> ResponseTable:
        """The TinyDB table of responses."""
        from survey_tui.store.response_table import ResponseTable

        return ResponseTable(self._storage, self._drafts)

    @cached_property
    def _storage(self) -> JournalStorage:
        from survey_tui.store.journal.tinydb_storage import JournalStorage

        return JournalStorage(self._journal, fields={RESPONSES: RESPONSE_FIELDS})

    @cached_property
    def rights(self) -> Rights:
        """Withdrawal and expiry of responses."""
        from survey_tui.store.erasure import Rights

        return Rights(self._journal, self.table, self._finish_backups)

    @cached_property
    def handover(self) -> Handover:
        """Final responses handed over, received, and collected from other devices."""
        from survey_tui.store.handover import Handover

        return Handover(self._journal, self.table, self._request_backup)

    def close(self) -> None:
        """Write pending visits and counts, and release the locks."""
        try:
            if not self.read_only:
                with suppress(StoreError):  # visits and counts only: no answer waits
                    self.flush()
                self._finish_erasure()
                self._compact_if_worth_it()
                if self._backup_worker is not None:
                    self._backup_worker.finish()
        finally:
            self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- drafts
    def new_id(self) -> str:
        """A new response id: UUIDv7 text, increasing within this process even when the clock jumps back."""
        return self._ids.new()

    def begin(self, started: Started, *, title: str = "", ea: str = "", household: str = "") -> None:
        """Begin a draft; durable on return. ``ea``: enumeration area; ``household``: its number there.

        ``StoreError("store_disk_nearly_full")`` when there is no room for a reserve: a draft must be possible
        to finalise once it is begun.
        """
        summary = summary_from_started(started, title=title, ea=ea, household=household)
        self._drafts.begin(started, summary)

    def record(self, response_id: str, event: Event, *, durable: bool = True) -> None:
        """Append one event to a draft; on disk and synced on return.

        With ``durable=False`` (visits) the event is written in front of the next durable one. The events that
        begin, finalise and reopen a response go to those methods.
        """
        if durable:
            self._drafts.record(response_id, event)
        elif self.read_only:
            raise StoreError("store_read_only", path=str(self._journal.path))
        else:
            self._drafts.draft(response_id).waiting.append(event)

    def update_summary(self, response_id: str, **changes: Unpack[SummaryChanges]) -> None:
        """Change the summary of a draft; in memory now, on disk with the next event or at ``close``."""
        draft = self._drafts.draft(response_id)
        draft.set_summary(structs.replace(draft.head.summary, **changes))

    def flush(self) -> None:
        """Write pending visits and counts; durable on return."""
        self._drafts.flush()

    def discard_draft(self, response_id: str) -> None:
        """Remove a draft; refused (``store_not_a_draft``) for final responses."""
        with self._journal.writing():
            self._drafts.draft(response_id)
            self.table.remove(doc_ids=[response_id])

    # --- final responses
    def finalise(
        self, response_id: str, event: Finalised, canonical: bytes, *, seal: Seal | None = None
    ) -> str:
        """Finalise a draft: one line with ``canonical`` (UTF-8), its SHA-256 (returned, hex) and the events.

        With a ``seal`` the line holds the sealed envelope instead, the SHA-256 is the envelope's, and the
        draft's lines are erased. Raises ``StoreError("crypto_missing")`` without the library.
        """
        from survey_tui.store.finalisation import write_final

        with self._journal.writing():
            summary = structs.replace(self._drafts.draft(response_id).head.summary, updated=event.at)
            events = [*self.events(response_id), event]
            sha256 = write_final(self._journal, summary, canonical, events, seal)
            del self._drafts.open[response_id]
        self._request_backup()
        return sha256

    def reopen(self, response_id: str, event: Reopened) -> None:
        """Make a final response a draft again; refused (``store_already_sent``) once it was sent, and
        when it is sealed (``store_sealed``)."""
        self._drafts.reopen(response_id, event)

    def final_bytes(self, response_id: str) -> bytes:
        """The canonical bytes of a final response, checked against their SHA-256."""
        document = self._drafts.document(response_id)
        document.check_complete()
        summary = decode_summary(document)
        if summary.status == "draft":
            raise StoreError("store_not_final", response=response_id)
        return read_canonical(document, summary.sha256)

    # --- reading
    def events(self, response_id: str) -> list[Event]:
        """All events of a response, oldest first, as :meth:`Session.replay` takes them.

        ``StoreError("store_damaged")`` when some of them are lost: an old answer must not pass for the last
        one.
        """
        document = self._drafts.document(response_id)
        document.check_complete()
        events = read_events(document)
        if len(events) != decode_head(document)[1].count:
            raise document.damage()
        draft = self._drafts.open.get(response_id)
        return events + draft.waiting if draft else events

    def summary(self, response_id: str) -> Summary:
        return self._drafts.summary(response_id)

    def find(self, response_id: str) -> Summary | None:
        """The summary of one response; ``None`` for an unknown id."""
        try:
            return self.summary(response_id)
        except StoreError as error:
            if error.code != "store_no_response":
                raise
            return None

    def search(self, query: QueryLike | None = None) -> Summaries:
        """Summaries of the responses that meet a query (:mod:`survey_tui.store.queries`), or of all; the last
        changed first."""
        return newest_first(self.table.all() if query is None else self.table.search(query))

    def count(self, query: QueryLike) -> int:
        """The number of responses that meet a query."""
        return self.table.count(query)

    def last_saved(self, form_id: str) -> dict[str, str]:
        """Question name → text of the response of this form that was finalised last, without repeats; {} if
        there is none. Asked for before the first question, so without TinyDB."""
        found = [
            document
            for document in self._drafts.table.values()
            if document["form_id"] == form_id and document["status"] != "draft" and not document.get("sealed")
        ]
        return answers_from_canonical(self.final_bytes(newest_first(found)[0].id)) if found else {}

    def tombstones(self) -> list[Tombstone]:
        """Responses that were withdrawn here, oldest first."""
        from survey_tui.store.erasure import read_tombstones

        return read_tombstones(self._journal)

    def mark_tombstones_received(self, ids: Iterable[str]) -> None:
        """Note that the server has erased these responses too."""
        from survey_tui.store.erasure import mark_tombstones_received

        mark_tombstones_received(self._journal, ids)

    def refresh(self) -> bool:
        """Read what other programs wrote since the last write; True when something changed."""
        changed = self._journal.refresh()
        self._drafts.follow()
        return changed

    # --- inside
    def _begin_backup(self, directory: Path | None) -> BackupWorker | None:
        if directory is None and not BackupLocations(self._journal.path).read():
            return None
        from survey_tui.store.backup_worker import BackupWorker

        worker = BackupWorker(self._journal.path, directory, self._ids_erased)
        self._journal.after_append = worker.note_write
        return worker

    def _request_backup(self) -> None:
        if self._backup_worker is not None:
            self._backup_worker.note_write(urgent=True)

    def _finish_backups(self) -> None:
        if self._backup_worker is not None:
            self._backup_worker.finish()

    def _ids_erased(self) -> list[str]:
        """Responses that earlier copies must not hold."""
        sealed = [key for key, document in self._drafts.table.items() if document.get("sealed")]
        return [*(stone.id for stone in self.tombstones()), *sealed]

    def _finish_erasure(self) -> None:
        if StoredTable(self._journal, STORE_FACTS):
            from survey_tui.store.erasure import finish_erasure

            finish_erasure(self._journal)

    def _compact_if_worth_it(self) -> None:
        if self.read_only or not self._journal.is_worth_compacting:
            return
        from survey_tui.store.journal.compaction import compact

        with suppress(StoreError):  # a full disk: the old file serves as well
            compact(self._journal)
