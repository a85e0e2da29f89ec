"""A draft whose survey is no longer on this device: its answers, and a way to finish it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.session import Session
from survey_tui.ui.key_events import Key
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import binding
from survey_tui.ui.screens.response import Reader
from survey_tui.ui.text import Line, Span, wrap

__all__ = ["Gone"]


class Gone(Reader):
    """The outline of what was answered; the key that finishes must come twice."""

    BINDINGS: ClassVar[list[Binding]] = [*Reader.BINDINGS, binding("gone.finish", "ctrl+f", "finish")]

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk, session, desk.heading_of(session)())
        self._sure = False

    def press(self, key: Key) -> None:
        """Any other key takes the first ^F back."""
        self._sure = self._sure and key.name == "ctrl+f"
        super().press(key)

    def needed(self) -> Sequence[str]:
        """Finish while it is a draft, or go back."""
        first = [] if self.session.finished else ["gone.finish"]
        return (*first, "common.back", "common.language", "common.help")

    def action_finish(self) -> None:
        """Freeze and store the response as it is."""
        if self.session.finished:
            return
        if self._sure:
            self.desk.finish_as_it_is(self.session)
        self._sure = not self._sure and not self.session.finished

    def _foot(self, width: int, height: int) -> list[Line]:
        key = "stored" if self.session.finished else "sure" if self._sure else "why"
        texts = [self.desk.words(f"gone.{key}")]
        if self.desk.problem:
            texts.append(self.desk.problem)
        remark: list[Line] = [
            (Span(f" {part}", "warning"),) for text in texts for part in wrap(text, width - 3)
        ]
        return [*super()._foot(width, height)[:1], *remark]
