"""What a person who waits at a terminal sees while something large is under way."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from survey_sync.client.upload_report import format_size

from survey_tui.console.command_context import CommandContext
from survey_tui.locale import Translator

_PATIENT = 1.0  # seconds after which somebody who waits is told how far it is
_STEP = 0.5


class LiveLine:
    """A line that is drawn over, where somebody looks on and it takes longer than a moment."""

    def __init__(self, context: CommandContext) -> None:
        self._say = context.diagnostics.progress
        self._drawn = False

    @contextmanager
    def while_it(self, says: Callable[[], str]) -> Iterator[None]:
        """Draw what ``says`` says, asked from another thread, until the block ends."""
        done = threading.Event()
        drawer = threading.Thread(target=self._draw, args=(says, done), daemon=True)
        if sys.stderr is not None and sys.stderr.isatty():
            drawer.start()
        try:
            yield
        finally:
            done.set()
            if drawer.ident is not None:
                drawer.join()
            self.leave()

    def leave(self) -> None:
        """Go on below it."""
        if self._drawn:
            self._drawn = False
            self._say("", last=True)

    def _draw(self, says: Callable[[], str], done: threading.Event) -> None:
        wait = _PATIENT
        while not done.wait(wait):
            self._say(says())
            self._drawn = True
            wait = _STEP


class Sent:
    """How much has gone out, and since when."""

    def __init__(self, words: Translator, total: int) -> None:
        self._words = words
        self._total = total
        self._began = time.monotonic()
        self.bytes = 0

    def count(self, sent: int) -> None:
        """``sent`` bytes have gone out."""
        self.bytes = sent

    def text(self) -> str:
        """In words."""
        return self._words(
            "coordinator.sending",
            part=f"{self.bytes / self._total:4.0%}",
            sent=format_size(self.bytes),
            total=format_size(self._total),
            seconds=round(time.monotonic() - self._began),
        )
