"""The one way in which something happens: told to the sink, then applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from survey_tui.errors import AnswerError
from survey_tui.interview.events import Event
from survey_tui.interview.replay import Core

__all__ = ["Recorder"]


class Recorder:
    """Hands events to the sink before memory changes; if the sink raises, nothing has changed."""

    def __init__(self, core: Core, sink: Callable[[Event], None] | None) -> None:
        self.core = core
        self._sink = sink

    def emit(self, event: Event) -> None:
        """Let an event happen that was found to be allowed."""
        if self._sink is not None:
            self._sink(event)
        self.core.apply(event)

    def open(self, at: dt.datetime) -> None:
        """Raise ``AnswerError("interview_finished")`` if the response is final; from here on it is ``at``."""
        if self.core.finished:
            raise AnswerError("interview_finished")
        self.core.env.now = at
