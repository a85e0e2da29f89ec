"""The outline of an interview: every group and question with its state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.session import Session
from survey_tui.interview.views import END, OutlineEntry
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.interview.question_page import number_questions
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import (
    Cursor,
    ScreenLine,
    TextSpan,
    cut,
    plain_text,
    text_lines,
    visible_lines,
)
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.vietnamese.match import match


class OutlineScreen(BaseScreen[str]):
    """The result is the path to go to. Typed text filters by words of the question or its name."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("outline.go", "enter", "go"),
        binding("outline.review", "ctrl+r", "review"),
        binding("common.back", "escape,ctrl+g,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(
        self, context: ScreenContext, session: Session, current: str, on_result: Callable[[str], None]
    ) -> None:
        super().__init__(context, on_result)
        self.session = session
        self.filter = LineEditor()
        self._numbers = number_questions(session.form.form)
        self._read_language = ""
        self._entries: tuple[OutlineEntry, ...] = ()
        self._shown: list[OutlineEntry] = []
        self._narrow()
        places = [index for index, entry in enumerate(self._shown) if entry.path == current]
        self.cursor = Cursor(lambda: len(self._shown), places[0] if places else 0)

    @property
    def entries(self) -> Sequence[OutlineEntry]:
        """Entries that match the filter, in the present language."""
        if self._read_language != self.session.language:
            self._narrow()
        return self._shown

    def _narrow(self) -> None:
        if self._read_language != self.session.language:
            self._entries, self._read_language = self.session.outline(), self.session.language
        typed = self.filter.text.strip()
        self._shown = list(self._entries)
        if typed:
            found = [
                entry for entry in self._entries if entry.kind == "question" and self._matches(typed, entry)
            ]
            self._shown = found

    def _matches(self, typed: str, entry: OutlineEntry) -> bool:
        return (
            typed.casefold()
            in (entry.name[: len(typed)].casefold(), self._numbers.get(entry.name, "").casefold())
            or match(typed, entry.label) > 0
        )

    def accept_key(self, key: KeyEvent) -> bool:
        if key.name not in ("home", "end") and self.cursor.press(key):
            return True
        if self.filter.press(key):
            self.cursor.row = 0
            self._narrow()
            return True
        return False

    def accept_paste(self, text: str) -> None:
        self.filter.insert(text)
        self._narrow()

    def click_row(self, row: int) -> None:
        """Go to the clicked entry."""
        self.cursor.row = row
        self.action_go()

    def action_go(self) -> None:
        """Go to the current entry, unless its question is skipped."""
        entries = self.entries
        if entries and entries[self.cursor.row].state != "skipped":
            self.close(entries[self.cursor.row].path)

    def action_review(self) -> None:
        self.close(END)

    def action_back(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        title = self.title_line(words("outline.title"), str(len(self.entries)), width)
        typed = (
            TextSpan(f" {words('outline.find')} "),
            TextSpan(self.filter.text, "typed"),
            TextSpan(" ", "caret"),
        )
        return [title, typed, *self.rule(width)]

    def _list(self, width: int, height: int) -> list[ScreenLine]:
        entries = self.entries
        if not entries:
            return [(TextSpan(" " + self.context.words("outline.nothing"), "dim"),)]
        here = self.cursor.row
        low = max(0, here - height)
        window = range(low, min(len(entries), here + height + 1))
        blocks = [[self._entry_line(index, entries[index], width)] for index in window]
        return visible_lines(blocks, here - low, height, self.symbols)

    def _entry_line(self, index: int, entry: OutlineEntry, width: int) -> ScreenLine:
        symbols = self.symbols
        symbol = {
            "answered": symbols.done,
            "open": symbols.open,
            "warning": "!",
            "error": "X",
            "skipped": "-",
        }[entry.state]
        if entry.ahead:
            symbol = "."
        here = index == self.cursor.row
        lead = f" {symbols.pointer if here else ' '} {'  ' * min(entry.depth, 4)}{symbol} "
        note = " *" if entry.note else ""
        answer = plain_text(entry.answer)
        free = width - len(lead) - 1
        number = self._numbers.get(entry.name, "")
        label = cut(
            f"{number} {plain_text(entry.label) or entry.name}".strip(),
            free if not answer else max(free - 14, free // 2),
        )
        tail = f"  {symbols.pointer} {answer}" if answer else ""
        style = "cursor" if here else _STYLES.get(entry.state, "")
        if entry.kind != "question" and not here:
            style = "strong" if entry.state != "skipped" else "dim"
        return (TextSpan(cut(f"{lead}{label}{tail}{note}", width), style, f"row:{index}"),)

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        entries = self.entries
        if not entries:
            return self.rule(width)
        entry = entries[self.cursor.row]
        skipped = entry.state == "skipped"
        key = "outline.ahead" if entry.ahead else "outline.skipped" if skipped else "outline.note"
        words = entry.reason if skipped else entry.note
        if not words:
            return self.rule(width)
        text = self.context.words(key, reason=plain_text(words))
        return [*self.rule(width), *text_lines(text, width - 3, "dim")[:3]]


_STYLES = {"warning": "warning", "error": "error", "skipped": "dim"}
