"""``survey-tui responses``: list, show, export, withdraw and expire responses."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from functools import reduce
from operator import and_
from pathlib import Path

import click
import msgspec

from survey_tui.application.settings import load_settings, save_settings
from survey_tui.console.arguments import FORMAT, RESPONSE, SURVEY, UnknownResponseError, find_response
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_bytes, write_json, write_line, write_table
from survey_tui.errors import SurveyError, UsageError
from survey_tui.exports import FORMATS, export_responses, plugin_formats
from survey_tui.interview.events import Answered, Event, Missing
from survey_tui.interview.outcome import OUTCOMES
from survey_tui.store import STATUSES, Status, Summary
from survey_tui.store.queries import of_form, with_status

_COLUMNS = ("id", "status", "form_id", "commune", "ea", "household", "outcome", "answered", "updated")


@click.group(
    cls=LazyGroup,
    command_paths={
        "withdraw": "survey_tui.cli.commands.responses:withdraw",
        "expire": "survey_tui.cli.commands.responses:expire",
    },
)
@shared_options
def responses() -> None:
    """Read, export and remove responses."""


@responses.command("list", cls=LocalizedCommand)
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--survey", type=SURVEY)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_responses(context: CommandContext, status: Status | None, survey: str | None, as_json: bool) -> None:
    """List summaries, last changed first."""
    wanted = [with_status(status)] if status else []
    wanted += [of_form(survey)] if survey else []
    found = context.store(read_only=True).search(reduce(and_, wanted) if wanted else None)
    if as_json:
        write_json(list(found))
    elif found:
        head = [context.words(f"cli.column_{name}") for name in _COLUMNS]
        write_table(head, ([_format_cell(context, each, name) for name in _COLUMNS] for each in found))
    else:
        context.diagnostics.note("cli.responses_none")


@responses.command("show", cls=LocalizedCommand)
@click.argument("response", metavar="ID", type=RESPONSE)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def show(context: CommandContext, response: str, as_json: bool) -> None:
    """Print the canonical bytes, a draft's events, or the answers as text."""
    store = context.store(read_only=True)
    summary = find_response(context, response)
    if as_json and summary.status != "draft":
        write_bytes(store.final_bytes(summary.id))
    elif as_json:
        write_json({"summary": summary, "events": store.events(summary.id)})
    else:
        for name in (*_COLUMNS, "username", "sha256"):
            if value := _format_cell(context, summary, name):
                write_line(f"{context.words(f'cli.column_{name}')}: {value}")
        if summary.sealed:
            context.diagnostics.note("cli.sealed", key_id=summary.sealed)
            return
        for line in _answers(context, summary, store.events(summary.id)):
            write_line(line)


@responses.command("export", cls=LocalizedCommand)
@click.option("--format", "kind", type=FORMAT, required=True)
@click.option("--survey", type=SURVEY)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--bom", is_flag=True)
@shared_options
@click.pass_obj
def export(context: CommandContext, kind: str, survey: str | None, output: Path | None, bom: bool) -> None:
    """Write final responses, oldest first."""
    write = plugin_formats(context)[kind] if kind not in FORMATS else None
    files = export_responses(context.store(read_only=True), kind, survey, output, bom=bom, write=write)
    for path in files:
        context.diagnostics.note("cli.exported", path=path)
    sealed = sum(bool(each.sealed) for each in context.store().search(of_form(survey) if survey else None))
    if sealed and kind != "jsonl":
        context.diagnostics.note("cli.sealed_left_out", count=sealed)


def _format_cell(context: CommandContext, summary: Summary, name: str) -> str:
    """A column of the list as text; ``--json`` has the codes."""
    if name == "answered":
        return f"{summary.answered}/{summary.relevant}" if summary.relevant else str(summary.answered)
    if name == "commune":
        return summary.place
    if name == "status":
        return context.words(f"cli.status_{summary.status}")
    if name == "outcome":
        known = summary.outcome in OUTCOMES
        return context.words(f"start.outcome_{summary.outcome}") if known else summary.outcome
    if name == "updated":
        return _format_moment(summary.updated)
    return str(getattr(summary, name))


