"""Withdrawal: erases a response by its receipt code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.store import Summary
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, plain_text, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.vietnamese import nfc


class WithdrawScreen(BaseScreen[str]):
    """Asks for the code, then for a word that confirms. The result is a message for Home."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("safety.next", "enter,ctrl+j", "next"),
        binding("common.cancel", "escape,ctrl+q,ctrl+c", "cancel"),
    ]

    def __init__(self, context: ScreenContext, on_result: Callable[[str], None]) -> None:
        super().__init__(context, on_result)
        self.found: list[Summary] = []
        self.message = ""
        self._editor = LineEditor()

    def accept_key(self, key: KeyEvent) -> bool:
        return self._editor.press(key)

    def accept_paste(self, text: str) -> None:
        self._editor.insert(text)

    def key_hints(self) -> Sequence[str]:
        return ("safety.next", "common.cancel")

    def action_next(self) -> None:
        """Look up the code; then erase the responses, if the word is right."""
        typed, words = self._editor.text.strip(), self.context.words
        if not typed:
            return
        self._editor.set("")
        if not self.found:
            self.found = self.context.interviews.find_by_receipt_code(typed, self.context.compile_form)
            self.message = "" if self.found else words("errors.withdraw_unknown", code=typed)
            return
        word = words("safety.withdraw_word")
        if nfc(typed).casefold() != word.casefold():
            self.message = words("safety.withdraw_wrong_word", word=word)
            return
        try:
            self.context.interviews.withdraw(self.found)
        except SurveyError as error:
            self.message = words.error(error)
            return
        self.close(words("safety.withdraw_done"))

    def action_cancel(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._line, grows=False, id="answer")
        yield LinesView(self._feedback, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        lines: list[ScreenLine] = [
            (TextSpan(" " + words("safety.withdraw_title"), "title"),),
            *self.rule(width),
        ]
        if not self.found:
            return [*lines, *text_lines(words("safety.withdraw_ask"), width - 3, "strong")]
        lines += text_lines(words("safety.withdraw_found"), width - 3)
        for summary in self.found:
            heading = self.context.heading(summary.commune, summary.household, summary.title)
            lines += text_lines(plain_text(heading), width - 4, "", "   ")
        sure = words("safety.withdraw_sure", word=words("safety.withdraw_word"))
        return [*lines, *text_lines(sure, width - 3, "strong")]

    def _line(self, _width: int, _height: int) -> list[ScreenLine]:
        return [(TextSpan(" > "), TextSpan(plain_text(self._editor.text), "typed"), TextSpan(" ", "caret"))]

    def _feedback(self, width: int, _height: int) -> list[ScreenLine]:
        message = text_lines(plain_text(self.message), width - 4, "error", " ! ") if self.message else []
        return [*message, *self.rule(width)]
