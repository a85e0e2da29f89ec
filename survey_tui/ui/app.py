"""The Textual app: hands each key to the top sheet, one at a time, and redraws afterwards."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.screen import Screen

from survey_tui.errors import ExitCode, SurveyError
from survey_tui.ui.key_events import erase_character, key_from
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet

if TYPE_CHECKING:
    from textual.driver import Driver

    from survey_tui.interview.session import Session


_THEMES = {"dark": "textual-dark", "light": "textual-light", "16": "ansi-dark", "ascii": "ansi-dark"}


class SurveyApp(App[int], inherit_bindings=False):
    """The program's window. It opens with ``session``, or else with Home; ``failure`` is what ended the app,
    if it was not the surveyor."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    TITLE = "survey-tui"

    def __init__(self, desk: Desk, session: Session | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.failure: BaseException | None = None
        self._session = session
        self._erase = erase_character()
        self._redraw_waits = False
        self.apply_theme()

    def get_default_screen(self) -> Screen[Any]:
        """What the program opens with."""
        sheet = self._home() if self._session is None else self._interview(self._session)
        # Textual gives one to every screen but the default one, and misses it when that is switched for Home.
        sheet._push_result_callback(self, None)
        return sheet

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver, made patient where it is the one for Unix terminals."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from survey_tui.ui.terminal_driver import TerminalDriver

        return TerminalDriver

    @property
    def sheet(self) -> Sheet[Any]:
        """The sheet on top."""
        screen = self.screen
        assert isinstance(screen, Sheet)
        return screen

    # --- life
    def on_mount(self) -> None:
        """Listen for the signals that end the program."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                try:
                    loop.add_signal_handler(number, self.leave, 128 + number)
                except (NotImplementedError, RuntimeError, ValueError):
                    continue  # not on this platform, or not in the main thread
        if self._session is not None:
            self._interview_opened()
        self.call_after_refresh(_collect_garbage_again)

    def leave(self, status: int = ExitCode.OK) -> None:
        """End the program; every answer is already on the disk."""
        self.exit(int(status), return_code=int(status))

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print a traceback with local variables, and so the respondent's answers, on the
        # terminal. Whoever runs the app gets the exception instead, once the terminal is restored.
        self.failure = self.failure or error
        self._return_code = int(ExitCode.FAILURE)
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    # --- keys
    async def on_event(self, event: events.Event) -> None:
        """Keys and pasted text go straight to the top sheet; everything else goes Textual's way."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            event.stop()
            self._press(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            event.stop()
            self.sheet.pasted(event.text)
            self.redraw()
        else:
            await super().on_event(event)

    def _press(self, event: events.Key) -> None:
        key = key_from(event, self._erase)
        sheet = self.sheet
        if sheet.cramped():
            if key.name in ("ctrl+q", "ctrl+c"):
                self.leave()
            return
        self.act(lambda: sheet.press(key))

    def act(self, step: Callable[[], object]) -> None:
        """Let the top sheet do something; what the disk or a form refuses becomes a message."""
        self.desk.problem = ""
        try:
            step()
        except SurveyError as error:
            self.desk.problem = self.desk.words.error(error)
        self.redraw()

    def redraw(self) -> None:
        """Draw the top sheet once the keys that already wait are handled."""
        if not self._redraw_waits:
            self._redraw_waits = True
            self.call_later(self._redraw)

    def _redraw(self) -> None:
        self._redraw_waits = False
        if self.is_running and isinstance(self.screen, Sheet) and self.screen.is_mounted:
            self.screen.draw()

    # --- what sheets ask for
    def open_interview(self, session: Session) -> None:
        """Go on with an interview; at its very beginning, with the first question that the visit has not
        answered."""
        self.open(self._interview(session))
        self._interview_opened()

    def close(self, sheet: Sheet[Any]) -> None:
        """Take the top sheet away; under the last one there is Home."""
        assert sheet is self.screen
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.switch_screen(self._home())

    def _interview(self, session: Session) -> Sheet[Any]:
        if self.desk.gone(session):
            from survey_tui.ui.screens.form_change import Gone

            return Gone(self.desk, session)
        from survey_tui.ui.screens.interview import Interview

        return Interview(self.desk, session)

    def _interview_opened(self) -> None:
        from survey_tui.ui.screens.interview import Interview

        if isinstance(self.screen, Interview) and self.screen.complete:
            self.screen.action_review()

    def _home(self) -> Sheet[None]:
        from survey_tui.ui.screens.home import Home

        return Home(self.desk)

    def open(self, sheet: Sheet[Any]) -> None:
        """Put a sheet on top."""
        self.push_screen(sheet)

    def open_help(self, sheet: Sheet[Any], guidance: str = "") -> None:
        """Help on the keys of ``sheet``, after ``guidance`` on what it shows."""
        from survey_tui.ui.screens.help import Help

        if not isinstance(sheet, Help):
            self.open(Help(self.desk, sheet.all_bindings(), guidance))

    def apply_theme(self) -> None:
        """Colours as set; the signs follow by themselves."""
        self.theme = _THEMES[self.desk.theme]


def _collect_garbage_again() -> None:
    """End what ``survey_tui.cli.main`` began; what start-up made lasts and need not be looked through."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
