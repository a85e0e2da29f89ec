"""``survey-tui responses withdraw | expire``: what respondents may ask for, and the end of storage."""

from __future__ import annotations

import sys

import click

from survey_tui.application.context import Program
from survey_tui.console.arguments import UnknownResponseError
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.console.output import write_line
from survey_tui.errors import UsageError
from survey_tui.fieldwork.interviews import Fieldwork, device_clock

__all__ = ["expire", "withdraw"]


@click.command(cls=WordedCommand)
@click.argument("code")
@click.option("--yes", is_flag=True)
@shared_options
@click.pass_obj
def withdraw(program: Program, code: str, yes: bool) -> None:
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
def expire(program: Program, days: int, each_start: bool) -> None:
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


def _confirm(program: Program) -> None:
    word = program.words("cli.withdraw_word")
    typed = ""
    if sys.stdin.isatty():
        typed = click.prompt(
            program.words("cli.withdraw_sure", word=word), err=True, default="", show_default=False
        )
    if typed.strip().casefold() != word.casefold():
        raise UsageError("withdraw_not_sure", word=word)
