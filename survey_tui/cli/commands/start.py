"""``survey-tui start``: open the full-screen program in an interview."""

from __future__ import annotations

import click

from survey_tui.cli.full_screen import open_home, require_terminal
from survey_tui.console.arguments import SURVEY, find_draft, parse_visit, visit_options
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LocalizedCommand, shared_options
from survey_tui.errors import UsageError
from survey_tui.ui import StartRequest


@click.command(cls=LocalizedCommand)
@click.argument("survey", type=SURVEY)
@visit_options
@click.option("--response", metavar="ID", default="")
@shared_options
@click.pass_obj
def start(context: CommandContext, /, survey: str, response: str, **household: str) -> int:
    """Begin an interview at the given household, or resume the draft ``response``."""
    require_terminal()
    context.catalogue.summary(survey)
    if response:
        return open_home(context, StartRequest(resume=find_draft(context, survey, response).id))
    if not household["commune"]:
        raise UsageError("cli_missing", what="'--commune'", command="survey-tui start")
    visit = parse_visit(context, **household)
    request = StartRequest(
        survey=survey,
        commune=visit.commune,
        area=visit.area,
        household=visit.household,
        surveyor=visit.surveyor,
    )
    return open_home(context, request)
