"""Screens of plugins: Home lists them under ^P, Esc closes them, and one that raises is closed and named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from survey_tui.console.command_context import CommandContext
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.plugin_screens import PluginScreensScreen
from tests.plugins.conftest import install, site

__all__ = ["install", "site"]  # fixtures

Look = Callable[[SurveyApp], str]

SOURCE = """
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import PluginScreen

class Figures(Screen):
    AUTO_FOCUS = ""
    BINDINGS = [("x", "crash", ""), ("c", "leave", ""), ("d", "dismiss", ""), ("n", "next", "")]

    def __init__(self, call, broken=""):
        super().__init__()
        self.call = call
        self.broken = broken

    def compose(self) -> ComposeResult:
        if self.broken == "compose":
            raise RuntimeError("no figures")
        yield Static(f"42 households {self.call.language}")
        yield Input(id="field")

    def on_mount(self):
        if self.broken == "mount":
            raise RuntimeError("no figures")
        if self.broken == "timer":
            self.set_timer(0.01, self.action_crash)

    def on_input_changed(self, event):
        if event.value == "z":
            raise RuntimeError("no z")

    def action_crash(self):
        raise RuntimeError("no figures")

    def action_leave(self):
        self.call.close()

    def action_next(self):
        self.app.push_screen(Figures(self.call))

def broken(how):
    return lambda call: Figures(call, how)

def refuse(call):
    raise ValueError("nothing to show")

@hookimpl
def screens():
    def screen(name, open, key=""):
        title = {"vi": f"Số {name}", "en": f"Figures {name}"}
        return PluginScreen(name=name, title=title, open=open, key=key)

    return [screen("sound", Figures, "s"), screen("composing", broken("compose"), "o"),
            screen("mounting", broken("mount"), "m"), screen("timing", broken("timer"), "t"),
            screen("refusing", refuse, "r"), screen("text", lambda call: "text", "e"),
            screen("same_key", Figures, "s")]
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandContext]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    program = CommandContext({"SURVEY_TUI_HOME": str(tmp_path / "home"), "SURVEY_TUI_LANGUAGE": "en"})
    program.language_option = "en"
    yield program
    program.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def app(program: CommandContext, install: Callable[..., None]) -> SurveyApp:
    install("figures", SOURCE, "screens")
    return SurveyApp(context_of(program))


def context_of(program: CommandContext) -> ScreenContext:
    from survey_tui.application.settings import Settings

    return ScreenContext(
        program.home,
        program.catalogue,
        program.places,
        program.store(),
        Settings(device="test", language="en"),
        plugin_failures=program.plugin_failures,
        plugins=lambda: program.plugins,
    )


@pytest.mark.slow
async def test_home_offers_the_list_only_where_a_plugin_has_screens(
    program: CommandContext, look: Look, install: Callable[..., None]
) -> None:
    install("other", SOURCE, "commands")
    app = SurveyApp(context_of(program))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "^P" not in look(app)
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, HomeScreen)


@pytest.mark.slow
@pytest.mark.slow
async def test_a_screen_is_listed_opened_and_closed(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        assert "^P plugin screens" in look(app)
        assert "put_figures" not in sys.modules  # imported when the list is opened
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, PluginScreensScreen)
        text = look(app)
        assert "s  Figures sound (figures)" in text
        assert "   Figures same_key (figures)" in text  # the letter is another one's
        for leave in ("escape", "ctrl+q", "ctrl+c", "c", "d"):
            await pilot.press("s")
            await pilot.pause()
            assert type(app.screen).__name__ == "Figures", leave
            assert "42 households en" in look(app)
            await pilot.press(leave)
            await pilot.pause()
            assert isinstance(app.screen, PluginScreensScreen), leave
        await pilot.press("s", "n", "n", "escape")
        await pilot.pause()
        assert isinstance(app.screen, PluginScreensScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)
        await pilot.press("ctrl+n")
        assert not isinstance(app.screen, HomeScreen)
    assert app.failure is None


@pytest.mark.slow
async def test_widgets_of_a_screen_get_keys_and_text(app: SurveyApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", "s", "tab", "a", "b")
        await pilot.pause()
        assert app.screen.query_one("#field").value == "ab"  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (["o"], "composing: RuntimeError: no figures"),
        (["m"], "mounting: RuntimeError: no figures"),
        (["t"], "timing: RuntimeError: no figures"),
        (["s", "x"], "sound: RuntimeError: no figures"),
        (["s", "n", "x"], "sound: RuntimeError: no figures"),
        (["s", "tab", "z"], "sound: RuntimeError: no z"),
        (["r"], "refusing: ValueError: nothing to show"),
        (["e"], "text: TypeError: str is no textual.screen.Screen"),
    ],
)
async def test_a_screen_that_raises_is_closed_and_its_plugin_named(
    app: SurveyApp, program: CommandContext, look: Look, keys: list[str], reason: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *keys)
        for _ in range(100):
            await pilot.pause(0.02)
            if program.plugins.failures:
                break
        await pilot.pause()
        assert isinstance(app.screen, PluginScreensScreen)
        (failure,) = program.plugins.failures
        assert failure.details["plugin"] == "figures"
        assert reason in str(failure.details["reason"])
        assert "figures" in look(app)
        assert app.context.failing_plugins  # Home asks whether to switch it off
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)
        await pilot.press("ctrl+p", "s")
        await pilot.pause()
        assert "42 households" in look(app)
    assert app.failure is None


@pytest.mark.slow
async def test_a_plugin_whose_screens_cannot_be_listed_is_named(
    program: CommandContext, install: Callable[..., None], look: Look
) -> None:
    install("figures", "raise RuntimeError('no')", "screens")
    app = SurveyApp(context_of(program))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        text = look(app)
        assert "No plugin has a screen." in text
        assert "Plugin figures" in text
