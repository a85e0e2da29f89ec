"""The full-screen program: :func:`run` opens it. Importing this package does not import Textual."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from survey_tui.errors import ExitCode

if TYPE_CHECKING:
    from survey_tui.application.settings import Settings
    from survey_tui.errors import SurveyError
    from survey_tui.interview.session import Adviser
    from survey_tui.store import ResponseStore
    from survey_tui.ui.screen_context import Forms, Geography, PluginSwitch

__all__ = [
    "MIN_HEIGHT",
    "MIN_WIDTH",
    "StartRequest",
    "ask_passphrase",
    "run",
]

MIN_WIDTH, MIN_HEIGHT = 34, 12
"""Cells that the screens need; here, since the command line asks before Textual is imported."""


class StartRequest(Struct, frozen=True, kw_only=True):
    """What to open on top of Home: the response ``resume``, or a new interview of ``survey``."""

    resume: str = ""
    survey: str = ""
    commune: str = ""
    area: str = ""
    household: str = ""
    surveyor: str = ""


def run(  # noqa: PLR0913, PLR0917 (the rooms, each once)
    home: Path,
    catalogue: Forms,
    places: Geography,
    store: ResponseStore,
    settings: Settings,
    start: StartRequest | None = None,
    advisers: Sequence[Adviser] = (),
    news: Callable[[], Sequence[SurveyError]] = tuple,
    plugins: PluginSwitch | None = None,
) -> int:
    """Run until the surveyor leaves; the exit status.

    0 when left by a key; 128 + n when ended by signal n (answers are safe, the terminal is restored). An
    unforeseen failure is raised once the terminal is restored. Raises :class:`SurveyError` when ``start``
    cannot be done. ``advisers`` look at responses under review; ``news`` tells what went wrong since it was
    last asked; ``plugins`` switches one off.
    """
    # Before textual is first imported: the Kitty protocol loses input-method text in several terminals.
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    from survey_tui.ui.app import SurveyApp
    from survey_tui.ui.screen_context import Desk

    desk = Desk(home, catalogue, places, store, settings, advisers=advisers, news=news, plugins=plugins)
    app = SurveyApp(desk, desk.open(start) if start is not None else None)
    app.run(mouse=settings.mouse)
    if app.failure is not None:
        raise app.failure
    sys.stdout.flush()
    return app.return_code if app.return_code is not None else ExitCode.FAILURE


def ask_passphrase(
    home: Path, catalogue: Forms, places: Geography, settings: Settings, attempt: Callable[[str], None]
) -> bool:
    """Ask until ``attempt`` (which raises :class:`SurveyError` for a wrong passphrase) takes one; ``False``
    when the surveyor left instead."""
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    from survey_tui.ui.screen_context import Desk
    from survey_tui.ui.unlock_app import UnlockApp

    app = UnlockApp(Desk(home, catalogue, places, None, settings), attempt)
    app.run(mouse=settings.mouse)
    if app.failure is not None:
        raise app.failure
    return app.opened
