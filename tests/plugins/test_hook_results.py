"""A hook's result is what the return annotation of its specification says, and nothing else."""

from __future__ import annotations

import types
from pathlib import Path
from typing import get_origin

import pytest

import survey_tui.plugins.offers as offers
from survey_tui.plugins.hook_results import MAX_ITEMS, _result_type, check_result
from survey_tui.plugins.hooks import Specification
from survey_tui.plugins.offers import Baseline, Command, QualityFinding

HOOKS = [name for name, each in vars(Specification).items() if isinstance(each, types.FunctionType)]
FINDING = QualityFinding(check="a", severity="note", message={"vi": "A"})


def baseline(identity: str) -> Baseline:
    return Baseline(id=identity, label={"vi": "A"}, value="1")


def command(name: str) -> Command:
    return Command(name=name, help={"vi": "A"}, run=lambda _: 0)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_annotation_describes_a_result(hook: str) -> None:
    expected = _result_type(hook)
    if hook == "expression_functions":
        assert expected.container is not list
    elif hook == "questionnaires":
        assert (expected.container, expected.item) == (list, Path)
    else:
        assert expected.container is list
        assert getattr(offers, expected.item.__name__) is expected.item
        assert check_result(hook, []) == []
    assert get_origin(expected.item) is None


def test_the_number_of_items_is_that_of_the_annotation() -> None:
    assert len(check_result("check_response", [FINDING] * 100)) == 100
    with pytest.raises(ValueError, match="101 entries: at most 100"):
        check_result("check_response", [FINDING] * 101)
    many = [baseline(f"b{number}") for number in range(MAX_ITEMS + 1)]
    assert len(check_result("official_baselines", many[1:])) == MAX_ITEMS
    with pytest.raises(ValueError, match=f"{MAX_ITEMS + 1} entries"):
        check_result("official_baselines", many)


@pytest.mark.parametrize(
    ("hook", "items"),
    [("official_baselines", [baseline("a"), baseline("b"), baseline("a")]), ("commands", [command("a")] * 2)],
)
def test_a_name_stands_once_in_a_result(hook: str, items: list[object]) -> None:
    with pytest.raises(ValueError, match="twice the same name: a"):
        check_result(hook, items)


def test_findings_have_no_name_of_their_own() -> None:
    assert check_result("check_response", [FINDING, FINDING]) == [FINDING, FINDING]


@pytest.mark.parametrize("value", [{"a": 1}, "text", [FINDING], None, iter([])])
def test_what_is_no_list_of_the_annotated_type_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"commands\(\)"):
        check_result("commands", value)
