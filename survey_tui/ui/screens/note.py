"""The surveyor's note on one question."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.views import QuestionView
from survey_tui.ui.fields.entry_field import EntryField
from survey_tui.ui.fields.field import RenderOptions
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, plain_text, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class NoteScreen(BaseScreen[str]):
    """The result is the text of the note; an empty text removes it."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("interview.note_save", "enter", "save"),
        binding("interview.note_line", "ctrl+j", "save"),
        binding("common.cancel", "escape,ctrl+q,ctrl+c", "cancel"),
    ]

    def __init__(
        self, context: ScreenContext, question: QuestionView, on_result: Callable[[str], None]
    ) -> None:
        super().__init__(context, on_result)
        self._question = question
        note = QuestionView(
            path="", name="", type="text", label="", text=question.note, appearance=("multiline",)
        )
        self._field = EntryField(note, context.appearance.new_typing_engine())

    def accept_key(self, key: KeyEvent) -> bool:
        return self._field.press(key)

    def accept_paste(self, text: str) -> None:
        self._field.paste(text)

    def action_save(self) -> None:
        self._field.editor.finish()
        self.close(self._field.editor.text.strip())

    def action_cancel(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._note, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        label = text_lines(plain_text(self._question.label), width - 3, "dim")[:4]
        title = (TextSpan(" " + self.context.words("interview.note_title"), "title"),)
        return [title, *self.rule(width), *label, (TextSpan(""),)]

    def _note(self, width: int, height: int) -> list[ScreenLine]:
        return self._field.lines(RenderOptions(width, height, self.symbols, "", ""))
