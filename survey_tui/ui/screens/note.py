"""A note of the surveyor on one question."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.views import QuestionView
from survey_tui.ui.fields.entry_field import EntryField
from survey_tui.ui.fields.field import Look
from survey_tui.ui.key_events import Key
from survey_tui.ui.layout import Line, Span, plain, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet, binding


class Note(Sheet[str]):
    """Its result is the text of the note; an empty text takes the note away."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("interview.note_save", "enter", "save"),
        binding("interview.note_line", "ctrl+j", "save"),
        binding("common.cancel", "escape,ctrl+q,ctrl+c", "cancel"),
    ]

    def __init__(self, desk: Desk, question: QuestionView, finished: Callable[[str], None]) -> None:
        super().__init__(desk, finished)
        self._question = question
        note = QuestionView(
            path="", name="", type="text", label="", text=question.note, appearance=("multiline",)
        )
        self._field = EntryField(note, desk.composer())

    def typed(self, key: Key) -> bool:
        """Everything that is text is the note's."""
        return self._field.press(key)

    def pasted(self, text: str) -> None:
        """Pasted text too."""
        self._field.paste(text)

    def action_save(self) -> None:
        """Keep the note."""
        self._field.editor.finish()
        self.close(self._field.editor.text.strip())

    def action_cancel(self) -> None:
        """Leave the note as it was."""
        self.close()

    def views(self) -> Iterable[LinesView]:
        """The question, and the note below it."""
        yield LinesView(self._head, id="header")
        yield LinesView(self._note, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[Line]:
        label = wrap(plain(self._question.label), width - 3)[:4]
        title = (Span(" " + self.desk.words("interview.note_title"), "title"),)
        return [title, *self.rule(width), *((Span(f" {text}", "dim"),) for text in label), (Span(""),)]

    def _note(self, width: int, height: int) -> list[Line]:
        return self._field.lines(Look(width, height, self.desk.signs, "", ""))
