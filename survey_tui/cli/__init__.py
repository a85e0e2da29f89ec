"""The command line, and the composition root: the only room that knows all others.

:mod:`~survey_tui.cli.run` runs one command and turns whatever happens into an exit status;
:mod:`~survey_tui.cli.root` lists the commands, one module each in ``commands/``, imported when it is asked
for;
:mod:`~survey_tui.cli.program` opens the rooms that a command needs. Standard output belongs to
:mod:`~survey_tui.cli.output` and carries data only, standard error to :mod:`~survey_tui.cli.diagnostics`.
"""

from __future__ import annotations

from survey_tui.cli.run import main

__all__ = ["main"]
