"""The app that asks for the passphrase of a locked store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.passphrase import UnlockScreen


class UnlockApp(SurveyApp):
    """Ends when the passphrase is accepted (``opened``) or the surveyor leaves."""

    def __init__(self, context: ScreenContext, attempt: Callable[[str], None]) -> None:
        super().__init__(context)
        self.opened = False
        self._attempt = attempt

    def get_default_screen(self) -> Screen[Any]:
        screen = UnlockScreen(self.context, self._attempt, self._open)
        screen._push_result_callback(self, None)
        return screen

    def _open(self) -> None:
        self.opened = True
        self.leave()
