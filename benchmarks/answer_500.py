"""An answer in a form of 500 questions against the same expressions written by hand as Python closures.

The answer to ``age`` decides the relevance of 498 questions, so that both sides evaluate 498 expressions and
keep their results. A second, reported figure has one dependent only: what an ordinary answer costs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import cycle

from benchmarks.figures import Figure, interleaved, seconds
from survey_tui.forms.xlsform import from_xlsform_rows
from survey_tui.forms.compiled import compile_form
from survey_tui.interview.events import Started, stamp
from survey_tui.interview.session import Session

REPEATS = 60
QUESTIONS = 498
NOW = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def measure() -> list[Figure]:
    closures = _closures()
    results = [False] * QUESTIONS
    values = {"age": 40.0, "devices": "smartphone tv"}

    def by_hand() -> None:
        for number, closure in enumerate(closures):
            results[number] = closure(values)

    figures = []
    for name, dependents, aim in (("498 dependents", QUESTIONS, 5.0), ("1 dependent", 1, None)):
        session = _session(dependents)
        answers = cycle(("40", "5"))
        ours, baseline = interleaved(
            lambda: seconds(lambda: session.answer("age", next(answers), NOW)),  # noqa: B023  used before it
            changes lambda: seconds(by_hand), REPEATS,
        )
        name = f"answer in a 500-question form, {name}"
        figures.append(Figure(name, ours * 1e3, baseline * 1e3, "ms", "498 closures by hand", aim))
    return figures


def _session(dependents: int) -> Session:
    rows: list[dict[str, object]] = [
        {"type": "integer", "name": "age", "label": "Age"},
        {"type": "select_multiple devices", "name": "devices", "label": "Devices"},
    ]
    for number in range(QUESTIONS):
        relevant = f"${{age}} >= {number % 90} and selected(${{devices}}, 'smartphone')"
        row: dict[str, object] = {"type": "text", "name": f"q{number}", "label": f"Question {number}"}
        rows.append(row | ({"relevant": relevant} if number < dependents else {}))
    choices: list[dict[str, object]] = [
        {"list_name": "devices", "name": name, "label": name} for name in ("smartphone", "tv")
    ]
    form = from_xlsform_rows(rows, choices, {"form_id": "bench"})
    session = Session(compile_form(form), Started(stamp(NOW), response_id="bench", form_id="bench"))
    session.answer("devices", "smartphone tv", NOW)
    return session


def _closures() -> list[Callable[[dict[str, float | str]], bool]]:
    def one(limit: int) -> Callable[[dict[str, float | str]], bool]:
        return lambda values: values["age"] >= limit and "smartphone" in values["devices"].split()  # type:
        ignore[operator,union-attr]

    return [one(number % 90) for number in range(QUESTIONS)]
