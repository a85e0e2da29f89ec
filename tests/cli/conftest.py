"""The command in a process, with a home and a small survey for each test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from survey_tui.errors import ExitCode
from tests.support.command_line import ANSWERS, Run

PLUGIN = """
from pathlib import Path
from survey_tui.plugins import hookimpl

@hookimpl
def questionnaires():
    return [Path(__file__).parent]
"""

SURVEY = """
id = "small"
version = "1"
title.vi = "Khảo sát nhỏ"
title.en = "Small survey"
languages = ["vi", "en"]
default_language = "vi"
modules = ["small"]
"""

MODULE = """
name = "small"
version = "1"

[[list]]
name = "colour"
choices = [
  { name = "r", label.vi = "Đỏ", label.en = "Red" },
  { name = "g", label.vi = "Xanh", label.en = "Green" },
  { name = "b", label.vi = "Vàng", label.en = "Yellow" },
]

[[question]]
type = "note"
name = "hello"
label.vi = "Xin chào"
label.en = "Hello"

[[question]]
type = "integer"
name = "age"
label.vi = "Tuổi?"
label.en = "Age?"
hint.vi = "Tuổi tròn"
hint.en = "In completed years"
required = true
constraint = ". >= 0 and . <= 110"
constraint_message.vi = "Tuổi từ 0 đến 110"
constraint_message.en = "Ages are 0 to 110"
warning = ". <= 100"
warning_message.vi = "Hơn 100 tuổi?"
warning_message.en = "Over 100?"

[[question]]
type = "select_one colour"
name = "colour"
label.vi = "Màu nào?"
label.en = "Which colour?"
relevant = "${age} >= 18"
allow = ["dk", "refused"]

[[question]]
type = "select_multiple colour"
name = "colours"
label.vi = "Những màu nào?"
label.en = "Which colours?"

[[question]]
type = "text"
name = "words"
label.vi = "Nói gì?"
label.en = "Says what?"

[[question]]
type = "begin_repeat"
name = "pet"
label.vi = "Vật nuôi"
label.en = "Pet"

[[question]]
type = "text"
name = "kind"
label.vi = "Con gì?"
label.en = "What kind?"

[[question]]
type = "end_repeat"
name = "pet"
"""


class Result(NamedTuple):
    """Exit status, standard output and standard error of a run."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for PYTHONPATH with the small survey as an installed plugin."""
    site = tmp_path_factory.mktemp("site")
    package = site / "small_survey"
    for name, text in {
        "__init__.py": PLUGIN,
        "surveys/small.toml": SURVEY,
        "modules/small.toml": MODULE,
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    metadata = site / "small_survey-1.0.dist-info"
    metadata.mkdir()
    (metadata / "entry_points.txt").write_text("[survey_tui]\nsmall = small_survey\n", encoding="utf-8")
    return site


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(site: Path, home: Path, tmp_path: Path) -> Run:
    """``run("forms", "list", lines=[…], language="en", **environment)``."""

    def run(
        *arguments: str,
        lines: list[str] | bytes = b"",
        language: str = "vi",
        check: int | None = None,
        **extra: str,
    ) -> Result:
        given = lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
        environment = {
            "PATH": os.defpath,
            "HOME": str(tmp_path),
            "PYTHONPATH": str(site),
            "PYTHONUTF8": "1",
            "SURVEY_TUI_HOME": str(home),
            "SURVEY_TUI_LANGUAGE": language,
        }
        done = subprocess.run(
            [sys.executable, "-m", "survey_tui", *arguments],
            input=given,
            capture_output=True,
            env=environment | extra,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.err + result.out
        if check is not None:
            assert result.code == check, result
        return result

    return run


@pytest.fixture
def stored(run: Run) -> str:
    """Id of a final response of the small survey."""
    run("ask", "small", "--commune", "32059", "--surveyor", "CM012", lines=ANSWERS, check=ExitCode.OK)
    (summary,) = json.loads(run("responses", "list", "--json").out)
    return str(summary["id"])
