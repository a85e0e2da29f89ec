"""Progress line on standard error: overwritten on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from survey_tui.vietnamese import clean

FIRST_PAUSE_SECONDS = 1.0  # before progress is shown, since the work may end sooner
_REDRAW_SECONDS = 0.5
_FILE_PAUSE_SECONDS = 5.0  # between two lines on a file or a pipe


class LiveLine:
    """The progress line of one command. Without standard error, or with ``silent``, nothing is written."""

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent or sys.stderr is None
        self._is_terminal = not self._silent and sys.stderr.isatty()
        self._width = 0
        self._last = float("-inf")

    @property
    def can_show(self) -> bool:
        """Whether :meth:`show` would write now; saves making a text that is not written."""
        return not self._silent and (
            self._is_terminal or time.monotonic() - self._last >= _FILE_PAUSE_SECONDS
        )

    def show(self, text: str) -> None:
        """Write ``text`` in place of the last one, if it is due."""
        if self.can_show:
            self._last = time.monotonic()
            self._write_text(text, keep=not self._is_terminal)

    def keep(self, text: str) -> None:
        """Write ``text`` in place of the last one, as a line that stays."""
        if not self._silent:
            self._write_text(text, keep=True)

    def close(self) -> None:
        """End the line, so that the next output begins below it."""
        if self._width:
            self._write("\n")
            self._width = 0

    @contextmanager
    def refresh(self, text: Callable[[], str]) -> Iterator[None]:
        """Show the result of ``text`` every half second while the block runs, on a terminal only.

        ``text`` is called by another thread, for the first time after :data:`FIRST_PAUSE_SECONDS`.
        """
        done = threading.Event()
        drawer = threading.Thread(target=self._redraw, args=(text, done), daemon=True)
        if self._is_terminal:
            drawer.start()
        try:
            yield
        finally:
            done.set()
            if drawer.ident is not None:
                drawer.join()
            self.close()

    def _redraw(self, text: Callable[[], str], done: threading.Event) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not done.wait(pause):
            self.show(text())
            pause = _REDRAW_SECONDS

    def _write_text(self, text: str, *, keep: bool) -> None:
        text = clean(text)
        if self._is_terminal:
            self._write("\r" + text.ljust(self._width) + ("\n" if keep else ""))
            self._width = 0 if keep else len(text)
        else:
            self._write(text + "\n")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            self._silent = True
