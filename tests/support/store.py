"""A store as the program never asks for it."""

from __future__ import annotations

from survey_tui.store import ResponseStore
from survey_tui.store.journal import compaction


def compact(store: ResponseStore) -> None:
    """Compact a journal by hand; the program does it at start and end, when it is worth it."""
    compaction.compact(store.table.storage.journal)
