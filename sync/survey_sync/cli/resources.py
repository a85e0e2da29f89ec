"""What the commands beside the server's database have in common.

The server's packages come with the extra ``server``; without it, a sentence says so.

What the commands open: the store, beside other programs, and the server as its coordinator.

click with the words of ``survey-sync``: those of the locale subject ``sync``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from survey_sync.client.errors import SyncError
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand
from survey_tui.errors import ExitCode

if TYPE_CHECKING:
    from survey_sync.client.coordinator import Coordinator
    from survey_sync.client.errors import RetryableError
    from survey_tui.store import ResponseStore


_VARIABLE = "SURVEY_SYNC_DATABASE"

F = TypeVar("F", bound=Callable[..., Any])


class NoServerError(SyncError):
    """The extra ``server`` is not installed."""

    exit_code = ExitCode.FAILURE


def database_option(command: F) -> F:
    """``--database``: a file or a ``postgresql://`` URL; else ``$SURVEY_SYNC_DATABASE``, else a file in the
    home."""
    option: Callable[[F], F] = click.option("--database", metavar="PATH|URL", default="")
    return option(command)


@contextmanager
def server_part() -> Iterator[None]:
    """Whatever uses the server's packages; ``NoServerError`` when they are not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("survey_sync", "survey_tui")):
            raise
        raise NoServerError("sync_no_server") from error


def place_of(program: CommandContext, database: str) -> str:
    """Where the data are. A file's directory is made for its owner only."""
    chosen = database or os.environ.get(_VARIABLE) or str(program.home / "server" / "responses.db")
    if "://" not in chosen:
        Path(chosen).absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return chosen


def open_beside(program: CommandContext) -> ResponseStore:
    """The store for writing marks while an interview may go on; what opening found is told."""
    store = quiet_store(program)
    for notice in store.notices:
        program.diagnostics.text(f"{notice.what(program.words)} {notice.remedy(program.words)}")
    return store


def quiet_store(program: CommandContext) -> ResponseStore:
    """The same without a word."""
    from survey_tui.store import ResponseStore

    return ResponseStore.open(program.home, exclusive=False, keys=program.keys)


def open_coordinator(program: CommandContext, before: Callable[[], None] = lambda: None) -> Coordinator:
    """The server as this home's coordinator works with it; troubles of the line are told as they pass, each
    after a call of ``before``."""
    from survey_sync.client.coordinator import Coordinator
    from survey_sync.client.sync_home import SyncHome

    def told(error: RetryableError, pause: float) -> None:
        before()
        message = program.diagnostics.message(error)
        program.diagnostics.note("sync.pausing", message=message, seconds=f"{pause:.0f}")

    return Coordinator(SyncHome(program.home), told)


class SyncCommand(LocalizedCommand):
    """A command with help from ``sync.help_…``."""

    subject = "sync"


class SyncGroup(LazyGroup):
    """A group with help from ``sync.help_…``."""

    subject = "sync"
