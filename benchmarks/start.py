"""Time to the first question on the screen and peak memory then, against a bare Textual app with one Label.

The form of the full instrument is cached. Both programs run in turn, each on its own pseudo-terminal, until
SIGKILL when the text is shown.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.pty_child import PtyChild

SURVEY = "xa_hoi_so"
FIRST_QUESTION = "Mã điều tra viên"
BARE = Path(__file__).with_name("bare_app.py")
REPEATS = 11


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "TERM": "xterm-256color",
            "SURVEY_TUI_HOME": home,
            "SURVEY_TUI_LANGUAGE": "vi",
        }
        program = str(Path(sys.executable).with_name("survey-tui"))
        ours = [program, "start", SURVEY, "--commune", "32059", "--area", "1", "--household", "12"]
        bare = [sys.executable, str(BARE), FIRST_QUESTION]
        pairs = [(_run(ours, environment), _run(bare, environment)) for _ in range(REPEATS + 1)][1:]
    times, peaks = (
        [statistics.median(pair[side][what] for pair in pairs) for side in (0, 1)] for what in (0, 1)
    )
    against = "a Textual app with one Label"
    return [
        Figure("first question on the screen", times[0] * 1e3, times[1] * 1e3, "ms", against, 1.3),
        Figure("peak memory then", peaks[0], peaks[1], "MiB", against, 1.25),
    ]


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds to the text, and MiB."""
    with PtyChild(command, environment) as child:
        seconds = child.wait_for(FIRST_QUESTION) - child.started
        return seconds, child.peak_memory()
