"""``python -m benchmarks [figure …]``: measure and print; exit status 1 when an aim is not met."""

from __future__ import annotations

import compileall
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = (
    "start",
    "next_question",
    "autosave",
    "answer_500",
    "open_form",
    "open_store",
    "plugins",
    "sync_push",
    "sync_network",
)


def main() -> int:
    chosen = sys.argv[1:] or MODULES
    for directory in ("survey_tui", "questionnaires", "benchmarks"):
        # Without .pyc files (PYTHONDONTWRITEBYTECODE, a fresh checkout) a start takes far longer than a
        # user's.
        compileall.compile_dir(ROOT / directory, quiet=2)
    missed = 0
    for name in chosen:
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            print(figure, flush=True)
            missed += figure.verdict == "NOT MET"
    return 1 if missed else 0


sys.exit(main())
