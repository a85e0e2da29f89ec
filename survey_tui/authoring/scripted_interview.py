"""Interviews with expectations, in Python or TOML.

::

    interview(commune="32044").answer(cm_team="no").expect(not_asked=["cm_inst"])

Questions without a given answer are answered as plainly as possible: the first choice, the smallest number
that passes, consent. Every call gives a new :class:`Interview`, so that a common beginning can be shared.

A plugin without Python has its tests in ``tests/*.toml``::

    [[visit]]
    title = "Households that the team never reached are not asked what it showed them"
    commune = "32044"                    # optional: default a commune of the plugin
    survey = "xa_hoi_so"                 # optional
    language = "vi"                      # optional
    answers = { cm_team = "no" }         # by question; others are answered by themselves
    asked = ["cm_qr"]                    # … and what is expected: see Interview.expect
    not_asked = ["cm_inst"]
    refused = []
    doubted = []
    values = { }
    said = []
    complete = true"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypedDict, Unpack

import msgspec
from msgspec.structs import replace

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.remarks import Remark, error_remark
from survey_tui.authoring.respondent import AnswerHints, InterviewSetting, InterviewWalk, Respondent
from survey_tui.errors import SurveyError
from survey_tui.plugins.response_checks import plugin_adviser


class ExpectationError(AssertionError):
    """Unmet expectations of an interview, one line each."""


class Expected(TypedDict, total=False):
    """Arguments of :meth:`Interview.expect`.

    ``asked``/``not_asked``: questions shown or not; ``refused``: questions whose given answer was refused;
    ``doubted``: questions with a warning; ``values``: stored answers; ``said``/``not_said``: pieces of text
    of the review; ``complete``: whether the response can be finalised.
    """

    asked: Iterable[str]
    not_asked: Iterable[str]
    refused: Iterable[str]
    doubted: Iterable[str]
    values: Mapping[str, object]
    said: Iterable[str]
    not_said: Iterable[str]
    complete: bool | None


class Interview:
    """An interview in ``setting`` (commune ``""``: the first one of the plugin) with answers by question.

    Several answers, separated by ``|``, are those of a repeat's instances in turn; ``dk`` and ``refused``
    are given as such where the question allows them; ``""`` leaves the question open.
    """

    def __init__(
        self,
        workshop: Workshop,
        survey: str = "",
        setting: InterviewSetting = InterviewSetting(),  # noqa: B008  it is immutable
        answers: Mapping[str, str] | None = None,
    ) -> None:
        first_survey, first_commune = next(iter(workshop.places()), ("", ""))
        self.workshop = workshop
        self.survey = survey or first_survey
        self.setting = setting if setting.commune else replace(setting, commune=first_commune)
        self.answers = dict(answers or {})

    def answer(self, **answers: object) -> Interview:
        """The same interview with further answers."""
        given = {name: str(answer) for name, answer in answers.items()}
        return Interview(self.workshop, self.survey, self.setting, {**self.answers, **given})

    @cached_property
    def walk(self) -> InterviewWalk:
        """The interview, conducted to its end."""
        form = self.workshop.form(self.survey, self.setting.commune)
        walk = InterviewWalk(form, Respondent(AnswerHints(form)), self.setting, self.answers)
        walk.go()
        return walk

    @cached_property
    def values(self) -> dict[str, str]:
        """Question → stored answer, calculations included; of a repeat the last instance."""
        return {path.rpartition("/")[2]: text or "" for path, text in self.walk.session.submission()}

    @cached_property
    def findings(self) -> tuple[str, ...]:
        """Findings of the review in words: warnings and the plugins' checks."""
        walk = self.walk
        review = walk.session.review(walk.at())
        advice = plugin_adviser(self.workshop.plugins)(walk.session)
        return tuple(each.message for each in (*review.findings, *advice))

    def expect(self, **expected: Unpack[Expected]) -> Interview:
        """Raise :class:`ExpectationError` unless all of it is met; a given answer that was refused and not
        expected in ``refused`` is an error too."""
        wrong = list(self._unmet(expected))
        if wrong:
            raise ExpectationError("\n".join(wrong))
        return self

    def _unmet(self, expected: Expected) -> Iterator[str]:
        walk, refused = self.walk, list(expected.get("refused", ()))
        yield from self._unmet_questions(list(expected.get("asked", ())), list(expected.get("not_asked", ())))
        yield from (f"{name}: the answer was taken" for name in refused if name not in walk.rejected)
        for name in expected.get("doubted", ()):
            if name not in walk.said:
                yield f"{name}: no soft check spoke up"
        for name, reason in walk.rejected.items():
            if name not in refused:
                yield f"{name}: {self.answers[name]!r} was not taken: {reason}"
        yield from self._unmet_values(expected.get("values", {}))
        yield from (
            f"the review does not say {text!r}" for text in expected.get("said", ()) if not self._says(text)
        )
        yield from (f"the review says {text!r}" for text in expected.get("not_said", ()) if self._says(text))
        complete = expected.get("complete")
        if complete is not None and walk.finish() is not complete:
            left = ", ".join(finding.path for finding in walk.unanswered)
            yield f"it cannot be finished: {left}" if complete else "it can be finished"

    def _unmet_questions(self, asked: list[str], not_asked: list[str]) -> list[str]:
        known = {node.name for node in self.walk.session.form.items}
        unknown = [f"{name}: no such question" for name in asked if name not in known]
        missed = [f"{name}: was not asked" for name in asked if name in known and not self.walk.asked[name]]
        return [*unknown, *missed, *(f"{name}: was asked" for name in not_asked if self.walk.asked[name])]

    def _unmet_values(self, values: Mapping[str, object]) -> list[str]:
        return [
            f"{name}: {self.values.get(name, '')!r} is stored, not {str(value)!r}"
            for name, value in values.items()
            if self.values.get(name, "") != str(value)
        ]

    def _says(self, text: str) -> bool:
        return any(text in finding for finding in self.findings)


