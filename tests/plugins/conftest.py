"""Fixtures: plugins written to disk as their authors would, and the program run with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_tui.cli.root import root
from survey_tui.console.run import run
from survey_tui.plugins.metadata import EntryPoint
from tests.support.plugins import (
    CA_MAU,
    MANIFEST,
    MODULE,
    CommandLine,
    Install,
    Point,
    Result,
    Write,
)


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
