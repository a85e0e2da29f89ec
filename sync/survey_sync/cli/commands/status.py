"""``survey-sync status`` and ``log``: pending responses and their errors, and past events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from survey_sync.cli.report_text import format_moment, write_unread
from survey_sync.cli.resources import SyncCommand, open_shared_store
from survey_sync.client import credentials
from survey_sync.client.errors import EnrolmentError
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.unread_counts import read_unread_counts
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import ExitCode

if TYPE_CHECKING:
    from survey_sync.client.status import PendingSummary, SyncStatus

_MAX_LISTED = 20


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def status(context: CommandContext, as_json: bool) -> int:
    """Write the sync status of this home, without a network.

    ``ExitCode.WAITING`` with something to send, ``REFUSED`` with findings that a person must look at.
    """
    from survey_sync.client.status import count_pending_attachments, sync_status

    sync_home = SyncHome(context.home)
    with open_shared_store(context, report_notices=False) as store:
        found = sync_status(sync_home, store)
        attachments = count_pending_attachments(sync_home, store)
    server = _server(sync_home)
    if as_json:
        unread = read_unread_counts(context.home)
        fields = {"messages": unread.unread, "packages": unread.ready, "troubled": unread.needs_attention}
        write_json({"server": server, "overview": found, "attachments": attachments, **fields})
    else:
        _write_text(context, server, found, attachments)
    if found.findings:
        return ExitCode.REFUSED
    return ExitCode.WAITING if found.waiting or found.withdrawals or attachments else ExitCode.OK


def _server(sync_home: SyncHome) -> dict[str, str]:
    """Server and role of this device; empty if it is not enrolled."""
    try:
        server = credentials.load(sync_home)
    except EnrolmentError:
        return {}
    return {"url": server.url, "name": server.server_name, "role": server.role, "surveyor": server.surveyor}


def _write_text(context: CommandContext, server: dict[str, str], found: SyncStatus, attachments: int) -> None:
    words = context.words
    if server:
        whose = server["surveyor"] or words(f"sync.role_{server['role']}")
        write_line(words("sync.status_server", **{**server, "surveyor": whose}))
    else:
        write_line(words("sync.status_no_server"))
    counts = {"waiting": len(found.waiting), "received": found.received, "drafts": found.drafts}
    write_line(words("sync.status_counts", **counts, last=format_moment(found.last) or "–"))
    if found.withdrawals:
        write_line(words("sync.status_withdrawals", count=found.withdrawals))
    if attachments:
        write_line(words("sync.status_attachments", count=attachments))
    write_unread(context)
    _write_attempts(context, found.waiting)
    for finding in found.findings[:_MAX_LISTED]:
        write_line(words(f"sync.finding_{finding.status}", id=finding.id, reason=finding.reason or "–"))


def _write_attempts(context: CommandContext, waiting: Sequence[PendingSummary]) -> None:
    tried = [each for each in waiting if each.attempts]
    if tried:
        head = [context.words(f"sync.column_{name}") for name in ("id", "attempts", "error", "tried")]
        write_table(
            head,
            (
                [each.id, str(each.attempts), each.error, format_moment(each.tried)]
                for each in tried[:_MAX_LISTED]
            ),
        )


@click.command(cls=SyncCommand)
@click.option("--last", metavar="N", type=click.IntRange(min=0), default=20)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def log(context: CommandContext, last: int, as_json: bool) -> None:
    """Write the last events, oldest first."""
    events = SyncLog(SyncHome(context.home).log).events(last)
    if as_json:
        write_json(events)
        return
    for event in events:
        at, what = event.pop("at", ""), event.pop("event", "")
        fields = ", ".join(f"{name} {value}" for name, value in event.items() if value not in ("", [], 0))
        write_line(f"{at}  {what}  {fields}")
    if not events:
        context.diagnostics.note("sync.log_empty")
