"""The command line ``survey-tui``. :mod:`~survey_tui.cli.root` lists the commands, one module a group."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

__all__ = ["PROGRAM_NAME", "main"]

PROGRAM_NAME = "survey-tui"


def main() -> NoReturn:
    """Entry point of the command ``survey-tui``.

    Start-up makes many objects that last and hardly any garbage, so the collector would look through them
    again and again, for an eighth of the time to the first question. It is on again once a command runs: in
    :mod:`survey_tui.cli.root`, and for the full screen when that is drawn.
    """
    gc.disable()
    from survey_tui.cli.root import root
    from survey_tui.console.run import run

    sys.exit(run(sys.argv[1:], root, PROGRAM_NAME))
