"""Module paths of version 0.1.0 that plugins and their tests import: they work, and name the new path."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Literal

import pytest

from survey_tui.plugins.offers import Baseline
from tests.support.plugins import Point, load

FORMER = {
    "survey_tui.plugins.comparing": "survey_tui.plugins.baselines",
    "survey_tui.plugins.kit.interview": "survey_tui.authoring.scripted_interview",
    "survey_tui.plugins.kit.project": "survey_tui.authoring.project",
}

PLUGIN = """
from survey_tui.plugins import hookimpl
from survey_tui.plugins.comparing import compared
from survey_tui.plugins.offers import Baseline

@hookimpl
def official_baselines():
    from survey_tui.plugins.kit.project import open_project
    return [Baseline(id="a", label={"vi": "A"}, value="1")]
"""


@pytest.fixture(autouse=True)
def _not_imported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in FORMER:
        parent, _, name = path.rpartition(".")
        monkeypatch.delitem(sys.modules, path, raising=False)
        if parent in sys.modules:
            monkeypatch.delattr(sys.modules[parent], name, raising=False)


@pytest.mark.parametrize(("former", "present"), FORMER.items())
def test_a_former_path_gives_the_same_names_and_says_the_new_path(former: str, present: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"{former} is now {present}") as caught:
        module = import_module(former)
    assert len(caught) == 1
    assert module.__all__
    for name in module.__all__:
        assert getattr(module, name) is getattr(import_module(present), name)


@pytest.mark.parametrize("action", ["default", "always", "error"])
def test_a_plugin_of_0_1_0_with_former_paths_works_without_a_failure(
    home: Path, point: Point, action: Literal["default", "always", "error"]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter(action, DeprecationWarning)
        plugins = load(home, [point("older", PLUGIN)])
        figures: list[tuple[str, Baseline]] = list(plugins.hook_items("official_baselines"))
    assert [(name, each.id) for name, each in figures] == [("older", "a")]
    assert plugins.failures == []
