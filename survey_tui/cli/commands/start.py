"""``survey-tui start``: open an interview without going through Home."""

from __future__ import annotations

import click

from survey_tui.application.context import Program
from survey_tui.cli.commands.home import open_home
from survey_tui.cli.terminal import require_terminal
from survey_tui.cli.visits import visit_from, visit_options
from survey_tui.console.arguments import SURVEY, draft_of
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.errors import UsageError
from survey_tui.ui import StartRequest

__all__ = ["start"]


@click.command(cls=WordedCommand)
@click.argument("survey", type=SURVEY)
@visit_options
@click.option("--response", metavar="ID", default="")
@shared_options
@click.pass_obj
def start(program: Program, /, survey: str, response: str, **where: str) -> int:
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
