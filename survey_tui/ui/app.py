"""The Textual app: hands each key to the top screen, one at a time, and draws afterwards."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual._context import active_message_pump
from textual.app import App
from textual.screen import Screen

from survey_tui.errors import ExitCode, SurveyError
from survey_tui.interview.session import Session
from survey_tui.ui.key_events import erase_character, key_event_from_textual
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen

if TYPE_CHECKING:
    from textual.driver import Driver


_CLOSING_KEYS = ("escape", "ctrl+q", "ctrl+c")


class SurveyApp(App[int], inherit_bindings=False):
    """The navigator of all screens. It opens with ``session``, or else with Home.

    ``failure`` is the exception that ended it.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    TITLE = "survey-tui"

    def __init__(self, context: ScreenContext, session: Session | None = None) -> None:
        super().__init__()
        self.context = context
        self.failure: BaseException | None = None
        self._session = session
        self._erase = erase_character()
        self._redraw_is_due = False
        self._plugin_screen: Screen[Any] | None = None
        self._on_plugin_failure: Callable[[BaseException], None] = _raise
        self.theme = context.appearance.textual_theme

    def get_default_screen(self) -> Screen[Any]:
        first = self._home() if self._session is None else self._interview(self._session)
        # Textual gives one to every screen but the default one, and misses it when that is switched for Home.
        first._push_result_callback(self, None)
        return first

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from survey_tui.ui.terminal_driver import TerminalDriver

        return TerminalDriver

    @property
    def top_screen(self) -> BaseScreen[Any]:
        screen = self.screen
        assert isinstance(screen, BaseScreen)
        return screen

    # --- start and end
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
        self.top_screen.after_opening()
        self.call_after_refresh(_collect_garbage_again)

    def leave(self, status: int = ExitCode.OK) -> None:
        """End the program; every answer is on the disk already."""
        self.exit(int(status), return_code=int(status))

    def _handle_exception(self, error: Exception) -> None:
        if self._has_plugin_screen and active_message_pump.get(self) is not self:
            self._fail_plugin_screen(error)
            return
        # Textual would print a traceback with local variables, and so the respondent's answers, on the
        # terminal. The caller of the app gets the exception instead, once the terminal is restored.
        self.failure = self.failure or error
        self._return_code = int(ExitCode.FAILURE)
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    # --- keys
    async def on_event(self, event: events.Event) -> None:
        """Hand keys and pasted text to the top screen; leave other events to Textual."""
        if self._has_plugin_screen:
            await self._pass_to_plugin_screen(event)
        elif isinstance(event, events.Key) and not event.is_forwarded:
            event.stop()
            self.handle_key(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            event.stop()
            self.top_screen.accept_paste(event.text)
            self.redraw()
        else:
            await super().on_event(event)

    def handle_key(self, event: events.Key) -> None:
        """Press a key on the top screen; in a terminal that is too small only leaving works."""
        key = key_event_from_textual(event, self._erase)
        screen = self.top_screen
        if screen.is_too_small():
            if key.name in ("ctrl+q", "ctrl+c"):
                self.leave()
            return
        self.perform_action(lambda: screen.press(key))

    def perform_action(self, action: Callable[[], object]) -> None:
        """Run ``action``, show an error of it as the problem, and draw."""
        self.context.problem = ""
        try:
            action()
        except SurveyError as error:
            self.context.show_error(error)
        self.redraw()

    def redraw(self) -> None:
        """Draw the top screen once the keys that are in the queue already are handled."""
        if not self._redraw_is_due:
            self._redraw_is_due = True
            self.call_later(self._redraw)

    def _redraw(self) -> None:
        self._redraw_is_due = False
        if self.is_running and isinstance(self.screen, BaseScreen) and self.screen.is_mounted:
            self.screen.draw()

    # --- the Navigator of the screens
    def open(self, screen: BaseScreen[Any]) -> None:
        """Put ``screen`` on top; it may open another one at once."""
        self.push_screen(screen)
        screen.after_opening()

    def open_interview(self, session: Session) -> None:
        """Open the screen on which ``session`` goes on."""
        self.open(self._interview(session))

    def open_help(self, screen: BaseScreen[Any], guidance: str = "") -> None:
        """Open help on the keys of ``screen``; ``guidance`` on its question comes first."""
        from survey_tui.ui.screens.help import HelpScreen

        if not isinstance(screen, HelpScreen):
            self.open(HelpScreen(self.context, screen.all_bindings(), guidance))

    def close(self, screen: BaseScreen[Any]) -> None:
        """Take the top screen away; Home is below the last one."""
        assert screen is self.screen
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.switch_screen(self._home())

    # --- screens of plugins
    def open_plugin_screen(self, screen: Screen[Any], on_failure: Callable[[BaseException], None]) -> None:
        """Put the screen of a plugin on top, and close it when something in it raises.

        It gets events as Textual hands them out, except for the keys that close it.
        """
        self._plugin_screen = screen
        self._on_plugin_failure = on_failure
        self.push_screen(screen)

    @property
    def _has_plugin_screen(self) -> bool:
        return self._plugin_screen is not None and self._plugin_screen in self.screen_stack

    def close_plugin_screen(self) -> None:
        """Take the plugin's screen away, and what it has opened on top of itself."""
        screen, self._plugin_screen = self._plugin_screen, None
        while screen in self.screen_stack and len(self.screen_stack) > 1:
            self.pop_screen()
        self.redraw()

    async def _pass_to_plugin_screen(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded and event.key in _CLOSING_KEYS:
            event.stop()
            self.close_plugin_screen()
            return
        try:
            await super().on_event(event)
        except Exception as error:  # isolation border: a handler of the plugin may raise anything
            self._fail_plugin_screen(error)

    def _fail_plugin_screen(self, error: Exception) -> None:
        self.close_plugin_screen()
        self._on_plugin_failure(error)

    def _interview(self, session: Session) -> BaseScreen[Any]:
        if self.context.is_survey_removed(session):
            from survey_tui.ui.screens.form_change import RemovedSurveyScreen

            return RemovedSurveyScreen(self.context, session)
        from survey_tui.ui.screens.interview import InterviewScreen

        return InterviewScreen(self.context, session)

    def _home(self) -> BaseScreen[None]:
        from survey_tui.ui.screens.home import HomeScreen

        return HomeScreen(self.context)


def _raise(error: BaseException) -> None:
    raise error


def _collect_garbage_again() -> None:
    """Undo ``survey_tui.cli.main``'s pause of garbage collection; objects of start-up are left out of it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
