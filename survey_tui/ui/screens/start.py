"""New interview: survey, commune, area, household, surveyor, and how the visit turned out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.fieldwork.interviews import Visit
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.field import Look
from survey_tui.ui.key_events import Key
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet, binding
from survey_tui.ui.screens.new_interview import INTERVIEW, Steps
from survey_tui.ui.text import Line, Span, cut, wrap

__all__ = ["Start"]


class Start(Sheet[str]):
    """One step after the other, in the manner of an interview. Its result is a message for Home."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("start.next", "enter", "confirm"),
        binding("start.back", "ctrl+b", "back"),
        binding("common.cancel", "escape,ctrl+q,ctrl+c", "cancel"),
    ]

    def __init__(self, desk: Desk, finished: Callable[[str], None]) -> None:
        super().__init__(desk, finished)
        self.steps = Steps(desk)
        self.message = ""
        desk.language_followers.append(self.steps.reload)

    def typed(self, key: Key) -> bool:
        """The step at hand takes what it can."""
        if key.name == "ctrl+j":
            key = Key("enter")
        if key.name == "enter":
            self.action_confirm()
            return True
        if self.steps.field.press(key):
            self.message = ""
            return True
        return False

    def pasted(self, text: str) -> None:
        """Pasted text goes to the step at hand."""
        self.steps.field.paste(text)

    def row_tapped(self, row: int) -> None:
        """A tap chooses."""
        self.steps.field.tap(row)

    def scrolled(self, *, down: bool) -> None:
        """The wheel never chooses."""
        if isinstance(self.steps.field, ChoiceField):
            self.steps.field.scroll(down=down)
        else:
            super().scrolled(down=down)

    def needed(self) -> Sequence[str]:
        """Always the same few."""
        return ("start.next", "start.back", "common.language", "common.help", "common.cancel")

    def action_confirm(self) -> None:
        """Take the step; after the last one, begin."""
        self.message = self.steps.take()
        if not self.message and self.steps.complete:
            self._begin()

    def action_back(self) -> None:
        """One step back; from the first one, back to Home."""
        self.message = ""
        if not self.steps.back():
            self.action_cancel()

    def action_cancel(self) -> None:
        """Begin nothing."""
        self._leave()
        self.close()

    def _leave(self) -> None:
        if self.steps.reload in self.desk.language_followers:
            self.desk.language_followers.remove(self.steps.reload)

    def _begin(self) -> None:
        visit, outcome = self.steps.visit(), self.steps.outcome
        try:
            session = self.desk.begin(self.steps.survey, visit)
            if outcome != INTERVIEW:
                self.desk.record_visit(session, outcome)
        except SurveyError as error:
            self.message = self.desk.words.error(error)
            self.steps.back()
            return
        self._remember(visit)
        self._leave()
        if outcome == INTERVIEW:
            self.close("")
            self.home_app.open_interview(session)
        else:
            what = self.desk.words(f"start.outcome_{outcome}")
            self.close(self.desk.words("start.recorded", outcome=what, household=visit.household))

    def _remember(self, visit: Visit) -> None:
        self.desk.change_settings(
            survey=self.steps.survey, commune=visit.commune, area=visit.area, surveyor=visit.surveyor
        )

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        """What was given so far, the step, its answer."""
        yield LinesView(self._head, id="header")
        yield LinesView(self._question, id="question")
        yield LinesView(self._answer, grows=False, id="answer")
        yield LinesView(self._remark, id="remark")

    def _head(self, width: int, _height: int) -> list[Line]:
        words = self.desk.words
        title = self.title_line(words("start.title"), f"{self.steps.number}/{self.steps.count}", width)
        given = [
            (Span(cut(f"   {label}: {value}", width - 1), "dim"),) for label, value in self.steps.given()
        ]
        return [title, *self.rule(width), *given]

    def _question(self, width: int, _height: int) -> list[Line]:
        label = [(Span(f" {text}", "strong"),) for text in wrap(self.steps.label, width - 2)]
        hint = (
            [(Span(f" {text}", "dim"),) for text in wrap(self.steps.hint, width - 2)]
            if self.steps.hint
            else []
        )
        return [*label, *hint, (Span(""),)]

    def _answer(self, width: int, height: int) -> list[Line]:
        return self.steps.field.lines(Look(width, height, self.desk.signs, "", ""))

    def _remark(self, width: int, _height: int) -> list[Line]:
        message = wrap(self.message, width - 4) if self.message else []
        return [*((Span(f" ! {text}", "error"),) for text in message), *self.rule(width)]
