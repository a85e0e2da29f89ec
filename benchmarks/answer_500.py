"""An answer in a form of 500 questions, against the same expressions written as Python closures.

The answer to ``age`` decides the relevance of 498 questions, so both sides evaluate 498 expressions and keep
their results. The second figure, with one dependent question, is the time of an ordinary answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import cycle
from typing import Any

from benchmarks.figures import Figure, interleaved, seconds
from survey_tui.forms.compiled import compile_form
from survey_tui.forms.xlsform import from_xlsform_rows
from survey_tui.interview.events import Started, text_from_moment
from survey_tui.interview.session import Session

REPEATS = 60
QUESTIONS = 498
NOW = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))

Closure = Callable[[dict[str, Any]], bool]


def measure() -> list[Figure]:
    return [
        _figure("answer, 500 questions, 498 dependents", QUESTIONS, aim=5),
        _figure("answer, 500 questions, 1 dependent", 1, aim=None),
    ]


def _figure(name: str, dependents: int, aim: float | None) -> Figure:
    session = _session(dependents)
    answers, other_answers = cycle(("80", "20")), cycle(("80", "20"))
    values: dict[str, Any] = {"devices": "smartphone tv"}
    closures = _closures()
    results = [False] * QUESTIONS

    def answer() -> None:
        session.answer("age", next(answers), NOW)

    def evaluate_closures() -> None:
        values["age"] = float(next(other_answers))
        for number, closure in enumerate(closures):
            results[number] = closure(values)

    ours, baseline = interleaved(lambda: seconds(answer), lambda: seconds(evaluate_closures), REPEATS)
    return Figure(name, ours * 1e3, baseline * 1e3, "ms", "498 Python closures", aim)


def _session(dependents: int) -> Session:
    rows: list[dict[str, object]] = [
        {"type": "integer", "name": "age", "label": "Age"},
        {"type": "select_multiple devices", "name": "devices", "label": "Devices"},
    ]
    for number in range(QUESTIONS):
        row: dict[str, object] = {"type": "text", "name": f"q{number}", "label": f"Question {number}"}
        if number < dependents:
            row["relevant"] = f"${{age}} >= {number % 90} and selected(${{devices}}, 'smartphone')"
        rows.append(row)
    choices = [{"list_name": "devices", "name": name, "label": name} for name in ("smartphone", "tv")]
    form = from_xlsform_rows(rows, choices, {"form_id": "bench"})
    session = Session(
        compile_form(form), Started(text_from_moment(NOW), response_id="bench", form_id="bench")
    )
    session.answer("devices", "smartphone tv", NOW)
    return session


def _closures() -> list[Closure]:
    def closure(limit: int) -> Closure:
        return lambda values: values["age"] >= limit and "smartphone" in values["devices"].split()

    return [closure(number % 90) for number in range(QUESTIONS)]
