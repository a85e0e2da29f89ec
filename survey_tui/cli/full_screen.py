"""The full-screen program on this terminal: Home, or an interview on top of it."""

from __future__ import annotations

import os
import sys

import msgspec

from survey_tui.application.settings import load_settings
from survey_tui.console.command_context import CommandContext
from survey_tui.errors import ExitCode, TerminalError
from survey_tui.ui import MIN_HEIGHT, MIN_WIDTH, StartRequest, ask_passphrase, run


def require_terminal() -> None:
    """Raise :class:`TerminalError` unless the full-screen program can use this terminal.

    Textual draws on standard error and reads standard input. A redirected standard output is refused too: it
    would stay empty. Serial lines report a size of 0×0, which counts as unknown.
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


def open_home(context: CommandContext, start: StartRequest | None = None) -> int:
    """Run the full-screen program, with ``start`` on top of Home, and return its exit status."""
    require_terminal()
    settings = msgspec.structs.replace(load_settings(context.home), language=context.language)
    if (
        context.is_locked
        and context.passphrase_file is None
        and not ask_passphrase(context.home, context.catalogue, context.places, settings, context.unlock)
    ):
        return ExitCode.OK
    if settings.keep_days and not context.store().read_only:
        from survey_tui.fieldwork.interviews import device_clock

        context.store().rights.expire(settings.keep_days, device_clock())
    return run(
        context.home,
        context.catalogue,
        context.places,
        context.store(),
        settings,
        start,
        advisers=context.advisers,
        plugin_failures=context.plugin_failures,
        plugins=lambda: context.plugins,
    )
