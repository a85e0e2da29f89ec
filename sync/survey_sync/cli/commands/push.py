"""``survey-sync push`` and ``watch``: what waits goes out, now or whenever there is a line."""

from __future__ import annotations

import time
from collections.abc import Iterable

import click

from survey_sync.cli.report_text import ProgressBar, tell_news, tell_report
from survey_sync.cli.resources import SyncCommand, open_beside, quiet_store
from survey_sync.client import credentials
from survey_sync.client.errors import BusyError
from survey_sync.client.retry import PollInterval
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.unread_counts import read_unread_counts
from survey_sync.client.upload import UploadRules
from survey_sync.client.upload_report import UploadReport
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import flush, write_json, write_line
from survey_tui.errors import ExitCode, StoreError

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
    program: CommandContext,
    dry_run: bool,
    limit_bytes: int | None,
    patience: float,
    again: bool,
    to: str,
    settings: Iterable[str],
    as_json: bool,
) -> int:
    """Send once; the exit status says how it went."""
    rules = UploadRules(deadline=patience, limit_bytes=limit_bytes)
    if dry_run:
        return _rehearse(program, as_json)
    if again:
        _forget_refusals(program)
    bar = ProgressBar(program.words, silent=as_json)
    try:
        report = _deliver(program, to, settings, rules, bar) if to else _exchange(program, rules, bar)
    finally:
        bar.close()
    if as_json:
        write_json(report.log_fields())
    else:
        tell_report(program, report)
        tell_news(program)
    return report.exit_code


@click.command(cls=SyncCommand)
@click.option("--every", metavar="SECONDS", type=click.FloatRange(min=1), default=60.0)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def watch(program: CommandContext, every: float, as_json: bool) -> int:
    """Look every so often whether something waits, and send it; once an hour, ask what the coordinator has.
    Ends with Ctrl+C, or when only a person can help."""
    interval = PollInterval(every)
    again = True
    asked = 0.0
    while True:
        report, before = None, read_unread_counts(program.home)
        if again or time.monotonic() - asked > _UPDATES_SECONDS or _waits(program):
            report = _attempt(program)
            if report is not None and report.error is None:
                asked = time.monotonic()
        again = report is not None and report.can_retry
        if report is not None:
            over = report.exit_code in {ExitCode.NOT_ENROLLED, ExitCode.UNTRUSTED}
            if as_json:
                write_json(report.log_fields())
                flush()
            elif report.total or report.error is not None or over:
                tell_report(program, report)
            if not as_json and read_unread_counts(program.home) != before:
                tell_news(program)
            if over:
                return report.exit_code
            interval.record(failed=report.error is not None)
        time.sleep(interval.pause())


def _attempt(program: CommandContext) -> UploadReport | None:
    """One exchange; ``None`` when another program is at it or the disk refuses for now.

    A passphrase that is missing or wrong will be so the next time too, and each try makes its owner wait
    longer: that is raised.
    """
    try:
        return _exchange(program, UploadRules(deadline=30.0), None)
    except (BusyError, StoreError) as error:
        if error.code in {"lock_passphrase_needed", "lock_wrong_passphrase"}:
            raise
        program.diagnostics.warning(error)
        return None


def _waits(program: CommandContext) -> bool:
    from survey_sync.client.status import sync_status

    with quiet_store(program) as store:
        found = sync_status(SyncHome(program.home), store)
    return bool(found.waiting or found.withdrawals)


def _exchange(program: CommandContext, rules: UploadRules, bar: ProgressBar | None) -> UploadReport:
    from survey_sync.client.exchange import Exchange

    given = credentials.load(SyncHome(program.home))
    told = bar.show if bar is not None else None
    return Exchange(program.home, lambda: open_beside(program), given, rules=rules, on_progress=told).run()


def _deliver(
    program: CommandContext, to: str, settings: Iterable[str], rules: UploadRules, bar: ProgressBar
) -> UploadReport:
    """To the destination of a plugin, which has an outbox of its own and marks nothing in the store."""
    from survey_sync.client.plugin_delivery import deliver_to

    offered = {item.name: item for _, item in program.plugins.offers("sync_destinations")}
    program.report_failures()
    if to not in offered:
        from survey_tui.errors import UsageError

        raise UsageError("sync_no_destination", name=to, known=", ".join(sorted(offered)) or "–")
    chosen = dict(pair.partition("=")[::2] for pair in settings)
    with open_beside(program) as store:
        return deliver_to(SyncHome(program.home), store, offered[to], chosen, rules, bar.show)


def _rehearse(program: CommandContext, as_json: bool) -> int:
    from survey_sync.client.status import estimate_upload

    with quiet_store(program) as store:
        found = estimate_upload(SyncHome(program.home), store)
    if as_json:
        write_json(found)
    else:
        write_line(program.words("sync.dry_run", responses=found.responses, bytes=found.bytes))
    return ExitCode.OK


def _forget_refusals(program: CommandContext) -> None:
    from survey_sync.client.outbox import Outbox
    from survey_sync.client.sync_home import now

    folder = SyncHome(program.home)
    with folder.lock(), Outbox(folder.outbox(), writable=True) as outbox:
        refused = [key for key, at in outbox.statuses().items() if at.has_receipt and not at.is_delivered]
        outbox.reset(refused, now())
