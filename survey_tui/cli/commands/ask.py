"""``survey-tui ask``: an interview line by line."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_tui.cli.plain.dialogue import Dialogue, Ending
from survey_tui.cli.plain.wording import Lines
from survey_tui.console.arguments import SURVEY, find_draft, find_response, parse_visit, visit_options
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LocalizedCommand, shared_options
from survey_tui.errors import AnswerError, ExitCode
from survey_tui.fieldwork.interviews import InterviewService
from survey_tui.forms.catalogue import UnknownSurveyError
from survey_tui.interview.session import Session

if TYPE_CHECKING:
    from survey_tui.forms.compiled import CompiledForm


@click.command(cls=LocalizedCommand)
@click.argument("survey", type=SURVEY)
@click.option("--plain", is_flag=True, default=True, expose_value=False)
@visit_options
@click.option("--response", metavar="ID", default="")
@shared_options
@click.pass_obj
def ask(context: CommandContext, /, survey: str, response: str, **household: str) -> int:
    """Begin an interview, or resume the draft ``response``."""
    fieldwork = InterviewService(context.store(), context.device_id, advisers=context.advisers)
    changes: list[str] = []
    if response:
        session = _resume(context, fieldwork, survey, response, changes)
    else:
        visit = parse_visit(context, **household)
        session = fieldwork.begin(_form(context, survey, visit.commune), visit, context.language)
    lines = Lines(sys.stdin.buffer, interactive=sys.stdin.isatty())
    title = session.form.form.title
    name = title.get(session.language) or next(iter(title.values()), survey)
    lines.write(context.words("ask.welcome", title=name, id=session.started.response_id))
    for line in changes:
        lines.write(line)
    return _run_dialogue(context, session, fieldwork, lines, survey)


def _form_file(context: CommandContext, survey: str) -> Path | None:
    """The file ``survey``, if it is of a type for plugins and no survey has this id."""
    path = Path(survey)
    if path.suffix in ("", ".toml", ".csv") or not path.is_file():
        return None
    return None if any(each.id == survey for each in context.catalogue.surveys()) else path


def _form(context: CommandContext, survey: str, commune: str) -> CompiledForm:
    path = _form_file(context, survey)
    if path is None:
        return context.form(survey, commune)
    from survey_tui.application.form_files import compile_form_file

    return compile_form_file(context, path, commune)


def _resume(
    context: CommandContext, fieldwork: InterviewService, survey: str, response: str, changes: list[str]
) -> Session:
    """Resume a draft; the changes of a newer version of its form are appended to ``changes``."""
    form_id = survey
    if _form_file(context, survey) is not None:
        form_id = _form(context, survey, find_response(context, response).commune).form.id
    summary = find_draft(context, form_id, response)
    try:
        form = _form(context, survey, summary.commune)
    except UnknownSurveyError as error:
        raise UnknownSurveyError("cli_survey_gone", id=summary.id, **error.details) from None
    change = fieldwork.plan_form_change(form, summary.id)
    if change is not None and change.has_changes:
        from survey_tui.interview.form_change import format_form_change

        changes.append(context.words("safety.form_title"))
        for heading, lines in format_form_change(change, context.words):
            changes += [heading, *(f"- {line}" for line in lines)] if heading else lines
    return fieldwork.resume(form, summary.id)


def _run_dialogue(
    context: CommandContext, session: Session, fieldwork: InterviewService, lines: Lines, survey: str
) -> int:
    response_id = session.started.response_id
    home = f" --home {shlex.quote(context.home_option)}" if context.home_option else ""
    command = f"survey-tui ask {shlex.quote(survey)} --plain --response {response_id}{home}"
    try:
        ending = Dialogue(session, fieldwork, lines, context.words).run()
    except AnswerError as error:
        context.diagnostics.error(error)
        context.diagnostics.note("ask.refused", line=lines.number, command=command)
        return error.exit_code
    except KeyboardInterrupt:
        context.diagnostics.note("ask.paused", command=command)
        return ExitCode.INTERRUPTED
    finally:
        if not session.is_final:
            fieldwork.update_progress(session)
    if ending is Ending.STORED:
        return ExitCode.OK
    context.diagnostics.note(f"ask.{ending.name.lower()}", command=command)
    return ExitCode.OK if ending is Ending.PAUSED else ExitCode.UNFINISHED