_MAX_BYTES = 1024 * 1024


class ScriptedVisit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table ``[[visit]]``."""

    title: str
    survey: str = ""
    commune: str = ""
    language: str = "vi"
    surveyor: str = "AB001"
    answers: dict[str, str | int | float] = {}
    asked: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    values: dict[str, str | int | float] = {}
    said: tuple[str, ...] = ()
    not_said: tuple[str, ...] = ()
    complete: bool | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    visit: tuple[ScriptedVisit, ...] = ()


def run_visits(workshop: Workshop) -> Iterator[tuple[str, Remark | None]]:
    """(title, unmet expectations) of every visit in the plugin's ``tests`` folder."""
    for path in sorted((workshop.project.root / "tests").glob("*.toml")):
        try:
            file = msgspec.convert(tomllib.loads(path.read_bytes()[:_MAX_BYTES].decode("utf-8-sig")), _File)
        except (OSError, ValueError, RecursionError) as fault:
            yield path.name, error_remark("bad_visits", f"tests/{path.name}", reason=str(fault)[:300])
            continue
        for visit in file.visit:
            yield visit.title, _run_visit(workshop, visit)


def _run_visit(workshop: Workshop, visit: ScriptedVisit) -> Remark | None:
    setting = InterviewSetting(commune=visit.commune, language=visit.language, surveyor=visit.surveyor)
    answers = {name: str(answer) for name, answer in visit.answers.items()}
    interview = Interview(workshop, visit.survey, setting, answers)
    try:
        interview.expect(
            asked=visit.asked,
            not_asked=visit.not_asked,
            refused=visit.refused,
            doubted=visit.doubted,
            values=visit.values,
            said=visit.said,
            not_said=visit.not_said,
            complete=visit.complete,
        )
    except (ExpectationError, SurveyError) as otherwise:  # also: no such survey or commune
        return error_remark("visit_failed", visit.title, reason=str(otherwise))
    return None
