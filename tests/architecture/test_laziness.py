"""Modules that start-up does not import: a fresh interpreter lists its ``sys.modules`` for each case."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HEAVY = ("textual", "rich", "tinydb", "httpx", "regex", "sqlite3")
INTERVIEW = ("survey_tui.expressions", "survey_tui.forms.compiled", "survey_tui.interview.session")

COMMANDS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "version": (
        ["--version"],
        (*HEAVY, "click.shell_completion", "msgspec", "pluggy", "asyncio", "platformdirs"),
    ),
    "help": (["--help"], (*HEAVY, "tomllib", "pluggy", "asyncio", "survey_tui.forms", "survey_tui.places")),
    "completion": (["completion", "bash"], (*HEAVY, "pluggy", "asyncio")),
    "no terminal": ([], HEAVY),
    "forms list": (["forms", "list"], HEAVY),
    "responses list": (["responses", "list"], ("textual", "rich", "httpx", "sqlite3", *INTERVIEW)),
    "store check": (["store", "check"], (*HEAVY, "pluggy", *INTERVIEW)),
}

PACKAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "errors and locale": ("survey_tui.errors, survey_tui.locale", (*HEAVY, "msgspec", "pluggy", "click")),
    "vietnamese": ("survey_tui.vietnamese", (*HEAVY, "msgspec", "pluggy", "click")),
    "places": ("survey_tui.places", (*HEAVY, "pluggy", "click")),
    "expressions": ("survey_tui.expressions.tree", (*HEAVY, "pluggy", "click")),
    "forms": ("survey_tui.forms.model, survey_tui.forms.compiled", (*HEAVY, "pluggy", "click", "asyncio")),
    "interview": ("survey_tui.interview.session", (*HEAVY, "pluggy", "click", "asyncio")),
    "store": ("survey_tui.store", (*HEAVY, "pluggy", "click", "asyncio", *INTERVIEW)),
    "plugins": ("survey_tui.plugins", (*HEAVY, "click", "importlib.metadata")),
}


def modules_after(code: str, home: Path) -> set[str]:
    program = f"import sys\ntry:\n    {code}\nfinally:\n    print('\\n' + '\\n'.join(sys.modules))"
    environment = {"SURVEY_TUI_HOME": str(home), "PATH": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(("arguments", "unwanted"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_imports_only_what_it_needs(
    arguments: list[str], unwanted: tuple[str, ...], tmp_path: Path
) -> None:
    imports = "from survey_tui.cli.root import root; from survey_tui.console.run import run"
    loaded = modules_after(f"{imports}; run({arguments!r}, root, 'survey-tui')", tmp_path)
    assert "survey_tui.cli.root" in loaded
    assert sorted(loaded & set(unwanted)) == []


@pytest.mark.parametrize(("modules", "unwanted"), PACKAGES.values(), ids=PACKAGES)
def test_a_package_works_without_the_packages_above_it(
    modules: str, unwanted: tuple[str, ...], tmp_path: Path
) -> None:
    loaded = modules_after(f"import {modules}", tmp_path)
    assert sorted(loaded & set(unwanted)) == []


@pytest.mark.parametrize("hook", ["exporters", "command_groups"])
def test_help_loads_plugins_only_for_command_groups(hook: str, tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "toy"
    (folder / "put_toy").mkdir(parents=True)
    (folder / "put_toy" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "put_toy" / "plugin.toml").write_text(
        f'name = "toy"\nversion = "1"\nrequires_api = 2\ntitle.en = "toy"\nhooks = ["{hook}"]\n',
        encoding="utf-8",
    )
    (folder / "toy-1.dist-info").mkdir()
    (folder / "toy-1.dist-info" / "entry_points.txt").write_text(
        "[survey_tui]\ntoy = put_toy\n", encoding="utf-8"
    )
    imports = "from survey_tui.cli.root import root; from survey_tui.console.run import run"
    loaded = modules_after(f"{imports}; run(['--help'], root, 'survey-tui')", tmp_path)
    assert ({"pluggy", "put_toy"} <= loaded) is (hook == "command_groups")
    assert not {"pluggy", "put_toy"} & loaded or hook == "command_groups"
