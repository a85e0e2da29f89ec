"""Resources of commands: the store, the coordinator's server, the server's database; click classes.

The root of the program imports this module for ``--help``, so that the client is imported by the functions.
"""

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


_DATABASE_VARIABLE = "SURVEY_SYNC_DATABASE"

F = TypeVar("F", bound=Callable[..., Any])


class MissingServerError(SyncError):
    """The extra ``server`` is not installed."""

    exit_code = ExitCode.FAILURE


def database_option(command: F) -> F:
    """Add ``--database``: a file or a ``postgresql://`` URL; default ``$SURVEY_SYNC_DATABASE``, then a file
    in the home."""
    option: Callable[[F], F] = click.option("--database", metavar="PATH|URL", default="")
    return option(command)


@contextmanager
def server_packages() -> Iterator[None]:
    """Import and use the server; ``MissingServerError`` when a library of it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("survey_sync", "survey_tui")):
            raise
        raise MissingServerError("sync_no_server") from error


def database_location(context: CommandContext, database: str) -> str:
    """Path or URL of the server's database. The directory of a file is created for its owner only."""
    location = database or os.environ.get(_DATABASE_VARIABLE) or str(context.home / "server" / "responses.db")
    if "://" not in location:
        Path(location).absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return location


def open_shared_store(context: CommandContext, *, report_notices: bool = True) -> ResponseStore:
    """Open the store without keeping other programs out; write its notices to standard error."""
    from survey_tui.store import ResponseStore

    store = ResponseStore.open(context.home, exclusive=False, keys=context.keys)
    for notice in store.notices if report_notices else ():
        context.diagnostics.text(f"{notice.what(context.words)} {notice.remedy(context.words)}")
    return store


def open_coordinator(context: CommandContext, before_note: Callable[[], None] = lambda: None) -> Coordinator:
    """Connect to the server of this home as its coordinator.

    Errors that are retried are written to standard error, each after a call of ``before_note``.
    """
    from survey_sync.client.coordinator import Coordinator
    from survey_sync.client.sync_home import SyncHome

    def write_retry(error: RetryableError, pause: float) -> None:
        before_note()
        message = context.diagnostics.message(error)
        context.diagnostics.note("sync.pausing", message=message, seconds=f"{pause:.0f}")

    return Coordinator(SyncHome(context.home), write_retry)


class SyncCommand(LocalizedCommand):
    """A command with help from ``sync.help_…``."""

    subject = "sync"


class SyncGroup(LazyGroup):
    """A group with help from ``sync.help_…``."""

    subject = "sync"
