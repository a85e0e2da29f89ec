"""Drafts whose form has changed, and drafts whose survey was removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.form_change import FormChangePlan, format_form_change
from survey_tui.interview.session import Session
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, TextSpan, plain_text, text_lines, visible_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.ui.screens.response import ResponseScreen


class FormChangeScreen(BaseScreen[bool]):
    """Effects of the newer form on a draft. The result is ``True``: resume it."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("safety.go_on", "enter,ctrl+j", "go_on"),
        binding("common.back", "escape,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(
        self, context: ScreenContext, change: FormChangePlan, on_result: Callable[[bool], None]
    ) -> None:
        super().__init__(context, on_result)
        self.change = change
        self.cursor = Cursor(lambda: len(self._blocks(80)))

    def accept_key(self, key: KeyEvent) -> bool:
        return self.cursor.press(key)

    def key_hints(self) -> Sequence[str]:
        return ("safety.go_on", "common.back", "common.language", "common.help")

    def action_go_on(self) -> None:
        self.close(True)

    def action_back(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        return [(TextSpan(" " + self.context.words("safety.form_title"), "title"),), *self.rule(width)]

    def _list(self, width: int, height: int) -> list[ScreenLine]:
        return visible_lines(self._blocks(width), self.cursor.row, height, self.symbols)

    def _blocks(self, width: int) -> list[list[ScreenLine]]:
        blocks: list[list[ScreenLine]] = []
        for heading, lines in format_form_change(self.change, self.context.words):
            if heading:
                blocks.append([(TextSpan(""),), (TextSpan(f" {heading}", "strong"),)])
            indent = "   " if heading else " "
            blocks += [text_lines(plain_text(line), width - len(indent) - 2, "", indent) for line in lines]
        return blocks


class RemovedSurveyScreen(ResponseScreen):
    """The answers of a draft whose survey was removed; pressing the finish key twice finalises it."""

    BINDINGS: ClassVar[list[Binding]] = [*ResponseScreen.BINDINGS, binding("gone.finish", "ctrl+f", "finish")]

    def __init__(self, context: ScreenContext, session: Session) -> None:
        super().__init__(context, session, context.session_heading(session))
        self._confirming = False

    def press(self, key: KeyEvent) -> None:
        """Cancel the first ``^F`` by any other key."""
        self._confirming = self._confirming and key.name == "ctrl+f"
        super().press(key)

    def key_hints(self) -> Sequence[str]:
        first = [] if self.session.is_final else ["gone.finish"]
        return (*first, "common.back", "common.language", "common.help")

    def action_finish(self) -> None:
        """Finalise the response as it is, at the second key press."""
        if self.session.is_final:
            return
        if self._confirming:
            self.context.interviews.finalise_without_survey(self.session)
        self._confirming = not self._confirming and not self.session.is_final

    def _foot(self, width: int, height: int) -> list[ScreenLine]:
        key = "stored" if self.session.is_final else "sure" if self._confirming else "why"
        texts = [self.context.words(f"gone.{key}")]
        if self.context.problem:
            texts.append(self.context.problem)
        lines = super()._foot(width, height)[:1]
        for text in texts:
            lines += text_lines(text, width - 3, "warning")
        return lines
