"""``survey-tui start``: open an interview without going through Home.

Is there a terminal that the full-screen program can use?

``survey-tui`` alone: open Home; and what every way into the full-screen program shares."""

from __future__ import annotations

import os
import sys

import click
import msgspec

from survey_tui.application.settings import load_settings
from survey_tui.console.arguments import SURVEY, draft_of, visit_from, visit_options
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.errors import ExitCode, TerminalError, UsageError
from survey_tui.ui import MIN_HEIGHT, MIN_WIDTH, StartRequest, ask_passphrase, run


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


def open_home(program: CommandContext, start: StartRequest | None = None) -> int:
    """Run the full-screen program, with ``start`` on top of Home, until it is left; its exit status."""
    require_terminal()
    settings = msgspec.structs.replace(load_settings(program.home), language=program.language)
    if (
        program.locked
        and program.passphrase_file is None
        and not ask_passphrase(program.home, program.catalogue, program.places, settings, program.unlock)
    ):
        return ExitCode.OK
    if settings.keep_days and not program.store().read_only:
        from survey_tui.fieldwork.interviews import device_clock

        program.store().rights.expire(settings.keep_days, device_clock())
    return run(
        program.home,
        program.catalogue,
        program.places,
        program.store(),
        settings,
        start,
        advisers=program.advisers,
        news=program.pending_failures,
        plugins=program,
    )


@click.command(cls=WordedCommand)
@click.argument("survey", type=SURVEY)
@visit_options
@click.option("--response", metavar="ID", default="")
@shared_options
@click.pass_obj
def start(program: CommandContext, /, survey: str, response: str, **where: str) -> int:
    """A new interview at the household named, or the draft ``response``."""
    require_terminal()
    program.catalogue.summary(survey)
    if response:
        return open_home(program, StartRequest(resume=draft_of(program, survey, response).id))
    if not where["commune"]:
        raise UsageError("cli_missing", what="'--commune'", command="survey-tui start")
    visit = visit_from(program, **where)
    request = StartRequest(
        survey=survey,
        commune=visit.commune,
        area=visit.area,
        household=visit.household,
        surveyor=visit.surveyor,
    )
    return open_home(program, request)