def _format_moment(moment: str) -> str:
    """Local time of a moment: ``21/11/2026 08:30``."""
    try:
        return f"{dt.datetime.fromisoformat(moment).astimezone():%d/%m/%Y %H:%M}"
    except (ValueError, OverflowError, OSError):
        return moment


def _answers(context: CommandContext, summary: Summary, events: list[Event]) -> Iterator[str]:
    """Labels and answers; paths and canonical texts if the form is no longer on this device."""
    from survey_tui.interview.session import Session

    try:
        session = Session.replay(context.form(summary.form_id, summary.commune), events)
    except SurveyError as error:
        context.diagnostics.warning(error)
        yield from _canonical_answers(events)
        return
    headings: list[tuple[int, str]] = []
    for entry in session.outline():
        headings = [heading for heading in headings if heading[0] < entry.depth]
        line = f"{'  ' * entry.depth}{entry.label or entry.name}"
        if entry.kind != "question":
            headings.append((entry.depth, line))
        elif entry.state != "skipped" and entry.answer:
            yield from (heading for _, heading in headings)
            headings = []
            yield f"{line}: {entry.answer}"


def _canonical_answers(events: list[Event]) -> Iterator[str]:
    last: dict[str, str] = {}
    for event in events:
        if isinstance(event, Answered):
            last[event.path] = event.text
        elif isinstance(event, Missing):
            last[event.path] = event.kind
    for path, text in last.items():
        yield f"{path}: {text}"


@click.command(cls=LocalizedCommand)
@click.argument("code")
@click.option("--yes", is_flag=True)
@shared_options
@click.pass_obj
def withdraw(context: CommandContext, code: str, yes: bool) -> None:
    """Erase the responses with this receipt code, after a typed confirmation."""
    from survey_tui.fieldwork.interviews import InterviewService

    fieldwork = InterviewService(context.store(), context.device_id)
    found = fieldwork.find_by_receipt_code(code, context.form)
    if not found:
        raise UnknownResponseError("withdraw_unknown", code=code)
    for summary in found:
        status = context.words(f"cli.status_{summary.status}")
        context.diagnostics.note(
            "cli.withdraw_found",
            id=summary.id,
            title=summary.title,
            started=summary.started[:16],
            status=status,
        )
    if not yes:
        _confirm(context)
    for tombstone in fieldwork.withdraw(found):
        write_line(tombstone.id)
    sent = any(summary.status in {"sent", "received"} for summary in found)
    context.diagnostics.note("cli.withdrawn_sent" if sent else "cli.withdrawn")
    for notice in context.store().notices:
        if notice.code == "backup_owes":
            context.diagnostics.text(f"{notice.what(context.words)} {notice.remedy(context.words)}")


@click.command(cls=LocalizedCommand)
@click.option("--days", type=click.IntRange(min=0), required=True)
@click.option("--each-start", is_flag=True)
@shared_options
@click.pass_obj
def expire(context: CommandContext, days: int, each_start: bool) -> None:
    """Remove responses whose receipt is older than ``days``; ``each_start``: at each start from now on."""
    from survey_tui.fieldwork.interviews import device_clock

    if each_start:
        save_settings(context.home, msgspec.structs.replace(load_settings(context.home), keep_days=days))
    expired = context.store().rights.expire(days, device_clock())
    for response_id in expired:
        write_line(response_id)
    context.diagnostics.note("cli.expired", count=len(expired))


def _confirm(context: CommandContext) -> None:
    word = context.words("cli.withdraw_word")
    typed = ""
    if sys.stdin.isatty():
        typed = click.prompt(
            context.words("cli.withdraw_sure", word=word), err=True, default="", show_default=False
        )
    if typed.strip().casefold() != word.casefold():
        raise UsageError("withdraw_not_sure", word=word)
