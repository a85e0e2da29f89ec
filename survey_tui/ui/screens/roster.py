"""The roster: a repeat as a table, corrected by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.interview.session import Session
from survey_tui.interview.views import RosterCell, RosterView
from survey_tui.ui.interview.question_page import number_questions
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, plain_text, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.repeat_table import RepeatTable
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class RosterScreen(BaseScreen[str]):
    """The result is the path of the cell to correct."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("roster.correct", "enter", "correct"),
        binding("roster.add", "plus,insert", "add"),
        binding("roster.remove", "delete", "remove"),
        binding("common.back", "escape,ctrl+t,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(
        self,
        context: ScreenContext,
        session: Session,
        repeat: str,
        current: str,
        on_result: Callable[[str], None],
    ) -> None:
        super().__init__(context, on_result)
        self.session = session
        self.repeat = repeat
        self.roster: RosterView = session.roster(repeat)
        self._numbers = number_questions(session.form.form)
        self.row, self.column = self._cell_position(current)
        self._message = ""
        self._removing = ""
        self._removed = False

    def accept_key(self, key: KeyEvent) -> bool:
        """Move from cell to cell by arrows."""
        if key.name == "+":
            self.action_add()
            return True
        step = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1), "tab": (0, 1)}.get(key.name)
        if step is None:
            return False
        self.row = max(0, min(self.row + step[0], len(self.roster.rows) - 1))
        self.column = max(0, min(self.column + step[1], len(self.roster.columns) - 1))
        self._message = self._removing = ""
        return True

    def click_row(self, row: int) -> None:
        """Select the clicked cell; go there at a second click."""
        position = divmod(row, max(len(self.roster.columns), 1))
        if position == (self.row, self.column):
            self.action_correct()
        else:
            self.row, self.column = position

    def key_hints(self) -> Sequence[str]:
        """Adding and removing appear only where the form leaves them to the surveyor."""
        wanted = ["roster.correct"]
        if self.roster.can_add:
            wanted.append("roster.add")
        if self.roster.can_remove:
            wanted.append("roster.remove")
        return [*wanted, "common.back", "common.help"]

    def action_correct(self) -> None:
        """Go to the question of the current cell."""
        cell = self._cell()
        if cell is not None and cell.path and cell.state != "skipped":
            self.close(cell.path)
        else:
            self._message = self.context.words("roster.not_asked")

    def action_add(self) -> None:
        """Add an instance and go to it."""
        if self.roster.can_add and not self.session.is_final:
            try:
                instance = self.session.add_instance(self.repeat, self.context.now())
            except SurveyError as error:
                self._message = self.context.words.error(error)
                return
            self.close(instance)

    def action_remove(self) -> None:
        """Remove the current instance, at the second key press."""
        if not (self.roster.can_remove and self.roster.rows) or self.session.is_final:
            return
        instance = self.roster.rows[self.row].path
        if self._removing != instance:
            self._removing = instance
            self._message = self.context.words("roster.sure", row=self.row + 1)
            return
        try:
            self.session.remove_instance(instance, self.context.now())
            self._message = self._removing = ""
            self._removed = True
        except SurveyError as error:
            self._message = self.context.words.error(error)
        self.roster = self.session.roster(self.repeat)
        self.row = max(0, min(self.row, len(self.roster.rows) - 1))

    def action_back(self) -> None:
        """Go back to the question; if its instance was removed, to the session's current one."""
        self.close(self.session.current if self._removed else None)

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._table, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def draw(self) -> None:
        """Read the roster again, in the present language."""
        self.roster = self.session.roster(self.repeat)
        super().draw()

    def _cell(self) -> RosterCell | None:
        if not self.roster.rows or not self.roster.columns:
            return None
        return self.roster.rows[self.row].cells[self.column]

    def _cell_position(self, current: str) -> tuple[int, int]:
        for row, instance in enumerate(self.roster.rows):
            for column, cell in enumerate(instance.cells):
                if cell.path and cell.path == current:
                    return row, column
        return 0, 0

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        title = self.title_line(plain_text(self.roster.label), str(len(self.roster.rows)), width)
        return [title, *self.rule(width)]

    def _table(self, width: int, height: int) -> list[ScreenLine]:
        if not self.roster.rows:
            return [(TextSpan(" " + self.context.words("roster.empty"), "dim"),)]
        cell = self._cell()
        path = cell.path if cell else ""
        return RepeatTable.of(self.roster, self._numbers).lines(path, width, height, self.symbols)

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        cell = self._cell()
        lines: list[ScreenLine] = self.rule(width)
        if cell is not None:
            label = (
                plain_text(self.session.question(cell.path).label)
                if cell.path
                else self._numbers.get(self.roster.columns[self.column][0], "")
            )
            row = self.context.words("roster.row", row=self.row + 1)
            answer = plain_text(cell.answer or cell.text)
            lines += text_lines(f"{row} · {label} {answer}", width - 3)[:3]
        if self._message:
            lines += text_lines(self._message, width - 4, "warning", " ! ")
        return lines
