"""Every expression case that the reference engine answered, through the public engine."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from survey_tui.expressions import Value, text_from_value

from .cases import cases, deviations
from .expression_world import Case, Outcome, RefusedError

CASES: Sequence[Case] = cases("expressions")
DEVIATIONS = deviations("expressions")

_SHAPES = {"9": "[0-9]", "h": "[0-9a-f]", "X": "[0-9A-Z]"}


def test_deviations_are_few() -> None:
    assert len(set(DEVIATIONS) & {case["id"] for case in CASES}) <= 0.03 * len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: Case) -> None:
    if case["id"] in DEVIATIONS:
        assert problems(case), "listed as a deviation, but agrees"
    else:
        assert not problems(case)


def problems(case: Case) -> list[str]:
    """What differs from the reference, one line each."""
    found: list[str] = []
    for use, check in (
        ("", _fresh),
        ("calculate", _calculate),
        ("relevant", _relevant),
        ("constraint", _constraint),
    ):
        refused_there = f"{use}_error" in case if use else "error" in case
        if not refused_there and (use or "result_type") not in case:
            continue
        try:
            differences = check(case)
        except RefusedError as error:
            if not refused_there and not case.get("quirk"):
                found.append(f"{use or 'result'}: refused: {error}")
            continue
        if refused_there and not case.get("quirk"):
            found.append(f"{use or 'result'}: not refused")
        elif not refused_there:
            found.extend(f"{use or 'result'}: {difference}" for difference in differences)
    return found


def _fresh(case: Case) -> list[str]:
    value, text, _ = Outcome(case).fresh()
    if "error" in case:
        return []
    kind = _kind(value)
    if kind != case["result_type"]:
        return [f"{kind} {value!r} instead of {case['result_type']}"]
    if case.get("volatile"):
        return [] if _has_shape(text, case["shape"]) else [f"{text!r} has not the shape {case['shape']}"]
    found = []
    if not _same(value, case["result"]):
        found.append(f"{value!r} instead of {case['result']!r}")
    if text != case["as_string"]:
        found.append(f"as text {text!r} instead of {case['as_string']!r}")
    return found


def _calculate(case: Case) -> list[str]:
    text = Outcome(case).calculated()
    if case.get("volatile"):
        shape = case["calculate_shape"]
        return [] if text is not None and _has_shape(text, shape) else [f"{text!r} has not the shape {shape}"]
    return _difference(text, case, "calculate")


def _relevant(case: Case) -> list[str]:
    return _difference(Outcome(case).shown(), case, "relevant")


def _constraint(case: Case) -> list[str]:
    return _difference(Outcome(case).constraint(), case, "constraint")


def _difference(found: object, case: Case, key: str) -> list[str]:
    return [] if key not in case or found == case[key] else [f"{found!r} instead of {case[key]!r}"]


def _kind(value: Value) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "boolean"),
        (float, "number"),
        (str, "string"),
        (dt.date, "date"),
    )
    return next(name for kind, name in kinds if isinstance(value, kind))


def _same(value: Value, expected: Any) -> bool:
    if isinstance(value, float) and not isinstance(expected, bool):
        wanted = float(expected)
        return (
            value == wanted
            or (math.isnan(value) and math.isnan(wanted))
            or math.isclose(value, wanted, rel_tol=1e-15)
        )
    return bool((text_from_value(value) if isinstance(value, dt.date) else value) == expected)


def _has_shape(text: str, shape: str) -> bool:
    if shape == "N":
        return re.fullmatch(r"-?[0-9.]+(E-?[0-9]+)?", text) is not None
    make: Callable[[str], str] = lambda sign: _SHAPES.get(sign, re.escape(sign))  # noqa: E731
    return re.fullmatch("".join(map(make, shape)), text) is not None
