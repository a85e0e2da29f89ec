"""A plugin that fails is reported with a question; one key on Home and a yes switch it off at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from survey_tui.console.command_context import CommandContext
from survey_tui.fieldwork.interviews import Visit
from survey_tui.plugins.archives import write_folder
from survey_tui.plugins.plugin_state import load_state
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.plugin_failure import PluginFailureScreen
from tests.sync.client.office import plugin


@pytest.fixture
def program(tmp_path: Path) -> Iterator[CommandContext]:
    """A home with a sound plugin and one whose question has a fault."""
    home = tmp_path / "home"
    for name, kind in (("broken", "integr"), ("sound", "integer")):
        folder = home / "plugins" / name
        folder.mkdir(parents=True)
        write_folder(plugin(name, "1.0", kind), folder)
    program = CommandContext({"SURVEY_TUI_HOME": str(home), "SURVEY_TUI_LANGUAGE": "vi"})
    yield program
    program.close()


def interview(context: ScreenContext) -> list[str]:
    """Names of the modules of a new interview."""
    session = context.begin("xa_hoi_so", Visit(commune="32062", area="32062-01", household="7"))
    return [stamp.name for stamp in session.form.form.modules]


@pytest.mark.slow
async def test_a_key_on_home_and_a_yes_switch_it_off(
    program: CommandContext,
    open_context: Callable[[CommandContext], ScreenContext],
    look: Callable[[SurveyApp], str],
) -> None:
    context = open_context(program)
    assert {"sound", "broken"} & set(interview(context)) == {"sound"}
    assert "Plugin broken" in context.problem
    assert "tắt plugin này?" in context.problem
    shown = context.problem
    interview(context)
    assert context.problem == shown  # once
    app = SurveyApp(context)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "^T tắt plugin" in look(app)
        await pilot.press("down")
        assert "tắt plugin này? Nhấn ^T" in look(app)
        await pilot.press("ctrl+t")
        assert isinstance(app.screen, PluginFailureScreen)
        text = look(app)
        assert "Tắt plugin broken?" in text
        assert "--safe-mode" in text
        assert "integr" in text
        await pilot.press("ctrl+l")
        text = look(app)
        assert "Disable plugin broken?" in text
        assert "y yes, disable" in text
        await pilot.press("ctrl+l", "c")
        assert isinstance(app.screen, HomeScreen)
        assert "Đã tắt plugin broken" in look(app)
        assert "^T" not in look(app)
    assert load_state(program.home).off == {"broken": "user"}
    failures = len(program.plugins.failures)
    assert "sound" in interview(context)
    assert len(program.plugins.failures) == failures
    assert program.plugins.names.count("broken") == 0


@pytest.mark.slow
async def test_a_no_leaves_it_on_and_is_not_asked_again(
    program: CommandContext,
    open_context: Callable[[CommandContext], ScreenContext],
    look: Callable[[SurveyApp], str],
) -> None:
    context = open_context(program)
    interview(context)
    app = SurveyApp(context)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("ctrl+t", "k")
        assert isinstance(app.screen, HomeScreen)
        assert "^T" not in look(app)
        await pilot.press("ctrl+t")
        assert isinstance(app.screen, HomeScreen)
    assert load_state(program.home).off == {}


@pytest.mark.slow
def test_the_line_by_line_program_names_the_command(
    program: CommandContext, capsys: pytest.CaptureFixture[str]
) -> None:
    program.form("xa_hoi_so", "32062")
    program.form("xa_hoi_so", "32062")
    assert capsys.readouterr().err.count("survey-tui plugins disable broken") == 1
