"""``survey-tui responses``: what is stored on this device.

``survey-tui responses withdraw | expire``: what respondents may ask for, and the end of storage."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from survey_tui.console.arguments import FORMAT, RESPONSE, SURVEY, UnknownResponseError, response_of
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, WordedCommand, shared_options
from survey_tui.console.output import write_bytes, write_json, write_line, write_table
from survey_tui.errors import SurveyError, UsageError
from survey_tui.exports import FORMATS, export_responses, plugin_formats
from survey_tui.fieldwork.interviews import Fieldwork, device_clock
from survey_tui.interview.events import Answered, Event, Missing
from survey_tui.interview.outcome import OUTCOMES
from survey_tui.store import STATUSES, Status, Summary

_COLUMNS = ("id", "status", "form_id", "commune", "ea", "household", "outcome", "answered", "updated")


@click.group(
    cls=LazyGroup,
    places={
        "withdraw": "survey_tui.cli.commands.responses:withdraw",
        "expire": "survey_tui.cli.commands.responses:expire",
    },
)
@shared_options
def responses() -> None:
    """The commands that read responses."""


@responses.command("list", cls=WordedCommand)
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--survey", type=SURVEY)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_responses(program: CommandContext, status: Status | None, survey: str | None, as_json: bool) -> None:
    """Summaries, the last changed first."""
    found = program.store(read_only=True).summaries(statuses=[status] if status else None, form_id=survey)
    if as_json:
        write_json(found)
    elif found:
        head = [program.words(f"cli.column_{name}") for name in _COLUMNS]
        write_table(head, ([_cell(program, each, name) for name in _COLUMNS] for each in found))
    else:
        program.diagnostics.note("cli.responses_none")


@responses.command("show", cls=WordedCommand)
@click.argument("response", metavar="ID", type=RESPONSE)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def show(program: CommandContext, response: str, as_json: bool) -> None:
    """One response: the frozen bytes, or a draft's events, or what they say in words."""
    store = program.store(read_only=True)
    summary = response_of(program, response)
    if as_json and summary.status != "draft":
        write_bytes(store.final_bytes(summary.id))
    elif as_json:
        write_json({"summary": summary, "events": store.events(summary.id)})
    else:
        for name in (*_COLUMNS, "username", "sha256"):
            if value := _cell(program, summary, name):
                write_line(f"{program.words(f'cli.column_{name}')}: {value}")
        if summary.sealed:
            program.diagnostics.note("cli.sealed", key_id=summary.sealed)
            return
        for line in _answers(program, summary, store.events(summary.id)):
            write_line(line)


@responses.command("export", cls=WordedCommand)
@click.option("--format", "kind", type=FORMAT, required=True)
@click.option("--survey", type=SURVEY)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--bom", is_flag=True)
@shared_options
@click.pass_obj
def export(program: CommandContext, kind: str, survey: str | None, output: Path | None, bom: bool) -> None:
    """Finished responses, oldest first."""
    write = plugin_formats(program)[kind] if kind not in FORMATS else None
    files = export_responses(program.store(read_only=True), kind, survey, output, bom=bom, write=write)
    for path in files:
        program.diagnostics.note("cli.exported", path=path)
    sealed = sum(bool(each.sealed) for each in program.store().summaries(form_id=survey))
    if sealed and kind != "jsonl":
        program.diagnostics.note("cli.sealed_left_out", count=sealed)


def _cell(program: CommandContext, summary: Summary, name: str) -> str:
    """One fact in words; codes are for ``--json``."""
    if name == "answered":
        return f"{summary.answered}/{summary.relevant}" if summary.relevant else str(summary.answered)
    if name == "commune":
        return summary.place
    if name == "status":
        return program.words(f"cli.status_{summary.status}")
    if name == "outcome":
        known = summary.outcome in OUTCOMES
        return program.words(f"start.outcome_{summary.outcome}") if known else summary.outcome
    if name == "updated":
        return _local(summary.updated)
    return str(getattr(summary, name))


def _local(moment: str) -> str:
    """A moment as the clock on the wall showed it: ``21/11/2026 08:30``."""
    try:
        return f"{dt.datetime.fromisoformat(moment).astimezone():%d/%m/%Y %H:%M}"
    except (ValueError, OverflowError, OSError):
        return moment


def _answers(program: CommandContext, summary: Summary, events: list[Event]) -> Iterator[str]:
    """Question and answer in words; plain paths and texts when the form is not on this device any more."""
    from survey_tui.interview.session import Session

    try:
        session = Session.replay(program.form(summary.form_id, summary.commune), events)
    except SurveyError as error:
        program.diagnostics.warning(error)
        yield from _bare_answers(events)
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


def _bare_answers(events: list[Event]) -> Iterator[str]:
    last: dict[str, str] = {}
    for event in events:
        if isinstance(event, Answered):
            last[event.path] = event.text
        elif isinstance(event, Missing):
            last[event.path] = event.kind
    for path, text in last.items():
        yield f"{path}: {text}"


@click.command(cls=WordedCommand)
@click.argument("code")
@click.option("--yes", is_flag=True)
@shared_options
@click.pass_obj
def withdraw(program: CommandContext, code: str, yes: bool) -> None:
    """Erase the response with this receipt code; a word typed confirms it."""
    fieldwork = Fieldwork(program.store(), program.device_id)
    found = fieldwork.with_code(code, program.form)
    if not found:
        raise UnknownResponseError("withdraw_unknown", code=code)
    for summary in found:
        status = program.words(f"cli.status_{summary.status}")
        program.diagnostics.note(
            "cli.withdraw_found",
            id=summary.id,
            title=summary.title,
            started=summary.started[:16],
            status=status,
        )
    if not yes:
        _confirm(program)
    for stone in fieldwork.withdraw(found):
        write_line(stone.id)
    sent = any(summary.status in {"sent", "received"} for summary in found)
    program.diagnostics.note("cli.withdrawn_sent" if sent else "cli.withdrawn")
    for notice in program.store().notices:
        if notice.code == "backup_owes":
            program.diagnostics.text(f"{notice.what(program.words)} {notice.remedy(program.words)}")


@click.command(cls=WordedCommand)
@click.option("--days", type=click.IntRange(min=0), required=True)
@click.option("--each-start", is_flag=True)
@shared_options
@click.pass_obj
def expire(program: CommandContext, days: int, each_start: bool) -> None:
    """Take responses off the device whose receipt is older than ``days``; ``each_start``: from now on at each
    start."""
    if each_start:
        import msgspec

        from survey_tui.application.settings import load_settings, save_settings

        save_settings(program.home, msgspec.structs.replace(load_settings(program.home), keep_days=days))
    gone = program.store().rights.expire(days, device_clock())
    for response_id in gone:
        write_line(response_id)
    program.diagnostics.note("cli.expired", count=len(gone))


def _confirm(program: CommandContext) -> None:
    word = program.words("cli.withdraw_word")
    typed = ""
    if sys.stdin.isatty():
        typed = click.prompt(
            program.words("cli.withdraw_sure", word=word), err=True, default="", show_default=False
        )
    if typed.strip().casefold() != word.casefold():
        raise UsageError("withdraw_not_sure", word=word)
