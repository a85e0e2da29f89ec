"""pytest fixtures for authors; pytest loads this module wherever survey-tui is installed.

``interview(…)`` gives an :class:`~survey_tui.authoring.scripted_interview.Interview` on the plugin whose
folder holds the test; ``plugin_path`` is that folder and can be overridden::

    def test_what_the_team_showed_is_asked_only_of_those_it_reached(interview):
        interview().answer(cm_team="no").expect(not_asked=["cm_inst"])
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from survey_tui.authoring.project import Workshop
    from survey_tui.authoring.scripted_interview import Interview


@pytest.fixture(scope="module")
def plugin_path(request: pytest.FixtureRequest) -> Path:
    """The nearest folder above the test that holds ``plugin.toml`` or ``pyproject.toml``."""
    for folder in Path(request.path).parents:
        if (folder / "plugin.toml").is_file() or (folder / "pyproject.toml").is_file():
            return folder
    raise pytest.UsageError("no plugin.toml or pyproject.toml above this test: override plugin_path")


@pytest.fixture(scope="module")
def workshop(plugin_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The national surveys with this plugin alone, in a home of its own."""
    from survey_tui.authoring.project import Workshop, open_project

    return Workshop(open_project(plugin_path), tmp_path_factory.mktemp("home"))


@pytest.fixture
def interview(workshop: Workshop) -> Callable[..., Interview]:
    """``interview(survey="", commune="", language="vi", surveyor="AB001", seed=1)``."""
    from survey_tui.authoring.respondent import InterviewSetting
    from survey_tui.authoring.scripted_interview import Interview

    def begin(survey: str = "", **setting: Any) -> Interview:
        return Interview(workshop, survey, InterviewSetting(**setting))

    return begin
