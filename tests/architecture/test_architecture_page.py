"""``docs/architecture.md`` is true: the table of changes, the index of modules, the order of layers."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CHANGES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Where do I change")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith(("| …", "| ---", "| **"))
]
PLACEHOLDERS = {
    "<language>": "vi",
    "<subject>": "home",
    "<province>": "ca_mau",
    "<group>": "store",
    "<command>": "push",
}
FOLDERS = ("survey_tui", "sync", "sync/survey_sync", "sync/survey_sync/server")
LAST_LAYERS = "survey_tui.signatures | survey_tui.csv_cells | survey_tui.files"


def files_in(cell: str) -> list[str]:
    found = [name for name in re.findall(r"`([^`]+)`", cell) if "/" in name]
    for placeholder, example in PLACEHOLDERS.items():
        found = [name.replace(placeholder, example) for name in found]
    return found


def test_table_of_changes_is_long_enough() -> None:
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("change", CHANGES, ids=[row[0] for row in CHANGES])
def test_files_of_a_change_exist_and_hold_what_to_look_for(change: list[str]) -> None:
    _, where, look_for = change
    files = files_in(where)
    assert files
    assert [name for name in files if not (ROOT / name).exists()] == []
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in files if (ROOT / name).is_file())
    for name in re.findall(r"`([^`]+)`", look_for):
        assert name in text or not text, name


def test_module_index_is_current() -> None:
    done = subprocess.run([sys.executable, ROOT / ".ci" / "module_index.py", "--check"], check=False)
    assert done.returncode == 0, "run: python .ci/module_index.py"


def test_layers_are_those_of_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    block = PAGE.partition("```\n")[2].partition("```")[0]
    shown = [line.split("  ")[0].strip() for line in block.splitlines()]
    written = [layer.replace(LAST_LAYERS, ".signatures | .csv_cells | .files") for layer in layers]
    assert shown == written


def test_files_named_on_the_way_of_an_answer_and_of_a_response_exist() -> None:
    ways = PAGE.partition("## The way of one answer")[2].partition("## Where do I change")[0]
    names = re.findall(r"`([a-z_/]+\.py)`", ways)
    assert len(names) > 20
    for name in names:
        assert any((ROOT / folder / name).is_file() for folder in FOLDERS), name
