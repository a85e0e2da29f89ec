"""The wheel: the code and all data, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("survey_tui", "questionnaires/survey_questionnaires")


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_package_file_ships(wheel_names: set[str]) -> None:
    expected = set()
    for package in PACKAGES:
        base = (ROOT / package).parent
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                expected.add(path.relative_to(base).as_posix())
    assert sorted(expected - wheel_names) == [], (
        "fix [tool.hatch.build.targets.wheel] packages in pyproject.toml"
    )


def test_nothing_else_ships(wheel_names: set[str]) -> None:
    foreign = {name.split("/")[0] for name in wheel_names if ".dist-info/" not in name}
    assert foreign <= {"survey_tui", "survey_questionnaires", "survey_sync"}


def test_the_national_instrument_is_a_plugin_of_this_package(wheel_names: set[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["survey_tui"] == {"national": "survey_questionnaires"}
    assert project["scripts"]["survey-tui"] == "survey_tui.cli:main"
    assert "survey_questionnaires/__init__.py" in wheel_names


def test_versions_are_pinned_and_no_index_is_named() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").split()
    assert all("==" in line and "/" not in line and not line.startswith("-") for line in lines)
    assert lines == sorted(lines, key=str.lower)
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[^\w.-]", entry, maxsplit=1)[0].lower() for entry in wanted} - {"survey-tui"}
    assert names <= pinned, f"pin in .ci/constraints.txt: {sorted(names - pinned)}"
