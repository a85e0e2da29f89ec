"""The full-screen program: :func:`run` opens it. Importing this package does not import Textual."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.application.settings import Settings
from survey_tui.errors import ExitCode
from survey_tui.ui.appearance import MIN_HEIGHT, MIN_WIDTH
from survey_tui.ui.start_request import StartRequest

if TYPE_CHECKING:
    from survey_tui.application.plugin_failures import PluginFailures
    from survey_tui.interview.session import Adviser
    from survey_tui.places import Places
    from survey_tui.plugins import Plugins
    from survey_tui.store import ResponseStore
    from survey_tui.ui.screen_context import SurveySource

__all__ = [
    "MIN_HEIGHT",
    "MIN_WIDTH",
    "StartRequest",
    "ask_passphrase",
    "run",
]

_NO_KITTY_KEYS = "TEXTUAL_DISABLE_KITTY_KEY"
"""Read when Textual is first imported: its Kitty protocol loses input-method text in several terminals."""


def run(  # noqa: PLR0913, PLR0917 (each a part of the program)
    home: Path,
    surveys: SurveySource,
    places: Places,
    store: ResponseStore,
    settings: Settings,
    start: StartRequest | None = None,
    advisers: Sequence[Adviser] = (),
    plugin_failures: PluginFailures | None = None,
    plugins: Callable[[], Plugins] | None = None,
) -> int:
    """Run until the surveyor leaves; the exit status.

    0 when left by a key; 128 + n when ended by signal n (answers are safe, the terminal is restored). An
    unforeseen failure is raised once the terminal is restored. Raises :class:`SurveyError` when ``start``
    cannot be done. ``advisers`` check responses under review; ``plugins`` gives those in use at the moment.
    """
    os.environ.setdefault(_NO_KITTY_KEYS, "1")
    from survey_tui.ui.app import SurveyApp
    from survey_tui.ui.screen_context import ScreenContext

    context = ScreenContext(
        home,
        surveys,
        places,
        store,
        settings,
        advisers=advisers,
        plugin_failures=plugin_failures,
        plugins=plugins,
    )
    app = SurveyApp(context, context.start(start) if start is not None else None)
    app.run(mouse=settings.mouse)
    if app.failure is not None:
        raise app.failure
    sys.stdout.flush()
    return app.return_code if app.return_code is not None else ExitCode.FAILURE


def ask_passphrase(
    home: Path, surveys: SurveySource, places: Places, settings: Settings, attempt: Callable[[str], None]
) -> bool:
    """Ask until ``attempt`` accepts a passphrase (it raises :class:`SurveyError` for a wrong one); ``False``
    when the surveyor leaves instead."""
    os.environ.setdefault(_NO_KITTY_KEYS, "1")
    from survey_tui.ui.screen_context import ScreenContext
    from survey_tui.ui.unlock_app import UnlockApp

    app = UnlockApp(ScreenContext(home, surveys, places, None, settings), attempt)
    app.run(mouse=settings.mouse)
    if app.failure is not None:
        raise app.failure
    return app.opened
