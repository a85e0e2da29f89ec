"""What the commands beside the server's database have in common.

The server's packages come with the extra ``server``; without it, a sentence says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from survey_sync.client.errors import SyncError
from survey_tui.application.context import Program
from survey_tui.errors import ExitCode

__all__ = ["database_option", "place_of", "server_part"]

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


def place_of(program: Program, database: str) -> str:
    """Where the data are. A file's directory is made for its owner only."""
    chosen = database or os.environ.get(_VARIABLE) or str(program.home / "server" / "responses.db")
    if "://" not in chosen:
        Path(chosen).absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return chosen
