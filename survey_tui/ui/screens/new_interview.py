"""The steps of New interview, as values: what is asked, what was given, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from survey_tui.application.settings import SURVEYOR_CODE
from survey_tui.errors import SurveyError
from survey_tui.fieldwork.interviews import Visit
from survey_tui.interview.outcome import WITHOUT_INTERVIEW
from survey_tui.interview.views import ChoiceView, QuestionView
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.commune_field import CommuneField
from survey_tui.ui.fields.entry_field import EntryField
from survey_tui.ui.fields.field import Field
from survey_tui.ui.screen_context import Desk
from survey_tui.vietnamese import fold

__all__ = ["INTERVIEW", "Steps"]

INTERVIEW = "interview"


class _Step(NamedTuple):
    """``field`` makes the field from the value given before; ``check`` gives the value, or raises
    ``_WrongError``."""

    name: str
    field: Callable[[str], Field]
    check: Callable[[str], str]
    shown: Callable[[str], str]


class _WrongError(Exception):
    """``args[0]`` is the key of the message."""


class Steps:
    """Where New interview is, and what it knows."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._values = {
            "survey": desk.settings.survey,
            "commune": desk.settings.commune,
            "area": desk.settings.area[-2:],
            "surveyor": desk.settings.surveyor,
        }
        self._steps = (
            _Step("survey", self._survey_field, self._chosen, self._survey_title),
            _Step("commune", lambda value: CommuneField(desk, value), self._commune, desk.commune_name),
            _Step("area", self._entry, self._area, str),
            _Step("household", self._entry, self._household, str),
            _Step("surveyor", self._entry, self._surveyor, str),
            _Step("outcome", self._outcome_field, self._chosen, self._outcome_words),
        )
        self._at = 0
        self._open()

    # --- what to show
    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    @property
    def number(self) -> int:
        """The step at hand, from 1."""
        return min(self._at + 1, self.count)

    @property
    def label(self) -> str:
        """What is asked."""
        return self.desk.words(f"start.{self._step.name}")

    @property
    def hint(self) -> str:
        """How to answer it."""
        return self.desk.words(f"start.{self._step.name}_hint")

    def given(self) -> list[tuple[str, str]]:
        """(label, value) of the steps before this one."""
        words = self.desk.words
        return [
            (words(f"start.{step.name}_short"), step.shown(self._values[step.name]))
            for step in self._steps[: self._at]
        ]

    # --- what was given
    @property
    def complete(self) -> bool:
        """All steps are taken."""
        return self._at >= self.count

    @property
    def outcome(self) -> str:
        """``INTERVIEW`` or one of ``WITHOUT_INTERVIEW``."""
        return self._values["outcome"]

    @property
    def survey(self) -> str:
        """Id of the chosen survey."""
        return self._values["survey"]

    def visit(self) -> Visit:
        """What the other steps say, once complete."""
        values = self._values
        return Visit(
            commune=values["commune"],
            area=f"{values['commune']}-{values['area']}",
            household=values["household"],
            surveyor=values["surveyor"],
        )

    # --- moving
    def take(self) -> str:
        """Take what stands in the field and go on; a message if it cannot be taken."""
        step = self._step
        try:
            self._values[step.name] = step.check(self.field.draft().text.strip())
        except _WrongError as wrong:
            return self.desk.words(str(wrong))
        except SurveyError as error:
            return self.desk.words.error(error)
        self._at += 1
        if not self.complete:
            self._open()
        return ""

    def back(self) -> bool:
        """One step back; ``False`` at the first."""
        if not self._at:
            return False
        self._at -= 1
        self._open()
        return True

    def reload(self) -> None:
        """The language has changed; what stands in the field stays."""
        old = self.field
        self._open()
        self.field.adopt(old)

    @property
    def _step(self) -> _Step:
        return self._steps[min(self._at, self.count - 1)]

    def _open(self) -> None:
        self.field = self._step.field(self._values.get(self._step.name, ""))

    # --- the fields
    def _survey_field(self, value: str) -> Field:
        surveys = [
            ChoiceView(survey.id, self.desk.title(survey.title)) for survey in self.desk.forms.surveys()
        ]
        if value not in {survey.name for survey in surveys}:
            value = surveys[0].name if len(surveys) == 1 else ""
        return ChoiceField(_question("select_one", value, tuple(surveys)), "one", {})

    def _survey_title(self, value: str) -> str:
        return next((self.desk.title(s.title) for s in self.desk.forms.surveys() if s.id == value), value)

    def _outcome_field(self, value: str) -> Field:
        choices = tuple(
            ChoiceView(code, self._outcome_words(code)) for code in (INTERVIEW, *WITHOUT_INTERVIEW)
        )
        return ChoiceField(_question("select_one", value, choices), "one", {})

    def _outcome_words(self, code: str) -> str:
        return self.desk.words(f"start.outcome_{code}")

    @staticmethod
    def _entry(value: str) -> Field:
        return EntryField(_question("text", value), selected=True)

    # --- the checks
    @staticmethod
    def _chosen(text: str) -> str:
        if not text:
            raise _WrongError("start.choose")
        return text

    def _commune(self, code: str) -> str:
        if not code:
            raise _WrongError("start.no_commune")
        if isinstance(self.field, CommuneField) and not self.field.settle():
            raise _WrongError("start.several_communes")
        return self.desk.places.commune(code).code

    def _area(self, text: str) -> str:
        commune, _, number = text.rpartition("-")
        if commune and commune != self._values["commune"]:
            raise _WrongError("start.other_commune")
        if not (number.isdecimal() and 0 < int(number) < 100):
            raise _WrongError("start.bad_area")
        return f"{int(number):02d}"

    @staticmethod
    def _household(text: str) -> str:
        if not (text.isdecimal() and 0 < int(text) < 100):
            raise _WrongError("start.bad_household")
        return str(int(text))

    @staticmethod
    def _surveyor(text: str) -> str:
        code = fold(text).upper()
        if not SURVEYOR_CODE.fullmatch(code):
            raise _WrongError("start.no_surveyor")
        return code


def _question(kind: str, value: str, choices: tuple[ChoiceView, ...] = ()) -> QuestionView:
    return QuestionView(path="", name="", type=kind, label="", text=value, choices=choices)
