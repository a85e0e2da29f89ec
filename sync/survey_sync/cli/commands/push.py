"""``survey-sync push`` and ``watch``: exchange with the server, once or repeatedly."""

from __future__ import annotations

import time
from collections.abc import Iterable

import click

from survey_sync.cli.report_text import ProgressReport, write_report, write_unread
from survey_sync.cli.resources import SyncCommand, open_shared_store
from survey_sync.client import credentials
from survey_sync.client.errors import BusyError
from survey_sync.client.exchange import Exchange
from survey_sync.client.outbox import Outbox
from survey_sync.client.plugin_delivery import deliver_to
from survey_sync.client.retry import PollInterval
from survey_sync.client.status import estimate_upload, sync_status
from survey_sync.client.sync_home import SyncHome, now
from survey_sync.client.unread_counts import read_unread_counts
from survey_sync.client.upload import UploadRules
from survey_sync.client.upload_report import UploadReport
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import flush, write_json, write_line
from survey_tui.errors import ExitCode, StoreError, UsageError

_UPDATES_SECONDS = 3600.0  # after which the server is asked for updates when no response is pending


@click.command(cls=SyncCommand)
@click.option("--dry-run", is_flag=True)
@click.option("--limit-bytes", metavar="N", type=click.IntRange(min=1000))
@click.option("--patience", metavar="SECONDS", type=click.FloatRange(min=0), default=60.0)
@click.option("--again", is_flag=True)
@click.option("--to", metavar="NAME", default="")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def push(  # noqa: PLR0913, PLR0917 (the options of one command)
    context: CommandContext,
    dry_run: bool,
    limit_bytes: int | None,
    patience: float,
    again: bool,
    to: str,
    settings: Iterable[str],
    as_json: bool,
) -> int:
    """Send pending responses once; the exit status is that of the report."""
    rules = UploadRules(deadline=patience, limit_bytes=limit_bytes)
    if dry_run:
        return _estimate(context, as_json)
    if again:
        _reset_refusals(context)
    progress = ProgressReport(context.words, silent=as_json)
    try:
        report = (
            _deliver(context, to, settings, rules, progress) if to else _exchange(context, rules, progress)
        )
    finally:
        progress.close()
    if as_json:
        write_json(report.log_fields())
    else:
        write_report(context, report)
        write_unread(context)
    return report.exit_code


@click.command(cls=SyncCommand)
@click.option("--every", metavar="SECONDS", type=click.FloatRange(min=1), default=60.0)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def watch(context: CommandContext, every: float, as_json: bool) -> int:
    """Send pending responses as soon as there are any, and fetch updates once an hour.

    Ends with Ctrl+C, or with an error that only a person can correct.
    """
    interval = PollInterval(every)
    retry_now = True
    last_exchange = 0.0
    while True:
        report, before = None, read_unread_counts(context.home)
        if retry_now or time.monotonic() - last_exchange > _UPDATES_SECONDS or _has_pending(context):
            report = _attempt(context)
            if report is not None and report.error is None:
                last_exchange = time.monotonic()
        retry_now = report is not None and report.can_retry
        if report is not None:
            is_final = report.exit_code in {ExitCode.NOT_ENROLLED, ExitCode.UNTRUSTED}
            if as_json:
                write_json(report.log_fields())
                flush()
            elif report.total or report.error is not None or is_final:
                write_report(context, report)
            if not as_json and read_unread_counts(context.home) != before:
                write_unread(context)
            if is_final:
                return report.exit_code
            interval.record(failed=report.error is not None)
        time.sleep(interval.pause())


def _attempt(context: CommandContext) -> UploadReport | None:
    """The report of one exchange; ``None`` when another process holds the upload lock, or the disk fails.

    A missing or wrong passphrase is raised: the next attempt would not have it either, and each one makes its
    owner wait longer.
    """
    try:
        return _exchange(context, UploadRules(deadline=30.0), None)
    except (BusyError, StoreError) as error:
        if error.code in {"lock_passphrase_needed", "lock_wrong_passphrase"}:
            raise
        context.diagnostics.warning(error)
        return None


def _has_pending(context: CommandContext) -> bool:
    with open_shared_store(context, report_notices=False) as store:
        found = sync_status(SyncHome(context.home), store)
    return bool(found.waiting or found.withdrawals)


def _exchange(context: CommandContext, rules: UploadRules, progress: ProgressReport | None) -> UploadReport:
    server = credentials.load(SyncHome(context.home))
    on_progress = progress.show_upload if progress is not None else None
    return Exchange(
        context.home, lambda: open_shared_store(context), server, rules=rules, on_progress=on_progress
    ).run()


def _deliver(
    context: CommandContext, to: str, settings: Iterable[str], rules: UploadRules, progress: ProgressReport
) -> UploadReport:
    """Send to the destination of a plugin, which has an outbox of its own and does not mark the store."""
    offered = {item.name: item for _, item in context.plugins.hook_items("sync_destinations")}
    context.report_failures()
    if to not in offered:
        raise UsageError("sync_no_destination", name=to, known=", ".join(sorted(offered)) or "–")
    chosen = dict(pair.partition("=")[::2] for pair in settings)
    with open_shared_store(context) as store:
        return deliver_to(SyncHome(context.home), store, offered[to], chosen, rules, progress.show_upload)


def _estimate(context: CommandContext, as_json: bool) -> int:
    with open_shared_store(context, report_notices=False) as store:
        found = estimate_upload(SyncHome(context.home), store)
    if as_json:
        write_json(found)
    else:
        write_line(context.words("sync.dry_run", responses=found.responses, bytes=found.bytes))
    return ExitCode.OK


def _reset_refusals(context: CommandContext) -> None:
    sync_home = SyncHome(context.home)
    with sync_home.lock(), Outbox(sync_home.outbox(), writable=True) as outbox:
        refused = [
            key for key, status in outbox.statuses().items() if status.has_receipt and not status.is_delivered
        ]
        outbox.reset(refused, now())
