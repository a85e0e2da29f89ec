"""Time to the first question with 5 and 50 plugins in the home, against none.

Declarative plugins with a module of three questions each, all asked in the commune of the visit, and five
that also have a Python hook, installed as wheels (``code``). The caches are filled; the programs run in turn.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.pty_child import PtyChild

COMMUNE = "32059"
FIRST_QUESTION = "Mã điều tra viên"
REPEATS = 15

MANIFEST = """
name = "{name}"
version = "1.0"
requires_api = 1
title.vi = "Phần riêng"
title.en = "Own part"
{hooks}

[area]
legacy_provinces = ["Cà Mau"]

[[addition]]
module = "{name}"
after = "b"

[[check]]
name = "many"
expression = "${{{name}_n}} <= ${{hh_size}}"
message.vi = "Nhiều hơn số người."
message.en = "More than people."
"""

QUESTION = """
[[question]]
type = "{type}"
name = "{name}"
label.vi = "Bao nhiêu?"
label.en = "How many?"
"""

CODE = """
from survey_tui.plugins import hookimpl

@hookimpl
def check_response(response):
    return []
"""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        homes = [Path(directory, name) for name in ("none", "five", "code", "fifty")]
        for home, count, python in zip(homes, (0, 5, 5, 50), (False, False, True, False), strict=True):
            for number in range(count):
                _write(home / "plugins" / f"p{number}", f"p{number}", python=python)
        rounds = [[_run(home) for home in homes] for _ in range(REPEATS + 1)][1:]
    times = [statistics.median(column) * 1e3 for column in zip(*rounds, strict=True)]
    names = ("5 declarative plugins", "5 plugins with code", "50 declarative plugins")
    aims = (1.05, 1.05, 1.3)
    return [
        Figure(f"first question with {name}", ours, times[0], "ms", "no plugins", aim)
        for name, ours, aim in zip(names, times[1:], aims, strict=True)
    ]


def _write(folder: Path, name: str, *, python: bool) -> None:
    home = folder / f"survey_{name}" if python else folder
    (home / "modules").mkdir(parents=True)
    hooks = 'hooks = ["check_response"]' if python else ""
    (home / "plugin.toml").write_text(MANIFEST.format(name=name, hooks=hooks), encoding="utf-8")
    inner = [("integer", f"{name}_{letter}") for letter in "nmk"]
    rows = [("begin_group", name), *inner, ("end_group", name)]
    text = "".join(QUESTION.format(type=kind, name=item) for kind, item in rows)
    module = f'name = "{name}"\nversion = "1.0"\n{text}'
    (home / "modules" / f"{name}.toml").write_text(module, encoding="utf-8")
    if python:
        (home / "__init__.py").write_text(CODE, encoding="utf-8")
        metadata = folder / f"survey_{name}-1.0.dist-info"
        metadata.mkdir()
        points = f"[survey_tui]\n{name} = survey_{name}\n"
        (metadata / "entry_points.txt").write_text(points, encoding="utf-8")


def _run(home: Path) -> float:
    """Seconds to the first question."""
    environment = os.environ | {
        "TERM": "xterm-256color",
        "SURVEY_TUI_HOME": str(home),
        "SURVEY_TUI_LANGUAGE": "vi",
    }
    program = str(Path(sys.executable).with_name("survey-tui"))
    command = [program, "start", "xa_hoi_so", "--commune", COMMUNE, "--area", "1", "--household", "12"]
    with PtyChild(command, environment) as child:
        return child.wait_for(FIRST_QUESTION) - child.started
