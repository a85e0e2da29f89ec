"""What the commands open: the store, beside other programs, and the server as its coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_sync.client.sync_home import Folder
from survey_tui.application.context import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from survey_sync.client.coordinator import Coordinator
    from survey_sync.client.errors import LineError
    from survey_tui.store import ResponseStore

__all__ = ["open_beside", "open_coordinator", "quiet_store"]


def open_beside(program: Program) -> ResponseStore:
    """The store for writing marks while an interview may go on; what opening found is told."""
    store = quiet_store(program)
    for notice in store.notices:
        program.diagnostics.text(f"{notice.what(program.words)} {notice.remedy(program.words)}")
    return store


def quiet_store(program: Program) -> ResponseStore:
    """The same without a word."""
    from survey_tui.store import ResponseStore

    return ResponseStore.open(program.home, exclusive=False, keys=program.keys)


def open_coordinator(program: Program, before: Callable[[], None] = lambda: None) -> Coordinator:
    """The server as this home's coordinator works with it; troubles of the line are told as they pass, each
    after a call of ``before``."""
    from survey_sync.client.coordinator import Coordinator

    def told(error: LineError, pause: float) -> None:
        before()
        message = program.diagnostics.message(error)
        program.diagnostics.note("sync.pausing", message=message, seconds=f"{pause:.0f}")

    return Coordinator(Folder(program.home), told)
