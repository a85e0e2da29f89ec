"""New interview: survey, commune, area, household, surveyor and outcome of the visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, NamedTuple

from textual.binding import Binding

from survey_tui.application.settings import SURVEYOR_CODE
from survey_tui.errors import SurveyError
from survey_tui.fieldwork.interviews import Visit
from survey_tui.interview.outcome import WITHOUT_INTERVIEW, record_visit
from survey_tui.interview.views import ChoiceView, QuestionView
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.commune_field import CommuneField
from survey_tui.ui.fields.entry_field import EntryField
from survey_tui.ui.fields.field import Field, RenderOptions
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, cut, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.vietnamese import fold

INTERVIEW = "interview"


class _NewInterviewStep(NamedTuple):
    """``field`` makes the field from the previous value; ``check`` returns the value or raises
    ``_InvalidValueError``."""

    name: str
    field: Callable[[str], Field]
    check: Callable[[str], str]
    shown: Callable[[str], str]


class _InvalidValueError(Exception):
    """``args[0]`` is the key of the message."""


class NewInterviewSteps:
    """The steps of New interview: their fields, and the values entered so far."""

    def __init__(self, context: ScreenContext) -> None:
        self.context = context
        self._values = {
            "survey": context.settings.survey,
            "commune": context.settings.commune,
            "area": context.settings.area[-2:],
            "surveyor": context.settings.surveyor,
        }
        self._steps = (
            _NewInterviewStep("survey", self._survey_field, self._check_choice, self._survey_title),
            _NewInterviewStep(
                "commune",
                lambda value: CommuneField(context, value),
                self._check_commune,
                context.commune_name,
            ),
            _NewInterviewStep("area", self._entry_field, self._check_area, str),
            _NewInterviewStep("household", self._entry_field, self._check_household, str),
            _NewInterviewStep("surveyor", self._entry_field, self._check_surveyor, str),
            _NewInterviewStep("outcome", self._outcome_field, self._check_choice, self._outcome_words),
        )
        self._index = 0
        self._open_field()

    # --- what to show
    @property
    def count(self) -> int:
        return len(self._steps)

    @property
    def number(self) -> int:
        """Number of the present step, from 1."""
        return min(self._index + 1, self.count)

    @property
    def label(self) -> str:
        return self.context.words(f"start.{self._step.name}")

    @property
    def hint(self) -> str:
        return self.context.words(f"start.{self._step.name}_hint")

    def answered_steps(self) -> list[tuple[str, str]]:
        """(label, value) of the steps before this one."""
        words = self.context.words
        return [
            (words(f"start.{step.name}_short"), step.shown(self._values[step.name]))
            for step in self._steps[: self._index]
        ]

    # --- what was given
    @property
    def is_complete(self) -> bool:
        return self._index >= self.count

    @property
    def outcome(self) -> str:
        """``INTERVIEW`` or one of ``WITHOUT_INTERVIEW``."""
        return self._values["outcome"]

    @property
    def survey(self) -> str:
        return self._values["survey"]

    def visit(self) -> Visit:
        """The visit that the values describe, once complete."""
        values = self._values
        return Visit(
            commune=values["commune"],
            area=f"{values['commune']}-{values['area']}",
            household=values["household"],
            surveyor=values["surveyor"],
        )

    # --- moving
    def submit(self) -> str:
        """Check the field and go to the next step; the message of a value that is refused."""
        step = self._step
        try:
            self._values[step.name] = step.check(self.field.read_value().text.strip())
        except _InvalidValueError as invalid:
            return self.context.words(str(invalid))
        except SurveyError as error:
            return self.context.words.error(error)
        self._index += 1
        if not self.is_complete:
            self._open_field()
        return ""

    def back(self) -> bool:
        """Go one step back; ``False`` at the first."""
        if not self._index:
            return False
        self._index -= 1
        self._open_field()
        return True

    def reload(self) -> None:
        """Make the field again in the present language; its state stays."""
        old = self.field
        self._open_field()
        self.field.copy_from(old)

    @property
    def _step(self) -> _NewInterviewStep:
        return self._steps[min(self._index, self.count - 1)]

    def _open_field(self) -> None:
        self.field = self._step.field(self._values.get(self._step.name, ""))

    # --- the fields
    def _survey_field(self, value: str) -> Field:
        surveys = [
            ChoiceView(survey.id, self.context.translate(survey.title))
            for survey in self.context.surveys.surveys()
        ]
        if value not in {survey.name for survey in surveys}:
            value = surveys[0].name if len(surveys) == 1 else ""
        return ChoiceField(_question("select_one", value, tuple(surveys)), "one", {})

    def _survey_title(self, value: str) -> str:
        return next(
            (self.context.translate(s.title) for s in self.context.surveys.surveys() if s.id == value), value
        )

    def _outcome_field(self, value: str) -> Field:
        choices = tuple(
            ChoiceView(code, self._outcome_words(code)) for code in (INTERVIEW, *WITHOUT_INTERVIEW)
        )
        return ChoiceField(_question("select_one", value, choices), "one", {})

    def _outcome_words(self, code: str) -> str:
        return self.context.words(f"start.outcome_{code}")

    @staticmethod
    def _entry_field(value: str) -> Field:
        return EntryField(_question("text", value), selected=True)

    # --- the checks
    @staticmethod
    def _check_choice(text: str) -> str:
        if not text:
            raise _InvalidValueError("start.choose")
        return text

    def _check_commune(self, code: str) -> str:
        if not code:
            raise _InvalidValueError("start.no_commune")
        if isinstance(self.field, CommuneField) and not self.field.confirm():
            raise _InvalidValueError("start.several_communes")
        return self.context.places.commune(code).code

    def _check_area(self, text: str) -> str:
        commune, _, number = text.rpartition("-")
        if commune and commune != self._values["commune"]:
            raise _InvalidValueError("start.other_commune")
        if not (number.isdecimal() and 0 < int(number) < 100):
            raise _InvalidValueError("start.bad_area")
        return f"{int(number):02d}"

    @staticmethod
    def _check_household(text: str) -> str:
        if not (text.isdecimal() and 0 < int(text) < 100):
            raise _InvalidValueError("start.bad_household")
        return str(int(text))

    @staticmethod
    def _check_surveyor(text: str) -> str:
        code = fold(text).upper()
        if not SURVEYOR_CODE.fullmatch(code):
            raise _InvalidValueError("start.no_surveyor")
        return code


def _question(kind: str, value: str, choices: tuple[ChoiceView, ...] = ()) -> QuestionView:
    return QuestionView(path="", name="", type=kind, label="", text=value, choices=choices)


class NewInterviewScreen(BaseScreen[str]):
    """Asks one step after the other. The result is a message for Home."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("start.next", "enter", "confirm"),
        binding("start.back", "ctrl+b", "back"),
        binding("common.cancel", "escape,ctrl+q,ctrl+c", "cancel"),
    ]

    def __init__(self, context: ScreenContext, on_result: Callable[[str], None]) -> None:
        super().__init__(context, on_result)
        self.steps = NewInterviewSteps(context)
        self.message = ""
        context.language_followers.append(self.steps.reload)

    def accept_key(self, key: KeyEvent) -> bool:
        if key.name == "ctrl+j":
            key = KeyEvent("enter")
        if key.name == "enter":
            self.action_confirm()
            return True
        if self.steps.field.press(key):
            self.message = ""
            return True
        return False

    def accept_paste(self, text: str) -> None:
        self.steps.field.paste(text)

    def click_row(self, row: int) -> None:
        self.steps.field.click(row)

    def handle_scroll(self, *, down: bool) -> None:
        if isinstance(self.steps.field, ChoiceField):
            self.steps.field.scroll(down=down)
        else:
            super().handle_scroll(down=down)

    def key_hints(self) -> Sequence[str]:
        return ("start.next", "start.back", "common.language", "common.help", "common.cancel")

    def action_confirm(self) -> None:
        """Submit the step; after the last one, begin."""
        self.message = self.steps.submit()
        if not self.message and self.steps.is_complete:
            self._begin()

    def action_back(self) -> None:
        """Go one step back, from the first one to Home."""
        self.message = ""
        if not self.steps.back():
            self.action_cancel()

    def action_cancel(self) -> None:
        """Leave without beginning an interview."""
        self._unfollow_language()
        self.close()

    def _unfollow_language(self) -> None:
        if self.steps.reload in self.context.language_followers:
            self.context.language_followers.remove(self.steps.reload)

    def _begin(self) -> None:
        visit, outcome = self.steps.visit(), self.steps.outcome
        try:
            session = self.context.begin(self.steps.survey, visit)
            if outcome != INTERVIEW:
                record_visit(session, outcome, self.context.now())
        except SurveyError as error:
            self.message = self.context.words.error(error)
            self.steps.back()
            return
        self._save_visit(visit)
        self._unfollow_language()
        if outcome == INTERVIEW:
            self.close("")
            self.navigator.open_interview(session)
        else:
            what = self.context.words(f"start.outcome_{outcome}")
            self.close(self.context.words("start.recorded", outcome=what, household=visit.household))

    def _save_visit(self, visit: Visit) -> None:
        self.context.change_settings(
            survey=self.steps.survey, commune=visit.commune, area=visit.area, surveyor=visit.surveyor
        )

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._question, id="question")
        yield LinesView(self._answer, grows=False, id="answer")
        yield LinesView(self._feedback, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        title = self.title_line(words("start.title"), f"{self.steps.number}/{self.steps.count}", width)
        given = [
            (TextSpan(cut(f"   {label}: {value}", width - 1), "dim"),)
            for label, value in self.steps.answered_steps()
        ]
        return [title, *self.rule(width), *given]

    def _question(self, width: int, _height: int) -> list[ScreenLine]:
        label = text_lines(self.steps.label, width - 2, "strong")
        hint = text_lines(self.steps.hint, width - 2, "dim") if self.steps.hint else []
        return [*label, *hint, (TextSpan(""),)]

    def _answer(self, width: int, height: int) -> list[ScreenLine]:
        return self.steps.field.lines(RenderOptions(width, height, self.symbols, "", ""))

    def _feedback(self, width: int, _height: int) -> list[ScreenLine]:
        message = text_lines(self.message, width - 4, "error", " ! ") if self.message else []
        return [*message, *self.rule(width)]
