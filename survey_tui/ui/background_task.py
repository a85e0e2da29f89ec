"""A background thread of a screen; results arrive in the screen's event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from survey_tui.errors import SurveyError
from survey_tui.ui.screens.base import BaseScreen

T = TypeVar("T")


class BackgroundTask:
    """Threads of ``screen``; made in the event loop. The screen is drawn again after each result."""

    def __init__(self, screen: BaseScreen[Any]) -> None:
        self._screen = screen
        self._app = screen.app  # a screen that is closed meanwhile no longer finds it
        self._navigator = screen.navigator
        self._loop = asyncio.get_running_loop()

    def run(
        self,
        work: Callable[[], T],
        on_result: Callable[[T], object],
        on_error: Callable[[SurveyError], object],
    ) -> None:
        """Start ``work`` in a thread. An exception other than :class:`SurveyError` ends the program."""
        threading.Thread(target=self._run, args=(work, on_result, on_error), daemon=True).start()

    def call_in_loop(self, action: Callable[[], object]) -> None:
        """Run ``action`` in the event loop; called from the thread."""
        if not self._loop.is_closed():  # the program may have ended meanwhile
            self._loop.call_soon_threadsafe(self._call, action)

    def _run(
        self,
        work: Callable[[], T],
        on_result: Callable[[T], object],
        on_error: Callable[[SurveyError], object],
    ) -> None:
        try:
            result = work()
        except SurveyError as error:
            self.call_in_loop(partial(on_error, error))
        except Exception as error:  # isolation border: the thread's failure becomes the app's
            self.call_in_loop(partial(self._app.call_later, _raise, error))
        else:
            self.call_in_loop(partial(on_result, result))

    def _call(self, action: Callable[[], object]) -> None:
        action()
        if self._screen.is_mounted and self._screen.is_attached:
            self._navigator.redraw()


def _raise(error: Exception) -> None:
    raise error
