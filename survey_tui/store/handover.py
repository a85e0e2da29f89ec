"""Final responses on their way: handed over, received elsewhere, and collected from other devices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any

from msgspec import Struct, structs

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event, Finalised, Started
from survey_tui.store.documents import final_fields, sha256_hex
from survey_tui.store.journal.stored_table import StoredDocument
from survey_tui.store.journal.writer import JournalWriter
from survey_tui.store.response_table import ResponseTable
from survey_tui.store.summary import Head, head_fields, summary_from_started


class CollectedResponse(Struct, frozen=True, kw_only=True, gc=False):
    """A final response of another device. ``canonical``: its canonical bytes (UTF-8); ``started`` and
    ``finished``: what is known of it; ``title``, ``ea`` and ``household`` are for lists."""

    started: Started
    finished: Finalised
    canonical: bytes
    title: str = ""
    ea: str = ""
    household: str = ""


def collected_document(collected: CollectedResponse) -> StoredDocument:
    """The document to insert, as that of a response finalised here."""
    started = collected.started
    summary = structs.replace(
        summary_from_started(started, title=collected.title, ea=collected.ea, household=collected.household),
        status="final",
        updated=collected.finished.at,
        sha256=sha256_hex(collected.canonical),
    )
    events: list[Event] = [started, collected.finished]
    fields = head_fields(Head(summary, len(events))) | final_fields(collected.canonical, events)
    return StoredDocument(fields, summary.id)


class Handover:
    """Final responses on their way out and in. Methods raise as those of
    :class:`~survey_tui.store.responses.ResponseStore`; each is one change, all of it or nothing.

    ``request_backup`` is called when responses came in that may exist on no other device.
    """

    def __init__(
        self, journal: JournalWriter, table: ResponseTable, request_backup: Callable[[], None]
    ) -> None:
        self._journal = journal
        self._table = table
        self._request_backup = request_backup

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other programs from changing this store inside the block; their earlier changes are seen in
        it."""
        return self._journal.writing()

    def mark_sent(self, response_ids: Iterable[str]) -> None:
        """Mark final responses as handed over; they cannot be reopened."""

        def mark(document: MutableMapping[str, Any]) -> None:
            if document["status"] == "final":
                document["status"] = "sent"

        self._mark(response_ids, mark)

    def mark_received(self, receipts: Mapping[str, str]) -> None:
        """Mark responses as received by the server or coordinator: response id → receipt."""
        at = dt.datetime.now().astimezone().isoformat(timespec="seconds")

        def mark(document: MutableMapping[str, Any]) -> None:
            if document["status"] != "received":
                document["status"] = "received"
                document["receipt"] = receipts[document["id"]]
                document["received"] = at

        self._mark(receipts, mark)

    def collect(self, responses: Iterable[CollectedResponse]) -> None:
        """Insert final responses of other devices as they are: one change, all of them or none.

        ``StoreError("store_id_taken")`` for an id that a final response here has.
        """
        with self._journal.writing():
            documents = {each.doc_id: each for each in map(collected_document, responses)}
            drafts = []
            for key in documents:
                stored = self._table.get(doc_id=key)
                if stored is not None and stored["status"] != "draft":
                    raise StoreError("store_id_taken", response=key)
                if stored is not None:
                    drafts.append(key)
            if documents:
                self._journal.ensure_reserve()
                self._insert(documents, drafts)
        self._request_backup()

    def _insert(self, documents: Mapping[str, StoredDocument], drafts: Collection[str]) -> None:
        """Insert documents; those whose draft is here replace it."""

        def replace(document: MutableMapping[str, Any]) -> None:
            key = document["id"]
            document.clear()
            document.update(documents[key])

        with self._table.storage.one_change():
            new = [document for key, document in documents.items() if key not in drafts]
            if new:
                self._table.insert_multiple(new)
            if drafts:
                self._table.update(replace, doc_ids=drafts)
        self._table.reread_drafts()

    def _mark(self, response_ids: Iterable[str], mark: Callable[[MutableMapping[str, Any]], None]) -> None:
        """Mark final responses, all of them or none; ``StoreError``: ``store_no_response``,
        ``store_not_final``."""
        ids = list(response_ids)

        def mark_final(document: MutableMapping[str, Any]) -> None:
            if document["status"] == "draft":
                raise StoreError("store_not_final", response=document["id"])
            mark(document)

        with self._table.storage.one_change():
            marked = self._table.update(mark_final, doc_ids=ids) if ids else []
            if len(marked) < len(ids):
                raise StoreError("store_no_response", response=min(set(ids).difference(marked)))
