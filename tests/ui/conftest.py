"""Fixtures: a small survey, screens on a real store, and a real terminal."""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # before textual is imported, as the program does it

from survey_tui.application.settings import Settings
from survey_tui.console.command_context import CommandContext
from survey_tui.forms.catalogue import Catalogue
from survey_tui.places import Places
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from tests.support.study import COMMUNE, Study
from tests.support.terminal import Terminal

HERE = Path(__file__).parent


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = Study(tmp_path)
    study.add("small", (HERE / "small.toml").read_text(encoding="utf-8"))
    return study


@pytest.fixture
def clock() -> Callable[[], dt.datetime]:
    start = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    ticks = iter(range(10**6))
    return lambda: start + dt.timedelta(seconds=next(ticks))


@pytest.fixture
def context(study: Study, clock: Callable[[], dt.datetime]) -> Iterator[ScreenContext]:
    with study.store() as store:
        settings = Settings(surveyor="CM001", commune=COMMUNE, device="test")
        yield ScreenContext(study.home, Catalogue([study.forms]), Places(), store, settings, clock)


@pytest.fixture
def open_context() -> Callable[[CommandContext], ScreenContext]:
    """A screen context on the parts of the whole program."""

    def begin(program: CommandContext) -> ScreenContext:
        parts = (program.home, program.catalogue, program.places, program.store())
        return ScreenContext(*parts, Settings(device="test"), plugin_failures=program.plugin_failures)

    return begin


@pytest.fixture
def app(context: ScreenContext) -> SurveyApp:
    app = SurveyApp(context)
    app._erase = "\x08"  # what Textual's pilot sends for the Backspace key
    return app


def shown(app: SurveyApp) -> str:
    """What the terminal would show."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


@pytest.fixture
def look() -> Callable[[SurveyApp], str]:
    return shown


@pytest.fixture
def full_disk(study: Study) -> Callable[[], AbstractContextManager[None]]:
    """While it lasts, files of this process cannot grow beyond the journal."""

    @contextmanager
    def full() -> Iterator[None]:
        size = max(path.stat().st_size for path in study.home.rglob("*.journal"))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return full


@pytest.fixture
def terminal(study: Study) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, columns: int = 80, lines: int = 24, real: bool = False) -> Terminal:
        """``real``: the command as it is shipped, with the national instrument."""
        shipped = ["-m", "survey_tui", "--home", str(study.home)]
        command = shipped if real else [str(HERE / "program.py"), str(study.home), str(study.forms)]
        opened.append(Terminal([*command, *arguments], columns, lines))
        return opened[-1]

    yield open_terminal
    for found in opened:
        found.close()


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    subprocess.run([sys.executable, "-m", "compileall", "-q", "survey_tui"], cwd=HERE.parents[1], check=False)
