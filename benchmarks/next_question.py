"""Time from Enter to the next question, against refilling an OptionList and a Label in a bare app.

Both show the same 40 questions of eight choices. The program also stores the answer durably, determines the
next question, and draws title, progress and footer.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.pty_child import PtyChild

QUESTIONS = [
    (f"Câu hỏi {n} hỏi gì?", [f"Trả lời {c} của câu {n}" for c in range(1, 9)]) for n in range(100, 140)
]
BARE = Path(__file__).with_name("refilled_app.py")
PLUGIN = """
from pathlib import Path
from survey_tui.plugins import hookimpl

@hookimpl
def questionnaires():
    return [Path(__file__).parent]
"""
SURVEY = """
id = "bench"
version = "1"
title.vi = "Đo"
languages = ["vi"]
default_language = "vi"
modules = ["bench"]
"""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        _write_survey(work)
        environment = os.environ | {
            "TERM": "xterm-256color",
            "SURVEY_TUI_HOME": str(work / "home"),
            "SURVEY_TUI_LANGUAGE": "vi",
            "PYTHONPATH": str(work),
        }
        program = str(Path(sys.executable).with_name("survey-tui"))
        ours = [program, "start", "bench", "--commune", "32059"]
        bare = [sys.executable, str(BARE), str(work / "questions.json")]
        with PtyChild(ours, environment) as interview, PtyChild(bare, environment) as refilled:
            pairs = _latencies(interview, refilled)
    times = [statistics.median(pair[side] for pair in pairs) * 1e3 for side in (0, 1)]
    return [Figure("next question", times[0], times[1], "ms", "refilling an OptionList and a Label", 2)]


def _latencies(interview: PtyChild, refilled: PtyChild) -> list[tuple[float, float]]:
    for child in (interview, refilled):
        child.wait_for(QUESTIONS[0][0])
    pairs = []
    for text, _ in QUESTIONS[1:]:
        interview.send("3")
        latencies = []
        for child in (interview, refilled):
            child.drain()
            start = child.send("\r")
            latencies.append(child.wait_for(text) - start)
        pairs.append((latencies[0], latencies[1]))
    return pairs[5:]


def _write_survey(work: Path) -> None:
    (work / "questions.json").write_text(json.dumps(QUESTIONS), encoding="utf-8")
    lines = ['name = "bench"', 'version = "1"']
    for number, (_, choices) in enumerate(QUESTIONS):
        listed = ", ".join(f'{{ name = "c{n}", label.vi = "{choice}" }}' for n, choice in enumerate(choices))
        lines += ["[[list]]", f'name = "l{number}"', f"choices = [{listed}]"]
    for number, (label, _) in enumerate(QUESTIONS):
        lines += [
            "[[question]]",
            f'type = "select_one l{number}"',
            f'name = "q{number}"',
            f'label.vi = "{label}"',
        ]
    for name, text in {
        "bench_survey/__init__.py": PLUGIN,
        "bench_survey/surveys/bench.toml": SURVEY,
        "bench_survey/modules/bench.toml": "\n".join(lines),
        "bench_survey-1.dist-info/entry_points.txt": "[survey_tui]\nbench = bench_survey\n",
    }.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text, encoding="utf-8")
