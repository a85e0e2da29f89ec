"""What the coordinator's commands have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from survey_sync.client.folder import Folder
from survey_tui.vietnamese import clean, fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from survey_sync.client.credentials import Credentials
    from survey_sync.client.desk import Desk
    from survey_sync.client.errors import LineError
    from survey_tui.cli.program import Program

__all__ = ["first_words", "open_desk", "suggested_name", "when"]


def open_desk(program: Program, before: Callable[[], None] = lambda: None) -> Desk:
    """The server as this home's coordinator works with it; troubles of the line are told as they pass, each
    after a call of ``before``."""
    from survey_sync.client.desk import Desk

    def told(error: LineError, pause: float) -> None:
        before()
        message = program.diagnostics.message(error)
        program.diagnostics.note("sync.pausing", message=message, seconds=f"{pause:.0f}")

    return Desk(Folder(program.home), told)


def suggested_name(server: Credentials) -> str:
    """A name for the coordinator's key on the devices that needs no quotes."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(server.surveyor or server.server_name)).strip("-")
    return plain[:40] or "van-phong"


def first_words(text: str, columns: int) -> str:
    """The beginning of a text on one line."""
    from survey_tui.vietnamese import truncate

    return truncate(" ".join(clean(text).split()), columns)


def when(at: str) -> str:
    """A moment of the server as this device's clock shows it, ``2026-11-21 23:05``."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return at[:16]
