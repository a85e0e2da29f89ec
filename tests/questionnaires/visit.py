"""A visit to a household, answered from a script: question → answer (a list: one for each roster line)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypeAlias

from survey_questionnaires import DIRECTORY

from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.interview.events import Started, text_from_moment
from survey_tui.interview.session import Session
from survey_tui.interview.views import FinalResponse, QuestionView
from survey_tui.places import Places

START = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
DOOR = {"enum_code": "CM012", "ea_code": "32062-03", "hh_no": "12"}

Answer: TypeAlias = str | list[str] | Callable[[Session], str]
Script: TypeAlias = Mapping[str, Answer]


def ready_form(survey: str) -> CompiledForm:
    """One of this package's surveys, ready to be asked."""
    form = Catalogue([DIRECTORY]).form(survey)
    return compile_form(form, tables={"communes": Places().table()})


class Visit:
    """Walks through a session screen by screen, as a surveyor does.

    ``asked`` are the names of the questions shown, in order; ``confirmed`` those whose soft check had to be
    confirmed; ``labels`` what was read out, by path. A question without a script gets its first choice or 1;
    ``dk`` and ``refused`` are given as missing answers where the question allows them.
    """

    def __init__(self, form: CompiledForm, script: Script, seed: int = 1, language: str = "vi") -> None:
        started = Started(
            at=text_from_moment(START),
            response_id="r",
            form_id=form.form.id,
            seed=seed,
            commune="32062",
            language=language,
        )
        self.session = Session(form, started)
        self.script: dict[str, Answer] = {**DOOR, **script}
        self.asked: list[str] = []
        self.confirmed: list[str] = []
        self.labels: dict[str, str] = {}
        self._now = START

    def at(self) -> dt.datetime:
        """Five seconds later."""
        self._now += dt.timedelta(seconds=5)
        return self._now

    def go(self) -> Visit:
        """To the end."""
        for _ in range(1000):
            if self.session.step.kind == "end":
                return self
            self.step()
        raise AssertionError("the interview does not end")

    def step(self) -> None:
        """One screen: read it, answer it, go on."""
        stop = self.session.step
        assert stop.kind == "question", stop
        for path in self.session.screen(stop.path):
            self._ask(self.session.question(path))
        self.session.next(self.at())

    def finish(self) -> FinalResponse:
        """FinalResponse, and nothing is in the way."""
        review = self.session.review(self.at())
        assert review.complete, review.findings
        assert not any(finding.kind == "failure" for finding in review.findings)
        return self.session.finalise(self.at())

    def calculated(self, path: str) -> str:
        """The value of any relevant node as it stands, hidden ones too."""
        return dict(self.session.submission())[path] or ""

    def values(self) -> dict[str, str]:
        """What is in the final response, by path."""
        return {path: text for path, text in self.finish().values if text}

    def _ask(self, view: QuestionView) -> None:
        self.asked.append(view.name)
        self.labels[view.path] = view.label
        assert "${" not in view.label + view.hint + view.guidance
        if view.type == "note" or view.text:
            return
        text = self._answer(view)
        if text in view.allow:
            self.session.set_missing(view.path, "dk" if text == "dk" else "refused", self.at())
        elif text:
            outcome = self.session.answer(view.path, text, self.at())
            assert outcome.accepted, (view.name, text, outcome.findings)
            assert all(finding.kind == "warning" for finding in outcome.findings), outcome.findings
            if self.session.question(view.path).warning:
                self.confirmed.append(view.name)
                self.session.confirm_warning(view.path, self.at())

    def _answer(self, view: QuestionView) -> str:
        scripted = self.script.get(view.name)
        if callable(scripted):
            return scripted(self.session)
        if isinstance(scripted, list):
            line = int(view.path.partition("[")[2].partition("]")[0])
            return scripted[line - 1]
        if scripted is not None:
            return scripted
        if view.choices:
            return view.choices[0].name
        return "1" if view.type == "integer" else ""
