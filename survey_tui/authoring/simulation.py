"""A thousand interviews with random respondents, on every form with the plugin.

The same ``seed`` gives the same interviews. Cases that must work everywhere are not left to chance: of every
twenty visits one meets a refusal, one meets no person, two are broken off with their answers kept, and three
leave out the sensitive questions.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.remarks import Remark, error_remark, warning_remark
from survey_tui.authoring.respondent import AnswerHints, InterviewSetting, InterviewWalk, Respondent
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.views import InterviewFinding
from survey_tui.plugins.response_checks import plugin_adviser

INTERVIEWS = 1_000
_ROUND = 20  # visits
_REFUSES, _NOBODY = 0, 1  # those of a round in which …
_BREAKS_OFF = frozenset({2, 12})
_NOT_SENSITIVE = frozenset({3, 4, 5})
_FIRST_SCREENS = (15, 90)  # a break-off comes after so many
_ALWAYS = 0.8  # share of interviews; the rest did not answer what is compared
_ENOUGH = 20  # interviews from which "always" means something


class SimulationResult:
    """``asked`` counts the interviews in which each question of the plugin was shown, in the order of the
    form; the other counters hold, by question, the interviews in which something went wrong."""

    def __init__(self) -> None:
        self.interviews = 0
        self.reached = 0
        self.endless = 0
        self.asked: dict[str, int] = {}
        self.stuck: Counter[str] = Counter()
        self.unconsented: Counter[str] = Counter()
        self.insensitive: Counter[str] = Counter()
        self.childish: Counter[str] = Counter()
        self.blocking: Counter[str] = Counter()
        self.blocking_unfinished: Counter[str] = Counter()
        self.failing: dict[str, str] = {}
        self.advice: Counter[str] = Counter()

    def remarks(self) -> Iterator[Remark]:
        """Remarks on the plugin that follow from these interviews."""
        for name, count in self.asked.items():
            if not count:
                yield warning_remark("never_asked", name, interviews=self.interviews)
        for code, counter in (
            ("stuck", self.stuck),
            ("no_consent", self.unconsented),
            ("no_sensitive_consent", self.insensitive),
            ("no_adult", self.childish),
            ("blocks", self.blocking),
            ("blocks_unfinished", self.blocking_unfinished),
        ):
            for name, count in counter.items():
                yield error_remark(code, name, count=count, interviews=self.interviews)
        for name, reason in self.failing.items():
            yield error_remark("failing", name, reason=reason)
        if self.endless:
            yield error_remark("endless", count=self.endless)
        for message, count in self.advice.items():
            if count >= _ALWAYS * self.reached and count >= _ENOUGH:
                yield warning_remark("always_said", message=message, count=count)


def simulate_interviews(
    workshop: Workshop,
    interviews: int = INTERVIEWS,
    *,
    seed: int = 2026,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """Conduct the interviews, spread over the forms. ``progress`` gets (conducted, total)."""
    tally = SimulationResult()
    places = workshop.places()
    for place, (survey, commune) in enumerate(places):
        form = workshop.form(survey, commune)
        one = _FormSimulation(workshop, form, commune, tally)
        one.forms = len(places)
        for number in range(place, interviews, len(places)):
            one.run(number, seed * 1_000_003 + number)
            if progress is not None:
                progress(tally.interviews, interviews)
    return tally


def _consent_kind(kind: int) -> dict[str, str]:
    """The answer to questions of consent in a visit of this kind."""
    main = {_REFUSES: "0", _NOBODY: ""}.get(kind, "1")
    return {"consent_main": main, "consent_sens": "0" if kind in _NOT_SENSITIVE else "1"}


class _FormSimulation:
    """Interviews on one form, ``forms`` of which share the numbers of visits."""

    def __init__(self, workshop: Workshop, form: CompiledForm, commune: str, tally: SimulationResult) -> None:
        self.forms = 1
        self._form = form
        self._commune = commune
        self._tally = tally
        self._hints = AnswerHints(form)
        self._own = workshop.own_names(form)
        for name in self._own:
            tally.asked.setdefault(name, 0)
        items = [item for item in form.items.values() if item.question is not None]
        self._sensitive = {i.name for i in items if i.question is not None and i.question.sensitive}
        self._names = {item.name for item in items}
        self._advise = plugin_adviser(workshop.plugins)

    def run(self, number: int, seed: int) -> None:
        """Conduct the visit of this number."""
        chance = random.Random(seed)
        setting = InterviewSetting(commune=self._commune, seed=seed)
        kind = number // self.forms % _ROUND
        walk = InterviewWalk(self._form, Respondent(self._hints, chance), setting, _consent_kind(kind))
        if "result" in self._names and kind in _BREAKS_OFF:
            finished = walk.go(screens=chance.randint(*_FIRST_SCREENS))
            if not finished and walk.answers.get("consent_main") == "1":
                self._break_off(walk)
                self._tally.interviews += 1
                return
        walk.go()
        self._tally.interviews += 1
        self._count(walk)

    def _break_off(self, walk: InterviewWalk) -> None:
        path = next(path for path, node in self._form.by_path.items() if node.name == "result")
        walk.session.answer(path, "part", walk.at())
        if not walk.finish():
            self._tally.blocking_unfinished.update(set(self._own_findings(walk.unanswered)))

    def _count(self, walk: InterviewWalk) -> None:
        tally = self._tally
        shown = [name for name in self._own if walk.asked[name]]
        for name in shown:
            tally.asked[name] += 1
        tally.stuck.update(walk.stuck & set(self._own))
        tally.endless += walk.endless
        if shown:
            self._judge(walk, shown)
        review = walk.session.review(walk.at())
        for finding in review.findings:
            name = finding.path.rpartition("/")[2]
            if finding.kind == "failure" and name in self._own:
                tally.failing.setdefault(name, finding.message)
        if shown:
            tally.reached += 1
            tally.advice.update(finding.message for finding in self._advise(walk.session))
        if not walk.finish():
            tally.blocking.update(set(self._own_findings(walk.unanswered)))

    def _judge(self, walk: InterviewWalk, shown: list[str]) -> None:
        """Count questions asked without consent or without an adult."""
        if "consent_main" in self._names and walk.answers.get("consent_main") != "1":
            self._tally.unconsented.update(shown)
        elif "sel_line" in self._names and not walk.asked["sel_line"]:
            self._tally.childish.update(shown)
        if "consent_sens" in self._names and walk.answers.get("consent_sens") != "1":
            self._tally.insensitive.update(name for name in shown if name in self._sensitive)

    def _own_findings(self, findings: tuple[InterviewFinding, ...]) -> Iterator[str]:
        names = (finding.path.rpartition("/")[2] for finding in findings)
        return (name for name in names if name in self._own)
