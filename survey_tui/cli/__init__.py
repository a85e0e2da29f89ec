"""Command line ``survey-tui``: a module for each group of commands, listed in ``root``."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

__all__ = ["PROGRAM_NAME", "main"]

PROGRAM_NAME = "survey-tui"


def main() -> NoReturn:
    """Entry point of the command ``survey-tui``.

    Start-up creates many lasting objects and hardly any garbage; garbage collection would take an eighth of
    the time to the first question. The collector is enabled again when a command runs
    (:mod:`survey_tui.cli.root`), or when the full screen is drawn.
    """
    gc.disable()
    from survey_tui.cli.root import root
    from survey_tui.console.run import run

    sys.exit(run(sys.argv[1:], root, PROGRAM_NAME))
