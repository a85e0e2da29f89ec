"""Finished responses on their way: handed over, received elsewhere, and taken in from other devices.

Finished responses of other devices, as a coordinator's store keeps them: frozen as they came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager

from msgspec import Struct

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event, Finalised, Started
from survey_tui.store.documents import digest, final_body
from survey_tui.store.drafts import RESPONSES, Drafts
from survey_tui.store.journal.format import Record
from survey_tui.store.journal.writer import Journal
from survey_tui.store.summary import Head, Summary, amend, first_head, summary_of


class Collected(Struct, frozen=True, kw_only=True, gc=False):
    """``canonical``: the frozen bytes (UTF-8); ``started`` and ``finished``: what can be read of it;
    ``title``, ``ea`` and ``household`` are for lists."""

    started: Started
    finished: Finalised
    canonical: bytes
    title: str = ""
    ea: str = ""
    household: str = ""


def collected_record(collected: Collected) -> Record:
    """Its one line, as that of a response that was finished here."""
    started = collected.started
    summary = Summary(
        id=started.response_id,
        form_id=started.form_id,
        form_version=started.form_version,
        title=collected.title,
        commune=started.commune,
        ea=collected.ea,
        household=collected.household,
        username=started.username,
        status="final",
        started=started.at,
        updated=collected.finished.at,
        sha256=digest(collected.canonical),
    )
    events: list[Event] = [started, collected.finished]
    body = final_body(collected.canonical, events)
    return Record("put", RESPONSES, summary.id, first_head(Head(summary, len(events))), body)


class Handover:
    """What leaves a store and what comes into it. Methods raise as those of
    :class:`~survey_tui.store.responses.ResponseStore`; each is one change, all of it or nothing.

    ``backup_soon`` is called when something came in that no other device has any more, perhaps.
    """

    def __init__(self, journal: Journal, drafts: Drafts, backup_soon: Callable[[], None]) -> None:
        self._journal = journal
        self._drafts = drafts
        self._backup_soon = backup_soon

    def undisturbed(self) -> AbstractContextManager[None]:
        """No other program changes this store inside the block, and what others did before is seen in it."""
        return self._journal.writing()

    def sent(self, response_ids: Iterable[str]) -> None:
        """These final responses were handed over; they cannot be reopened."""
        self._mark({key: {"status": "sent"} for key in response_ids}, leave={"sent", "received"})

    def received(self, receipts: Mapping[str, str]) -> None:
        """The server (or coordinator) has these: response id → receipt."""
        at = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        marks = {
            key: {"status": "received", "receipt": receipt, "received": at}
            for key, receipt in receipts.items()
        }
        self._mark(marks, leave={"received"})

    def collect(self, responses: Iterable[Collected]) -> None:
        """Put finished responses of other devices in as they are: one change, all of them or none.

        ``StoreError("store_id_taken")`` for an id of which a finished response is here.
        """
        with self._journal.writing():
            self._drafts.follow()
            there = self._journal.index.tables.get(RESPONSES, {})
            records = [collected_record(each) for each in responses]
            for record in records:
                if record.key in there and summary_of(there[record.key]).status != "draft":
                    raise StoreError("store_id_taken", response=record.key)
            if records:
                self._journal.keep_reserve()
                self._journal.append(records)
            for record in records:
                self._drafts.open.pop(record.key, None)
        self._backup_soon()

    def _mark(self, marks: Mapping[str, Mapping[str, str]], *, leave: set[str]) -> None:
        with self._journal.writing():
            records = []
            for key, changes in marks.items():
                entry = self._drafts.entry(key)
                status = summary_of(entry).status
                if status == "draft":
                    raise StoreError("store_not_final", response=key)
                if status not in leave:
                    records.append(Record("set", RESPONSES, key, amend(entry, changes)))
            if records:
                self._journal.append(records)
