"""The TinyDB table of responses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from survey_tui.interview.events import Event
from survey_tui.store.documents import RESPONSES
from survey_tui.store.drafts import Drafts
from survey_tui.store.journal.stored_table import StoredDocument
from survey_tui.store.journal.tinydb_storage import JournalStorage, JournalTable
from survey_tui.store.summary import Summary

if TYPE_CHECKING:
    from tinydb.queries import QueryLike


class ResponseTable(JournalTable):
    """Responses as TinyDB documents. Ids are UUID texts, never TinyDB's own numbers.

    Queries over fields of :class:`Summary` read no disk and see summaries of drafts that are not written yet.
    An operation appends the smallest line that says what it changed.
    """

    document_class = StoredDocument  # type: ignore[assignment]
    document_id_class = str  # type: ignore[assignment]

    if TYPE_CHECKING:  # TinyDB's methods with the two classes above

        def all(self) -> list[StoredDocument]: ...  # type: ignore[override]
        def search(self, cond: QueryLike) -> list[StoredDocument]: ...  # type: ignore[override]
        def get(  # type: ignore[override]
            self, cond: QueryLike | None = None, doc_id: str | None = None
        ) -> StoredDocument | None: ...
        def update(  # type: ignore[override]
            self,
            fields: Mapping[str, object] | Callable[[MutableMapping[str, Any]], None],
            cond: QueryLike | None = None,
            doc_ids: Iterable[str] | None = None,
        ) -> list[str]: ...
        def remove(  # type: ignore[override]
            self, cond: QueryLike | None = None, doc_ids: Iterable[str] | None = None
        ) -> list[str]: ...

    def __init__(self, storage: JournalStorage, drafts: Drafts) -> None:
        super().__init__(storage, RESPONSES)
        self._drafts = drafts

    def append_events(self, response_id: str, events: Sequence[Event], summary: Summary) -> None:
        """Append events to a draft: one line, durable on return (:meth:`Drafts.append_events`)."""
        self._drafts.append_events(response_id, events, summary)

    def reread_drafts(self) -> None:
        """Reread the drafts that this program writes to, after operations that may have changed them."""
        self._drafts.reread()

    def _read_table(self) -> Any:
        return self._drafts.table

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        super()._update_table(updater)
        self.reread_drafts()
