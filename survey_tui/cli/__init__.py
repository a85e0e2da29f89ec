"""The command line, and the composition root: the only room that knows all others.

:mod:`~survey_tui.console.run` runs one command and turns whatever happens into an exit status;
:mod:`~survey_tui.cli.root` lists the commands, one module each in ``commands/``, imported when it is asked
for;
:mod:`~survey_tui.application.context` opens the rooms that a command needs. Standard output belongs to
:mod:`~survey_tui.console.output` and carries data only, standard error to
:mod:`~survey_tui.console.diagnostics`.
"""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Entry point of the command ``survey-tui``.

    Start-up makes many objects that last and hardly any garbage, so the collector would look through them
    again and again, for an eighth of the time to the first question. It is on again once a command runs: in
    :mod:`survey_tui.cli.root`, and for the full screen when that is drawn.
    """
    gc.disable()
    from survey_tui.console.run import run

    sys.exit(run(sys.argv[1:]))
