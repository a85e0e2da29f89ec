"""Is there a terminal that the full-screen program can use?"""

from __future__ import annotations

import os
import sys

from survey_tui.errors import TerminalError
from survey_tui.ui.room import MIN_HEIGHT, MIN_WIDTH

__all__ = ["require_terminal"]


def require_terminal() -> None:
    """Raise :class:`TerminalError` that says what to use instead.

    Textual draws on standard error and reads standard input; a redirected standard output is refused too,
    since nothing would ever be written there. A size of 0×0 is what a serial line reports: it is taken as
    unknown.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise TerminalError("cli_no_terminal")
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise TerminalError("cli_dumb_terminal", term=os.environ.get("TERM", ""))
    columns, rows = os.get_terminal_size(sys.stderr.fileno())
    if 0 < columns < MIN_WIDTH or 0 < rows < MIN_HEIGHT:
        raise TerminalError(
            "cli_small_terminal",
            columns=columns,
            rows=rows,
            need_columns=MIN_WIDTH,
            need_rows=MIN_HEIGHT,
        )
