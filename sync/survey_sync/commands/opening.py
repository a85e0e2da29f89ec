"""The store as ``survey-sync`` opens it: beside other programs."""

from __future__ import annotations

from survey_tui.cli.program import Program
from survey_tui.store import ResponseStore

__all__ = ["open_beside", "quiet_store"]


def open_beside(program: Program) -> ResponseStore:
    """The store for writing marks while an interview may go on; what opening found is told."""
    store = quiet_store(program)
    for notice in store.notices:
        program.diagnostics.text(f"{notice.what(program.words)} {notice.remedy(program.words)}")
    return store


def quiet_store(program: Program) -> ResponseStore:
    """The same without a word."""
    return ResponseStore.open(program.home, exclusive=False, keys=program.keys)
