"""Drafts that this program writes to: events that are not on disk yet, and summaries as they are now.

The operations here know records, not TinyDB, since an interview needs nothing else. Response ids never
coincide between two devices and sort by time: UUID version 7 (RFC 9562, section 5.7).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field, structs

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event, FormChanged, OutcomeRecorded, Reopened, Started
from survey_tui.store.documents import RESPONSES, draft_body, encode_events
from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.stored_table import StoredDocument, StoredTable
from survey_tui.store.summary import (
    RESPONSE_FIELDS,
    Head,
    Summary,
    decode_head,
    decode_summary,
    encode_head,
    encode_patch,
)

if TYPE_CHECKING:
    from survey_tui.store.journal.writer import JournalWriter


_CHANGEABLE_BY_CALLER = ("title", "ea", "household", "answered", "relevant")


class OpenDraft(Struct):
    """``base``: the summary in the ``put`` line; ``head``: the current one; ``waiting``: events not on disk
    yet; ``is_summary_changed``: the summary is newer than the last line."""

    base: Summary
    head: Head
    waiting: list[Event] = field(default_factory=list)
    is_summary_changed: bool = False

    def set_summary(self, summary: Summary) -> None:
        """Let the next line carry this summary."""
        self.head = Head(summary, self.head.count)
        self.is_summary_changed = True


class Drafts:
    """The drafts of a journal that this program writes to."""

    def __init__(self, journal: JournalWriter) -> None:
        self.open: dict[str, OpenDraft] = {}
        self._journal = journal
        self._revision = journal.revision

    @property
    def table(self) -> StoredTable:
        """All responses as they are now, with summaries of drafts that are not written yet."""
        self.follow()
        is_summary_changed = {key: draft for key, draft in self.open.items() if draft.is_summary_changed}
        patches = {key: encode_patch(draft.base, draft.head) for key, draft in is_summary_changed.items()}
        return StoredTable(self._journal, RESPONSES, RESPONSE_FIELDS, patches)

    def document(self, key: str) -> StoredDocument:
        """The document of one response; ``StoreError("store_no_response")``."""
        document = self.table.get(key)
        if document is None:
            raise StoreError("store_no_response", response=key)
        return document

    def follow(self) -> None:
        """Reread the drafts if another program has written."""
        if self._revision != self._journal.revision:
            self.reread()

    def reread(self) -> None:
        """Read again how these drafts are stored; events and summaries that are not written yet are kept."""
        self._revision = self._journal.revision
        stale, self.open = self.open, {}
        stored = StoredTable(self._journal, RESPONSES, RESPONSE_FIELDS)
        for key, old in stale.items():
            document = stored.get(key)
            fresh = OpenDraft(*decode_head(document)) if document is not None else None
            if fresh is None or fresh.head.summary.status != "draft":
                continue
            fresh.waiting = old.waiting
            if old.is_summary_changed:
                said = {name: getattr(old.head.summary, name) for name in _CHANGEABLE_BY_CALLER}
                fresh.set_summary(structs.replace(fresh.head.summary, **said))
            self.open[key] = fresh

    def draft(self, key: str) -> OpenDraft:
        """The draft with this id; ``StoreError("store_not_a_draft")`` for a final response."""
        self.follow()
        draft = self.open.get(key)
        if draft is None:
            draft = OpenDraft(*decode_head(self.document(key)))
            if draft.head.summary.status != "draft":
                raise StoreError("store_not_a_draft", response=key)
            self.open[key] = draft
        return draft

    def summary(self, key: str) -> Summary:
        """The summary as it is now; ``StoreError("store_no_response")``."""
        self.follow()
        draft = self.open.get(key)
        return draft.head.summary if draft is not None else decode_summary(self.document(key))

    def begin(self, started: Started, summary: Summary) -> None:
        """Start a draft with one line; durable on return."""
        key = summary.id
        with self._journal.writing():
            if key in self.table:
                raise StoreError("store_id_taken", response=key)
            self._journal.ensure_reserve()
            head = Head(summary, 1)
            self._journal.append(
                (JournalRecord("put", RESPONSES, key, encode_head(head), draft_body([started])),)
            )
            self.follow()
            self.open[key] = OpenDraft(summary, head)

    def record(self, key: str, event: Event) -> None:
        """Append an event with the summary that follows from it; durable on return."""
        with self._journal.writing():
            draft = self.draft(key)
            outcome = event.code if isinstance(event, OutcomeRecorded) else draft.head.summary.outcome
            summary = structs.replace(draft.head.summary, updated=event.at, outcome=outcome)
            if isinstance(event, FormChanged):
                summary = structs.replace(summary, form_version=event.form_version)
            self.append_events(key, [event], summary)

    def append_events(self, key: str, events: Sequence[Event], summary: Summary) -> None:
        """Append pending events, and ``events`` after them, as one line with ``summary``; durable on return.

        The path of an answer: nothing is read, and the line has the events and what changed of the summary.
        """
        with self._journal.writing():
            draft = self.draft(key)
            self._append(key, draft, [*draft.waiting, *events], summary)

    def reopen(self, key: str, event: Reopened) -> None:
        """Make a final response a draft again, with one line."""
        with self._journal.writing():
            base, head = decode_head(self.document(key))
            if head.summary.sealed:
                raise StoreError("store_sealed", response=key)
            if head.summary.status != "final":
                sent = head.summary.status in {"sent", "received"}
                raise StoreError("store_already_sent" if sent else "store_not_final", response=key)
            draft = OpenDraft(base, head)
            summary = structs.replace(head.summary, status="draft", sha256="", updated=event.at)
            self._append(key, draft, [event], summary)
            self.follow()
            self.open[key] = draft

    def flush(self) -> None:
        """Write pending events and summaries of all drafts."""
        if not any(draft.waiting or draft.is_summary_changed for draft in self.open.values()):
            return
        with self._journal.writing():
            self.follow()
            for key, draft in self.open.items():
                if draft.waiting:
                    self._append(key, draft, draft.waiting, draft.head.summary)
                elif draft.is_summary_changed:
                    self._journal.append(
                        (JournalRecord("set", RESPONSES, key, encode_patch(draft.base, draft.head)),)
                    )
                    draft.is_summary_changed = False

    def _append(self, key: str, draft: OpenDraft, events: Sequence[Event], summary: Summary) -> None:
        head = Head(summary, draft.head.count + len(events))
        self._journal.append(
            (JournalRecord("add", RESPONSES, key, encode_patch(draft.base, head), encode_events(events)),)
        )
        draft.head = head
        draft.waiting = []
        draft.is_summary_changed = False


class IdMaker:
    """Response ids that increase within this process, also when the clock jumps back."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        """``0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44``: 48 bits of Unix milliseconds, 74 random bits."""
        # The 12 bits after the version count on when the millisecond is not later than the last one (method 3
        # of the RFC's section 6.2, clock sequence in the high bits); they start at random with room to count.
        now = (time.time_ns() // 1_000_000) << 12 | int.from_bytes(os.urandom(2)) >> 5
        self._last = now if now > self._last else self._last + 1
        number = (
            (self._last >> 12 & (1 << 48) - 1) << 80
            | 0x7 << 76
            | (self._last & 0xFFF) << 64
            | 0b10 << 62
            | int.from_bytes(os.urandom(8)) >> 2
        )
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
