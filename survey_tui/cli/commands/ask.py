"""``survey-tui ask``: the interview line by line."""

from __future__ import annotations

import shlex
import sys

import click

from survey_tui.cli.plain.dialogue import Dialogue, Ending
from survey_tui.cli.plain.wording import Lines
from survey_tui.console.arguments import SURVEY, draft_of, visit_from, visit_options
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.errors import AnswerError, ExitCode
from survey_tui.fieldwork.interviews import Fieldwork
from survey_tui.forms.catalogue import UnknownSurveyError
from survey_tui.interview.session import Session


@click.command(cls=WordedCommand)
@click.argument("survey", type=SURVEY)
@click.option("--plain", is_flag=True, default=True, expose_value=False)
@visit_options
@click.option("--response", metavar="ID", default="")
@shared_options
@click.pass_obj
def ask(program: CommandContext, /, survey: str, response: str, **where: str) -> int:
    """Ask, from the start or from where ``response`` stands."""
    fieldwork = Fieldwork(program.store(), program.device_id, advisers=program.advisers)
    told: list[str] = []
    if response:
        session = _resume(program, fieldwork, survey, response, told)
    else:
        visit = visit_from(program, **where)
        session = fieldwork.begin(program.form(survey, visit.commune), visit, program.language)
    lines = Lines(sys.stdin.buffer, interactive=sys.stdin.isatty())
    title = session.form.form.title
    name = title.get(session.language) or next(iter(title.values()), survey)
    lines.say(program.words("ask.welcome", title=name, id=session.started.response_id))
    for line in told:
        lines.say(line)
    return _hold(program, session, fieldwork, lines)


def _resume(
    program: CommandContext, fieldwork: Fieldwork, survey: str, response: str, told: list[str]
) -> Session:
    """Go on with a draft; ``told`` gets what a newer version of its form has changed."""
    summary = draft_of(program, survey, response)
    try:
        form = program.form(survey, summary.commune)
    except UnknownSurveyError as error:
        raise UnknownSurveyError("cli_survey_gone", id=summary.id, **error.details) from None
    change = fieldwork.form_change(form, summary.id)
    if change is not None and not change.silent:
        from survey_tui.interview.form_change import sections

        told.append(program.words("safety.form_title"))
        for heading, lines in sections(change, program.words):
            told += [heading, *(f"- {line}" for line in lines)] if heading else lines
    return fieldwork.resume(form, summary.id)


def _hold(program: CommandContext, session: Session, fieldwork: Fieldwork, lines: Lines) -> int:
    response_id = session.started.response_id
    home = f" --home {shlex.quote(program.home_option)}" if program.home_option else ""
    command = f"survey-tui ask {session.started.form_id} --plain --response {response_id}{home}"
    try:
        ending = Dialogue(session, fieldwork, lines, program.words).run()
    except AnswerError as error:
        program.diagnostics.error(error)
        program.diagnostics.note("ask.refused", line=lines.number, command=command)
        return error.exit_code
    except KeyboardInterrupt:
        program.diagnostics.note("ask.paused", command=command)
        return ExitCode.INTERRUPTED
    finally:
        if not session.finished:
            fieldwork.count(session)
    if ending is Ending.STORED:
        return ExitCode.OK
    program.diagnostics.note(f"ask.{ending.name.lower()}", command=command)
    return ExitCode.OK if ending is Ending.PAUSED else ExitCode.UNFINISHED
