"""Somebody who answers: candidates for a question, the likeliest to be accepted first.

Nothing here knows a particular survey, but for two customs of the national instrument: questions named
``consent…`` are mostly agreed to, and a question that a repeat counts gets a small number.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Repeat
from survey_tui.interview.views import QuestionView

__all__ = ["Hints", "Respondent"]

_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_NUMBER = re.compile(r"(?<![\w.-])[0-9]{1,7}(?:\.[0-9]+)?(?![\w.-])")
_COLUMNS = ("relevant", "constraint", "warning", "calculation", "choice_filter", "required")
_TEXTS = ("Ghi chú", "abc", "ABC", "AB123", "0901", "12345", "2026", "a@b.vn", "1")
_CONSENT = 0.9  # of the random respondents say yes
_TRIES = 12


class Hints:
    """What the expressions of a form give away about good answers."""

    def __init__(self, form: CompiledForm) -> None:
        self._form = form

    @cached_property
    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """Question → the whole numbers beside it in expressions, with their neighbours."""
        found: dict[str, set[int]] = {}
        for item in self._form.items.values():
            for column in _COLUMNS:
                text: str = getattr(item.item, column, "")
                if not isinstance(text, str) or not text:
                    continue
                near = {each for literal in _NUMBER.findall(text) for each in _around(int(float(literal)))}
                for name in {item.name, *_REFERENCE.findall(text)}:
                    found.setdefault(name, set()).update(near)
        return {name: tuple(sorted(numbers)) for name, numbers in found.items()}

    @cached_property
    def counts(self) -> frozenset[str]:
        """Questions that say how often a repeat is asked."""
        repeats = (item.item for item in self._form.items.values() if isinstance(item.item, Repeat))
        return frozenset(name for each in repeats for name in _REFERENCE.findall(each.repeat_count))


def _around(number: int) -> tuple[int, ...]:
    return tuple(each for each in (number - 1, number, number + 1) if each >= 0)


class Respondent:
    """Answers with ``chance``, or without it as plainly as possible: the first choice, the smallest number
    that passes. ``hints`` are those of the form."""

    def __init__(self, hints: Hints, chance: random.Random | None = None) -> None:
        self.hints = hints
        self.chance = chance

    def maybe(self, share: float) -> bool:
        """True for this share of random respondents, never for a plain one."""
        return self.chance is not None and self.chance.random() < share

    def tries(self, view: QuestionView) -> Iterator[str]:
        """Answers to offer one after the other, in canonical form."""
        if self.chance is not None and view.name.startswith("consent") and view.choices:
            yield "1" if self.chance.random() < _CONSENT else self.chance.choice(view.choices).name
        if view.type in ("select_one", "select_one_from_file", "select_multiple", "rank") or view.choices:
            yield from self._choices(view)
        elif view.type in ("integer", "decimal", "range"):
            yield from map(str, self._numbers(view))
        else:
            yield from _plain(view.type)

    def _choices(self, view: QuestionView) -> Iterator[str]:
        names = [choice.name for choice in view.choices]
        if view.type == "rank":
            yield " ".join(self._shuffled(names))
        elif not view.type.startswith("select_multiple") or self.chance is None:
            yield from self._shuffled(names)
        else:
            for _ in range(_TRIES):
                count = min(len(names), self.chance.choice((1, 1, 2, 2, 3, 4)))
                chosen = set(self.chance.sample(names, count))
                yield " ".join(name for name in names if name in chosen)
            yield from names

    def _shuffled(self, names: list[str]) -> list[str]:
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


def _plain(kind: str) -> Iterator[str]:
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
