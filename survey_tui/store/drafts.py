"""Drafts that are being written to: what waits for the next line, and what their summaries say now."""

from __future__ import annotations

from msgspec import Struct, field, structs

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event, OutcomeRecorded
from survey_tui.store.heads import Head, head_of, patch_of
from survey_tui.store.index import Entry
from survey_tui.store.journal import Journal
from survey_tui.store.lines import Record
from survey_tui.store.paradata import encoded
from survey_tui.store.summary import Summary

__all__ = ["RESPONSES", "Draft", "Drafts"]

RESPONSES = "responses"
"""The table of responses."""


class Draft(Struct):
    """``base``: the summary in its ``put`` line; ``head``: what holds now; ``waiting``: not on disk yet."""

    base: Summary
    head: Head
    waiting: list[Event] = field(default_factory=list)
    described: bool = False

    def describe(self, summary: Summary) -> None:
        """Let the next line carry this summary."""
        self.head = Head(summary, self.head.count)
        self.described = True


class Drafts:
    """The drafts of a journal that this program writes to."""

    def __init__(self, journal: Journal) -> None:
        self.open: dict[str, Draft] = {}
        self._journal = journal

    def entry(self, key: str) -> Entry:
        """Where a response stands; ``StoreError("store_no_response")``."""
        entry = self._journal.index.tables.get(RESPONSES, {}).get(key)
        if entry is None:
            raise StoreError("store_no_response", response=key)
        return entry

    def draft(self, key: str) -> Draft:
        """The draft with this id; ``StoreError("store_not_a_draft")`` for a finished response."""
        entry = self.entry(key)
        draft = self.open.get(key)
        if draft is None:
            draft = Draft(*head_of(entry))
            if draft.head.summary.status != "draft":
                raise StoreError("store_not_a_draft", response=key)
            self.open[key] = draft
        return draft

    def summary(self, key: str) -> Summary:
        """What holds now."""
        draft = self.open.get(key)
        return draft.head.summary if draft else head_of(self.entry(key))[1].summary

    def write(self, key: str, draft: Draft, event: Event | None) -> None:
        """Append what waits, and ``event`` after it, as one line."""
        events = [*draft.waiting, event] if event is not None else draft.waiting
        summary = draft.head.summary
        if event is not None:
            outcome = event.code if isinstance(event, OutcomeRecorded) else summary.outcome
            summary = structs.replace(summary, updated=event.at, outcome=outcome)
        head = Head(summary, draft.head.count + len(events))
        self._journal.append((Record("add", RESPONSES, key, patch_of(draft.base, head), encoded(events)),))
        draft.head = head
        draft.waiting = []
        draft.described = False

    def flush(self) -> None:
        """Write what waits in all drafts."""
        for key, draft in self.open.items():
            if draft.waiting:
                self.write(key, draft, None)
            elif draft.described:
                self._journal.append((Record("set", RESPONSES, key, patch_of(draft.base, draft.head)),))
                draft.described = False
