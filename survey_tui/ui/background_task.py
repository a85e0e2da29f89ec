"""Work beside a sheet: done in a thread, told to the sheet in the loop that draws it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from survey_tui.errors import SurveyError
from survey_tui.ui.screens.base import Sheet

T = TypeVar("T")


class Background:
    """Threads of one sheet; made in the loop, where everything that they tell happens. The sheet is drawn
    anew after it."""

    def __init__(self, sheet: Sheet[Any]) -> None:
        self._sheet = sheet
        self._app = sheet.home_app  # a sheet that was closed meanwhile no longer finds it
        self._loop = asyncio.get_running_loop()

    def do(
        self, work: Callable[[], T], then: Callable[[T], object], failed: Callable[[SurveyError], object]
    ) -> None:
        """Begin ``work`` in a thread; ``then`` gets what it gave, ``failed`` its error. Any other exception
        ends the program, as it does everywhere."""
        threading.Thread(target=self._run, args=(work, then, failed), daemon=True).start()

    def tell(self, action: Callable[[], object]) -> None:
        """From the thread: do this in the loop."""
        if not self._loop.is_closed():  # the program may have ended meanwhile
            self._loop.call_soon_threadsafe(self._now, action)

    def _run(
        self, work: Callable[[], T], then: Callable[[T], object], failed: Callable[[SurveyError], object]
    ) -> None:
        try:
            given = work()
        except SurveyError as error:
            self.tell(partial(failed, error))
        except Exception as error:  # the border of the thread: the program ends as it does for any fault
            self.tell(partial(self._app.call_later, _raise, error))
        else:
            self.tell(partial(then, given))

    def _now(self, action: Callable[[], object]) -> None:
        action()
        if self._sheet.is_mounted and self._sheet.is_attached:
            self._app.redraw()


def _raise(error: Exception) -> None:
    raise error
