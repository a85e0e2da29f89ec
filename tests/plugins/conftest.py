"""Plugins written to the disk as their authors would, and interviews on the national instrument with them."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from survey_tui.cli.root import root
from survey_tui.console.run import run
from survey_tui.interview.events import Started, stamp
from survey_tui.interview.session import Session
from survey_tui.places import Places
from survey_tui.plugins import Plugins
from survey_tui.plugins.metadata import EntryPoint, installed
from survey_tui.plugins.response_checks import adviser
from survey_tui.plugins.survey_catalogue import Surveys

CA_MAU = "32062"
"""A commune of legacy Cà Mau."""

BAC_LIEU = "31834"
"""A commune of the same province of today that was in Bạc Liêu."""

START = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))

MANIFEST = """
name = "{name}"
version = "1.0"
requires_api = 1
title.vi = "Phần riêng {name}"
title.en = "Own part {name}"

[area]
communes = ["{commune}"]

[[addition]]
module = "{name}"
after = "b"
"""

MODULE = """
name = "{name}"
version = "1.0"

[[question]]
type = "begin_group"
name = "{name}"
label.vi = "Phần {name}"
label.en = "Part {name}"

[[question]]
type = "integer"
name = "{name}_n"
label.vi = "Bao nhiêu?"
label.en = "How many?"
required = true

[[question]]
type = "end_group"
name = "{name}"
"""

Write = Callable[..., Path]
Point = Callable[..., EntryPoint]
CommandLine = Callable[..., "Result"]
Install = Callable[..., None]


class Result(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "plugins").mkdir(parents=True)
    return home


@pytest.fixture
def declare(home: Path) -> Write:
    """``declare("ca_mau", commune="32062", **{"plugin.toml": …})`` writes a declarative plugin, complete
    unless a file is given (``None``: left out)."""

    def declare(name: str, commune: str = CA_MAU, **files: str | bytes | None) -> Path:
        folder = home / "plugins" / name
        whole: dict[str, str | bytes | None] = {
            "plugin.toml": MANIFEST.format(name=name, commune=commune),
            f"modules/{name}.toml": MODULE.format(name=name),
            **files,
        }
        folder.mkdir(parents=True)
        for path, content in whole.items():
            if content is not None:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return declare


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory on ``sys.path``; what is imported from it is forgotten afterwards."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if name.startswith("put_"):
            del sys.modules[name]


@pytest.fixture
def point(site: Path) -> Point:
    """``point("name", source)`` writes a Python plugin and gives its entry point; further files by name."""

    def point(name: str, source: str, attribute: str = "", **files: str) -> EntryPoint:
        module = f"put_{name}"
        (site / module).mkdir()
        for path, text in {"__init__.py": source, **files}.items():
            target = site / module / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return EntryPoint(name, module, attribute, f"{name}-1.0")

    return point


@pytest.fixture
def command_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """Runs ``survey-tui`` in this process: ``command_line("forms", "list")``."""
    monkeypatch.setenv("SURVEY_TUI_HOME", str(home))
    monkeypatch.setattr(sys, "path", list(sys.path))

    def invoke(*arguments: str, language: str = "en") -> Result:
        status = run([*arguments, "--language", language], root, "survey-tui")
        return Result(status, *capsys.readouterr())

    return invoke


@pytest.fixture
def install(home: Path, site: Path) -> Install:  # `site`: modules are forgotten afterwards
    """``install("name", source, hooks="commands")``: a package as ``plugins install`` unpacks it."""

    def install(name: str, source: str, hooks: str = "command_groups") -> None:
        folder = home / "plugins" / name
        module = folder / f"put_{name}"
        (folder / f"{name}-1.0.dist-info").mkdir(parents=True)
        (folder / f"{name}-1.0.dist-info" / "entry_points.txt").write_text(
            f"[survey_tui]\n{name} = put_{name}\n", encoding="utf-8"
        )
        module.mkdir()
        (module / "__init__.py").write_text(source, encoding="utf-8")
        (module / "plugin.toml").write_text(
            f'name = "{name}"\nversion = "1.0"\nrequires_api = 2\ntitle.en = "{name}"\nhooks = ["{hooks}"]\n',
            encoding="utf-8",
        )

    return install


def core_points() -> list[EntryPoint]:
    """The national instrument's entry point."""
    return [each for each in installed() if each.distribution.startswith("survey_tui-")]


def load(home: Path, points: Sequence[EntryPoint] = (), time_limit: float = 5.0) -> Plugins:
    """The core, ``points`` and what lies in ``home``."""
    return Plugins.load([*core_points(), *points], home, time_limit=time_limit)


def begin(plugins: Plugins, commune: str, survey: str = "xa_hoi_so", language: str = "vi") -> Session:
    """An interview in this commune, with what plugins add."""
    form = Surveys(plugins).compiled(survey, commune, {"communes": Places().table()})
    started = Started(
        at=stamp(START),
        response_id="r",
        form_id=form.form.id,
        seed=1,
        commune=commune,
        language=language,
        modules=form.form.modules,
    )
    session = Session(form, started)
    session.advisers = (adviser(plugins),)
    return session


def answer_all(session: Session, **given: str) -> list[str]:
    """Answer until the end, as an adult who lives alone; names of the questions asked, in order."""
    answers = {
        "enum_code": "CM012",
        "ea_code": f"{session.started.commune}-03",
        "hh_no": "12",
        "hh_size": "1",
        "p_age": "45",
        "p_sex": "m",
        "age": "45",
        "sex": "m",
        "sel_line": "1",
        **given,
    }
    asked: list[str] = []
    now = START
    for _ in range(2000):
        if session.stop.kind == "end":
            return asked
        now += dt.timedelta(seconds=5)
        for path in session.screen(session.stop.path):
            view = session.question(path)
            asked.append(view.name)
            if view.type == "note" or view.text:
                continue
            text = answers.get(
                view.name, view.choices[0].name if view.choices else "1" if view.type == "integer" else ""
            )
            if text:
                outcome = session.answer(path, text, now)
                assert outcome.accepted, (view.name, text, outcome.findings)
                if session.question(path).warning:
                    session.confirm_warning(path, now)
        session.next(now)
    raise AssertionError("the interview does not end")
