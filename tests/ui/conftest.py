"""A small survey, a desk on real rooms, and a real terminal to look at."""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pexpect
import pyte
import pytest

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # before textual is imported, as the program does it

from survey_tui.application.settings import Settings, load_settings
from survey_tui.console.command_context import CommandContext
from survey_tui.forms.catalogue import Catalogue
from survey_tui.interview.session import Session
from survey_tui.places import Places
from survey_tui.store import ResponseStore
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext

HERE = Path(__file__).parent
COMMUNE = "32059"  # Khánh An, Cà Mau

SURVEY = """
id = "{name}"
version = "1"
title.vi = "Khảo sát {name}"
title.en = "Survey {name}"
languages = ["vi", "en"]
default_language = "vi"
modules = ["{name}"]
"""


class Study:
    """A home with a catalogue of its own."""

    def __init__(self, root: Path) -> None:
        self.forms = root / "forms"
        self.home = root / "home"

    def add(self, name: str, module: str) -> None:
        """A survey of one module, written as TOML."""
        for folder in ("surveys", "modules"):
            (self.forms / folder).mkdir(parents=True, exist_ok=True)
        (self.forms / "surveys" / f"{name}.toml").write_text(SURVEY.format(name=name), encoding="utf-8")
        text = f'name = "{name}"\nversion = "1"\n{module}'
        (self.forms / "modules" / f"{name}.toml").write_text(text, encoding="utf-8")

    def store(self) -> ResponseStore:
        return ResponseStore.open(self.home)

    def answers(self, response_id: str | None = None) -> dict[str, str]:
        """Path → text of every answer on the disk, of the last response or of this one."""
        with ResponseStore.open(self.home, read_only=True) as store:
            response_id = response_id or store.search()[0].id
            form = Catalogue([self.forms]).form(store.summary(response_id).form_id)
            from survey_tui.forms.compiled import compile_form

            session = Session.replay(compile_form(form), store.events(response_id))
        return {path: text for path, text in session.submission() if text is not None}


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
    """A desk on the rooms of the whole program."""

    def begin(program: CommandContext) -> ScreenContext:
        rooms = (program.home, program.catalogue, program.places, program.store())
        return ScreenContext(*rooms, Settings(device="test"), plugin_failures=program.plugin_failures)

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


class Terminal:
    """The program in a real pseudo-terminal, drawn by a terminal emulator."""

    def __init__(self, command: list[str], columns: int, lines: int) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("TEXTUAL", "SURVEY"))
            },
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": str(columns),
            "LINES": str(lines),
        }
        self.process = pexpect.spawn(
            sys.executable, command, env=environment, dimensions=(lines, columns), timeout=20
        )
        self.process.delaybeforesend = None

    def send(self, keys: str | bytes) -> None:
        self.process.send(keys)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program has written; ``False`` when it has ended."""
        try:
            self._stream.feed(self.process.read_nonblocking(65536, timeout=seconds))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def wait_for(self, *texts: str, seconds: float = 20) -> str:
        """Until all ``texts`` are on the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            alive = self.read()
            if all(text in self.text for text in texts):
                return self.text
            if not alive:
                break
        raise AssertionError(f"{texts} not on the screen:\n{self.text}")

    def wait_for_end(self, seconds: float = 20) -> int:
        """Exit status; 128 + n when killed by signal n."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read():
            pass
        while self.process.isalive():  # never wait(): it has no end when the program has none
            if time.monotonic() >= end:
                raise AssertionError(f"still running after {seconds} s:\n{self.text}")
            time.sleep(0.01)
        status: int | None = self.process.exitstatus
        return 128 + int(self.process.signalstatus) if status is None else status

    def close(self) -> None:
        with suppress(OSError):  # a test may have closed the terminal itself
            self.process.close(force=True)


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


__all__ = ["COMMUNE", "Study", "Terminal", "load_settings"]
