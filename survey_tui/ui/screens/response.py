"""A final response, read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.session import Session
from survey_tui.ui.layout import ScreenLine, plain_text
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import binding
from survey_tui.ui.screens.outline import OutlineScreen


class ResponseScreen(OutlineScreen):
    """The outline with answers; nothing can be changed."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("common.back", "escape,enter,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, context: ScreenContext, session: Session, heading: str) -> None:
        super().__init__(context, session, "", lambda _path: None)
        self.heading = heading

    def key_hints(self) -> Sequence[str]:
        return ("common.back", "common.language", "common.help")

    def click_row(self, row: int) -> None:
        self.cursor.row = row

    def _head(self, width: int, height: int) -> list[ScreenLine]:
        title = self.title_line(plain_text(self.heading), self.context.words("outline.read_only"), width)
        return [title, *super()._head(width, height)[1:]]
