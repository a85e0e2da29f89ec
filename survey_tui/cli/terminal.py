"""Is there a terminal that the full-screen program can use?"""

from __future__ import annotations

import os
import sys

from survey_tui.errors import TerminalError

__all__ = ["MINIMUM_COLUMNS", "MINIMUM_ROWS", "require_terminal"]

MINIMUM_COLUMNS = 30
MINIMUM_ROWS = 10


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
    if 0 < columns < MINIMUM_COLUMNS or 0 < rows < MINIMUM_ROWS:
        raise TerminalError(
            "cli_small_terminal",
            columns=columns,
            rows=rows,
            need_columns=MINIMUM_COLUMNS,
            need_rows=MINIMUM_ROWS,
        )
