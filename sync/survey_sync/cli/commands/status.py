"""``survey-sync status`` and ``log``: how it stands, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from survey_sync.cli.report_text import when
from survey_sync.cli.resources import SyncCommand, quiet_store
from survey_sync.client.sync_home import SyncHome
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import ExitCode

if TYPE_CHECKING:
    from survey_sync.client.status import PendingSummary, SyncStatus


_LISTED = 20


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def status(program: CommandContext, as_json: bool) -> int:
    """What waits and why, without a network. ``ExitCode.WAITING`` when something does, ``REFUSED`` when a
    person must look."""
    from survey_sync.client.status import count_pending_attachments, sync_status
    from survey_sync.client.unread_counts import read_unread_counts

    folder = SyncHome(program.home)
    with quiet_store(program) as store:
        found = sync_status(folder, store)
        attachments = count_pending_attachments(folder, store)
    server = _server(folder)
    if as_json:
        news = read_unread_counts(program.home)
        facts = {"messages": news.unread, "packages": news.ready, "troubled": news.needs_attention}
        write_json({"server": server, "overview": found, "attachments": attachments, **facts})
    else:
        _tell(program, server, found, attachments)
    if found.findings:
        return ExitCode.REFUSED
    return ExitCode.WAITING if found.waiting or found.withdrawals or attachments else ExitCode.OK


def _server(folder: SyncHome) -> dict[str, str]:
    """Where this device is enrolled, and as whom; nothing when it is not."""
    from survey_sync.client import credentials
    from survey_sync.client.errors import EnrolmentError

    try:
        given = credentials.load(folder)
    except EnrolmentError:
        return {}
    return {"url": given.url, "name": given.server_name, "role": given.role, "surveyor": given.surveyor}


def _tell(program: CommandContext, server: dict[str, str], found: SyncStatus, attachments: int) -> None:
    from survey_sync.cli.report_text import tell_news

    words = program.words
    if server:
        whose = server["surveyor"] or words(f"sync.role_{server['role']}")
        write_line(words("sync.status_server", **{**server, "surveyor": whose}))
    else:
        write_line(words("sync.status_no_server"))
    counts = {"waiting": len(found.waiting), "received": found.received, "drafts": found.drafts}
    write_line(words("sync.status_counts", **counts, last=when(found.last) or "–"))
    if found.withdrawals:
        write_line(words("sync.status_withdrawals", count=found.withdrawals))
    if attachments:
        write_line(words("sync.status_attachments", count=attachments))
    tell_news(program)
    _list(program, found.waiting)
    for finding in found.findings[:_LISTED]:
        write_line(words(f"sync.finding_{finding.status}", id=finding.id, reason=finding.reason or "–"))


def _list(program: CommandContext, waiting: Sequence[PendingSummary]) -> None:
    tried = [each for each in waiting if each.attempts]
    if tried:
        head = [program.words(f"sync.column_{name}") for name in ("id", "attempts", "error", "tried")]
        write_table(
            head, ([each.id, str(each.attempts), each.error, when(each.tried)] for each in tried[:_LISTED])
        )


@click.command(cls=SyncCommand)
@click.option("--last", metavar="N", type=click.IntRange(min=0), default=20)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def log(program: CommandContext, last: int, as_json: bool) -> None:
    """Events, oldest first."""
    from survey_sync.client.sync_home import SyncLog

    events = SyncLog(SyncHome(program.home).log).events(last)
    if as_json:
        write_json(events)
        return
    for event in events:
        at, what = event.pop("at", ""), event.pop("event", "")
        facts = ", ".join(f"{name} {value}" for name, value in event.items() if value not in ("", [], 0))
        write_line(f"{at}  {what}  {facts}")
    if not events:
        program.diagnostics.note("sync.log_empty")
