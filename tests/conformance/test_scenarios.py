"""Whole forms, step by step, as JavaRosa 5.1 (the engine of ODK Collect) ran them.

``SURVEY_ORACLE_DIR`` names another directory with a ``scenarios.jsonl`` to run instead of the one kept here.
"""

from __future__ import annotations

from typing import Any

import pytest

from survey_tui.errors import ExpressionError, FormError

from .cases import cases, deviations
from .scenario_runner import ScenarioRunner

CASES = cases("scenarios")
DEVIATIONS = deviations("scenarios")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_scenario(case: dict[str, Any]) -> None:
    if "error" in case or "error" in case["start"]:
        with pytest.raises((FormError, ExpressionError)):
            ScenarioRunner(case)
        return
    differences = ScenarioRunner(case).run()
    if case["id"] in DEVIATIONS:
        assert differences, f"{case['id']} is listed as a deviation but agrees: take it off the list"
        pytest.xfail(DEVIATIONS[case["id"]])
    assert not differences, "\n".join([case["title"], *differences])
