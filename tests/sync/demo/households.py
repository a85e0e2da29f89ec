"""Synthetic households: they answer whatever the national instrument asks, by the dice of a seed."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator

from survey_tui.fieldwork.interviews import InterviewService, Visit
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.session import Session
from survey_tui.interview.views import QuestionView
from survey_tui.store import ResponseStore

_RELATIONS = ("head", "spouse", "child", "child", "parent", "parent")
_AGES = ("45", "43", "19", "12", "70", "72")
_SEXES = ("m", "f", "f", "m", "f", "m")
_ATTEMPTS = 6
_SCREENS = 1000  # more than any interview has


class _Household:
    """One family and the answers that it gives."""

    def __init__(self, session: Session, chance: random.Random, clock: Iterator[dt.datetime]) -> None:
        self._session = session
        self._chance = chance
        self._clock = clock
        self._size = chance.randint(2, len(_AGES))

    def be_asked(self) -> None:
        """Screen by screen to the end."""
        for _ in range(_SCREENS):
            stop = self._session.step
            if stop.kind == "end":
                return
            for path in self._session.screen(stop.path):
                view = self._session.question(path)
                if view.type != "note" and not view.text:
                    self._reply(view)
            self._session.next(next(self._clock))
        raise AssertionError("the interview does not end")

    def _reply(self, view: QuestionView) -> None:
        for text in self._thoughts(view):
            if self._session.answer(view.path, text, next(self._clock)).accepted:
                break
        if self._session.question(view.path).warning:
            self._session.confirm_warning(view.path, next(self._clock))

    def _thoughts(self, view: QuestionView) -> Iterator[str]:
        """What comes to mind, one after the other; the last one always goes."""
        known = self._known(view)
        if known:
            yield known
            return
        names = [choice.name for choice in view.choices]
        for _ in range(_ATTEMPTS if names and "consent" not in view.name and view.name != "result" else 0):
            if view.type == "select_multiple":
                yield " ".join(self._chance.sample(names, self._chance.randint(1, min(3, len(names)))))
            else:
                yield self._chance.choice(names)
        yield names[0] if names else "1" if view.type in {"integer", "decimal"} else "có"

    def _known(self, view: QuestionView) -> str:
        """What the family knows about itself."""
        found = re.search(r"\[(\d+)\]", view.path)
        line = int(found[1]) - 1 if found else 0
        if view.name == "hh_size":
            return str(self._size)
        if view.name == "sel_line":
            drawn = re.search(r"dòng (\d+)", view.label)
            return drawn[1] if drawn else "1"
        facts = {"p_rel": _RELATIONS, "p_age": _AGES, "p_sex": _SEXES}.get(view.name)
        if facts:
            return facts[line]
        selected = {"age": _AGES, "sex": _SEXES}.get(view.name)
        return selected[int(self._session.question("r/sel_line").text) - 1] if selected else ""


def interview(store: ResponseStore, form: CompiledForm, visit: Visit, device: str, seed: int) -> str:
    """One interview at one door, stored as a surveyor's is; the outcome's code."""
    begun = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    begun += dt.timedelta(minutes=40 * (seed % 12))
    clock = (begun + dt.timedelta(seconds=9 * step) for step in range(10**6))
    fieldwork = InterviewService(store, device, clock.__next__)
    session = fieldwork.begin(form, visit, "vi")
    _Household(session, random.Random(seed), clock).be_asked()
    session.record_outcome("done", "", next(clock))
    fieldwork.finalise(session)
    return "done"
