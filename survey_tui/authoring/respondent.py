"""A simulated respondent, and an interview with it, screen by screen as a surveyor conducts it.

Nothing here knows a particular survey, except for two customs of the national instrument: questions named
``consent…`` are mostly agreed to, and a question that a repeat counts gets a small number.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import cast

from msgspec import Struct

from survey_tui.errors import AnswerError
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Repeat
from survey_tui.interview.events import MissingKind, Started, text_from_moment
from survey_tui.interview.session import Session
from survey_tui.interview.views import InterviewFinding, NavigationStep, QuestionView

_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_NUMBER = re.compile(r"(?<![\w.-])[0-9]{1,7}(?:\.[0-9]+)?(?![\w.-])")
_COLUMNS = ("relevant", "constraint", "warning", "calculation", "choice_filter", "required")
_TEXTS = ("Ghi chú", "abc", "ABC", "AB123", "0901", "12345", "2026", "a@b.vn", "1")
_CONSENT = 0.9  # of the random respondents say yes
_TRIES = 12


class AnswerHints:
    """Hints at good answers in the expressions of a form."""

    def __init__(self, form: CompiledForm) -> None:
        self._form = form

    @cached_property
    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """Question → whole numbers that its expressions compare it with, and their neighbours."""
        found: dict[str, set[int]] = {}
        for item in self._form.items.values():
            for column in _COLUMNS:
                text: str = getattr(item.item, column, "")
                if not isinstance(text, str) or not text:
                    continue
                near = {
                    each for literal in _NUMBER.findall(text) for each in _neighbours(int(float(literal)))
                }
                for name in {item.name, *_REFERENCE.findall(text)}:
                    found.setdefault(name, set()).update(near)
        return {name: tuple(sorted(numbers)) for name, numbers in found.items()}

    @cached_property
    def counts(self) -> frozenset[str]:
        """Questions whose answer is the number of instances of a repeat."""
        repeats = (item.item for item in self._form.items.values() if isinstance(item.item, Repeat))
        return frozenset(name for each in repeats for name in _REFERENCE.findall(each.repeat_count))


def _neighbours(number: int) -> tuple[int, ...]:
    return tuple(each for each in (number - 1, number, number + 1) if each >= 0)


class Respondent:
    """Answers at random with ``chance``, else as plainly as possible: the first choice, the smallest number
    that passes. ``hints`` are those of the form."""

    def __init__(self, hints: AnswerHints, chance: random.Random | None = None) -> None:
        self.hints = hints
        self.chance = chance

    def maybe(self, share: float) -> bool:
        """True for this share of random respondents, never for a plain one."""
        return self.chance is not None and self.chance.random() < share

    def tries(self, view: QuestionView) -> Iterator[str]:
        """Answers to try one after the other, in canonical form, the likeliest first."""
        if self.chance is not None and view.name.startswith("consent") and view.choices:
            yield "1" if self.chance.random() < _CONSENT else self.chance.choice(view.choices).name
        if view.type in ("select_one", "select_one_from_file", "select_multiple", "rank") or view.choices:
            yield from self._choices(view)
        elif view.type in ("integer", "decimal", "range"):
            yield from map(str, self._numbers(view))
        else:
            yield from _plain_answer(view.type)

    def _choices(self, view: QuestionView) -> Iterator[str]:
        names = [choice.name for choice in view.choices]
        if view.type == "rank":
            yield " ".join(self._shuffle(names))
        elif not view.type.startswith("select_multiple") or self.chance is None:
            yield from self._shuffle(names)
        else:
            for _ in range(_TRIES):
                count = min(len(names), self.chance.choice((1, 1, 2, 2, 3, 4)))
                chosen = set(self.chance.sample(names, count))
                yield " ".join(name for name in names if name in chosen)
            yield from names

    def _shuffle(self, names: list[str]) -> list[str]:
        return names if self.chance is None else self.chance.sample(names, len(names))

    def _numbers(self, view: QuestionView) -> Iterator[int]:
        hinted = self.hints.numbers.get(view.name, ())
        start = int(float(view.parameters.get("start", "0") or 0))
        if self.chance is None:
            yield from dict.fromkeys((1, 0, 2, 18, 30, start, *hinted, 5, 65, 100))
            return
        if view.name in self.hints.counts:
            yield self.chance.choice((1, 1, 2, 2, 3, 4))
        for _ in range(_TRIES):
            pool = self.chance.random()
            if pool < 0.4:
                yield self.chance.randint(0, 5)
            elif pool < 0.7 or not hinted:
                yield self.chance.randint(start, start + 90)
            else:
                yield self.chance.choice(hinted)
        yield from dict.fromkeys((*range(21), 30, start, *hinted))


def _plain_answer(kind: str) -> Iterator[str]:
    fixed = {
        "date": ("2026-11-20", "2025-06-15", "1980-01-01", "2027-01-01"),
        "time": ("08:30:00.000+07:00",),
        "dateTime": ("2026-11-20T08:30:00.000+07:00",),
        "acknowledge": ("OK",),
        "geopoint": ("9.1768 105.1524 0 0",),
        "geotrace": ("9.1 105.1 0 0; 9.2 105.2 0 0",),
        "geoshape": ("9.1 105.1 0 0; 9.2 105.2 0 0; 9.1 105.2 0 0; 9.1 105.1 0 0",),
    }
    yield from fixed.get(kind, _TEXTS)


_START = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
_SECONDS = 5
_SCREENS = 2_000  # no interview has as many; a form that never ends has
_INSTANCES = 0.4  # share of random respondents who want one more where the surveyor adds instances
_EMPTY = 0.15  # share who leave open what may stay open
_MISSING = 0.05  # share who refuse, or do not know, where that is an answer
_STUBBORN = 0.2  # share whose first accepted answer stands although a soft check doubts it


class InterviewSetting(Struct, frozen=True, kw_only=True):
    """Place, language and surveyor of an interview, and its random seed."""

    commune: str = ""
    language: str = "vi"
    surveyor: str = "AB001"
    seed: int = 1
    response_id: str = "kit"


class InterviewWalk:
    """An interview and its outcome.

    ``asked`` counts the questions shown, ``answers`` are the latest answers, both by name. ``rejected`` holds
    the reasons against scripted answers, ``stuck`` required questions that accepted no answer, ``said``
    warnings, ``unanswered`` the findings that keep the response from being finalised.
    """

    def __init__(
        self,
        form: CompiledForm,
        respondent: Respondent,
        setting: InterviewSetting,
        script: Mapping[str, str] | None = None,
    ) -> None:
        self.script = dict(script or {})
        self.respondent = respondent
        self._now = _START
        area = f"{setting.commune or '00000'}-01"
        prefill = {"enum_code": setting.surveyor, "ea_code": area, "hh_no": "1"}
        paths = {name: path for path, node in form.by_path.items() if (name := node.name) in prefill}
        self.session = Session(
            form,
            Started(
                at=text_from_moment(_START),
                response_id=setting.response_id,
                form_id=form.form.id,
                form_version=form.form.version,
                form_sha256=form.form.sha256,
                modules=form.form.modules,
                seed=setting.seed,
                commune=setting.commune,
                language=setting.language,
                prefill={path: prefill[name] for name, path in paths.items()},
            ),
        )
        self.asked: Counter[str] = Counter()
        self.answers: dict[str, str] = {path.rpartition("/")[2]: prefill[n] for n, path in paths.items()}
        self.rejected: dict[str, str] = {}
        self.said: dict[str, str] = {}
        self.stuck: set[str] = set()
        self.unanswered: tuple[InterviewFinding, ...] = ()
        self.endless = False

    def at(self) -> dt.datetime:
        """The time, which goes on with every call."""
        self._now += dt.timedelta(seconds=_SECONDS)
        return self._now

    def go(self, until: str = "", screens: int = _SCREENS) -> bool:
        """Go on to the end, to the question ``until`` (before it is answered), or for ``screens`` screens;
        whether it got there."""
        for _ in range(screens):
            stop = self.session.step
            if stop.kind == "end":
                return True
            if until and any(_question_name(path) == until for path in self._screen(stop)):
                return True
            self.step(stop)
        self.endless = screens == _SCREENS
        return False

    def step(self, stop: NavigationStep) -> None:
        """Answer one screen and turn the page."""
        if stop.kind == "add":
            if self.respondent.maybe(_INSTANCES) or not self.session.group(stop.path).instances:
                self.session.jump(self.session.add_instance(stop.path, self.at()), self.at())
                return
        else:
            done: set[str] = set()
            while open_paths := [path for path in self._screen(stop) if path not in done]:
                done.add(open_paths[0])
                self._ask(self.session.question(open_paths[0]))
        self.session.next(self.at())

    def finish(self) -> bool:
        """Whether the response can be finalised; ``unanswered`` is filled if not."""
        try:
            self.session.finalise(self.at())
        except AnswerError as error:
            found = error.details.get("findings", ())
            self.unanswered = cast("tuple[InterviewFinding, ...]", found) if isinstance(found, tuple) else ()
            return False
        return True

    def _screen(self, stop: NavigationStep) -> tuple[str, ...]:
        return self.session.screen(stop.path) if stop.kind == "question" else ()

    # --- answers
    def _ask(self, view: QuestionView) -> None:
        self.asked[view.name] += 1
        if view.type == "note" or view.read_only:
            return
        if view.name in self.script:
            self._answer_as_written(view, self.script[view.name])
        elif not view.text:
            self._answer(view)

    def _answer_as_written(self, view: QuestionView, text: str) -> None:
        """Give the scripted answer; answers of instances are separated by ``|``."""
        answers = text.split("|")
        answer = answers[min(self.asked[view.name], len(answers)) - 1].strip()
        if answer in view.allow:
            self.session.set_missing(view.path, cast("MissingKind", answer), self.at())
            self.answers.pop(view.name, None)
        elif answer:
            self._offer(view, answer, scripted=True)
        elif view.text:
            self.session.clear(view.path, self.at())

    def _answer(self, view: QuestionView) -> None:
        if view.allow and self.respondent.maybe(_MISSING):
            self.session.set_missing(view.path, cast("MissingKind", view.allow[-1]), self.at())
            return
        if not view.required and self.respondent.maybe(_EMPTY):
            return
        doubted = ""
        for text in self.respondent.tries(view):
            doubt = self._offer(view, text)
            if doubt == "" or (doubt and self.respondent.maybe(_STUBBORN)):
                return
            if doubt and not doubted:
                doubted = text
        if doubted:
            self._offer(view, doubted)
        elif view.allow:
            self.session.set_missing(view.path, cast("MissingKind", view.allow[-1]), self.at())
        elif view.required:
            self.stuck.add(view.name)

    def _offer(self, view: QuestionView, text: str, *, scripted: bool = False) -> str | None:
        """Give an answer: ``None`` if it was refused, else the warning (``""``: none)."""
        try:
            outcome = self.session.answer(view.path, text, self.at())
        except AnswerError as error:
            self._reject(view.name, str(error), scripted)
            return None
        if not outcome.accepted:
            self._reject(view.name, " ".join(each.message for each in outcome.findings), scripted)
            return None
        self.answers[view.name] = text
        doubt = next((each.message for each in outcome.findings if each.kind == "warning"), "")
        self.said.pop(view.name, None)
        if doubt:
            self.said[view.name] = doubt
            self.session.confirm_warning(view.path, self.at())
        return doubt

    def _reject(self, name: str, reason: str, scripted: bool) -> None:
        if scripted:
            self.rejected[name] = reason


def _question_name(path: str) -> str:
    return path.rpartition("/")[2]
