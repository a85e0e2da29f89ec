"""Skeletons of the forms that drafts were begun with, by the form's SHA-256."""

from __future__ import annotations

from msgspec import DecodeError, json

from survey_tui.interview.form_skeleton import FormSkeleton
from survey_tui.store.journal.format import JournalRecord
from survey_tui.store.journal.stored_table import StoredTable
from survey_tui.store.journal.writer import JournalWriter

FORMS = "forms"
"""The table: SHA-256 of a form → its skeleton."""


class FormVersions:
    """The table of form versions: a document for each version that was ever asked here."""

    def __init__(self, journal: JournalWriter) -> None:
        self._journal = journal

    def __contains__(self, sha256: str) -> bool:
        return sha256 in StoredTable(self._journal, FORMS)

    def add(self, skeleton: FormSkeleton) -> None:
        """Store a version unless it is known; durable on return."""
        if skeleton.sha256 and skeleton.sha256 not in self:
            self._journal.append([JournalRecord("put", FORMS, skeleton.sha256, b"", json.encode(skeleton))])

    def get(self, sha256: str) -> FormSkeleton | None:
        """A skeleton, or ``None`` for an unknown version. ``StoreError("store_damaged")``."""
        document = StoredTable(self._journal, FORMS).get(sha256)
        if document is None:
            return None
        try:
            return json.decode(document.put_line().body, type=FormSkeleton)
        except DecodeError:  # a newer program's
            return None
