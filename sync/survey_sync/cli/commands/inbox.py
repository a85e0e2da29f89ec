"""``survey-sync messages`` and ``install``: messages and packages from the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from survey_sync.cli.report_text import format_moment
from survey_sync.cli.resources import SyncCommand
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_state import FINAL_STATES, PackageRecord
from survey_sync.client.sync_home import SyncHome
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, StoreError
from survey_tui.store import ResponseStore

if TYPE_CHECKING:
    from survey_sync.client.package_install import InstallResult


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def messages(context: CommandContext, as_json: bool) -> None:
    """Write messages, oldest first, and mark them as seen."""
    inbox = Inbox(SyncHome(context.home))
    messages = inbox.messages
    if as_json:
        write_json(messages)
    for message in () if as_json else messages:
        mark = " " if message.seen else "*"
        back = f"[{context.words('sync.message_retracted')}] " if message.retracted else ""
        write_line(f"{mark} {format_moment(message.at)}  {back}{message.author}: {message.text}")
    if not messages:
        context.diagnostics.note("sync.messages_none")
    with suppress(StoreError):  # they were shown, even if that cannot be stored
        inbox.mark_seen([message.seq for message in messages])


@click.command(cls=SyncCommand)
@click.option("--again", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def install(context: CommandContext, again: bool, as_json: bool) -> int:
    """Install packages that are ready; refused while the full-screen program is open."""
    from survey_sync.client import package_install

    inbox = Inbox(SyncHome(context.home))
    if again:
        package_install.request_failed_packages(inbox)
        if inbox.packages_in_state("wanted"):
            context.diagnostics.note("sync.fetched_with_push")
    done: list[InstallResult] = []
    if inbox.packages_in_state("ready"):
        with _store_to_itself(context):
            done = package_install.install_ready(inbox, package_install.ready_changes(inbox))
    _write_result(context, inbox, done, as_json)
    if any(each.state in FINAL_STATES or each.state == "unknown_key" for each in inbox.packages):
        return ExitCode.UNTRUSTED
    return ExitCode.STORE if inbox.packages_in_state("ready") else ExitCode.OK


@contextmanager
def _store_to_itself(context: CommandContext) -> Iterator[None]:
    """Keep the full-screen program from opening the store; it is the only one that opens it exclusively."""
    with ResponseStore.open(context.home, keys=context.keys) as store:
        if store.read_only:
            context.diagnostics.note("sync.install_inside")
            raise StoreError("sync_install_read_only")
        yield


def _write_result(context: CommandContext, inbox: Inbox, done: list[InstallResult], as_json: bool) -> None:
    """Write packages to standard output; results, faults and remedies to standard error."""
    for one in done:
        if one.error is None:
            context.diagnostics.note("sync.installed", name=one.package.name, version=one.package.version)
        elif one.can_retry:
            context.diagnostics.warning(one.error)  # a full disk may not even take the error
    listed = [each for each in inbox.packages if each.state != "superseded"]
    if as_json:
        write_json([_package_fields(context, each) for each in listed])
    for each in listed:
        if not as_json:
            state = context.words(f"sync.package_{each.state}")
            name, version = each.package.name, each.package.version
            write_line(context.words("sync.package", name=name, version=version, state=state))
        for line in _remedies(context, each):
            context.diagnostics.text(line)
    if not listed:
        context.diagnostics.note("sync.packages_none")
    with suppress(StoreError):
        inbox.mark_seen(packages=[each.package.seq for each in listed])


def _remedies(context: CommandContext, record: PackageRecord) -> Iterator[str]:
    from survey_sync.client.package_install import remedies

    yield from remedies(record, context.home, context.words)


def _package_fields(context: CommandContext, record: PackageRecord) -> dict[str, object]:
    """A package for scripts. ``reason``: code of its error; ``message``: text for people; ``fingerprint``: of
    the key that signed the announcement, as ``survey-sync key`` shows it."""
    from survey_sync.client.package_install import signer_fingerprint

    package, error = record.package, record.error
    return {
        "name": package.name,
        "version": package.version,
        "content": package.content,
        "state": record.state,
        "reason": error.code if error else "",
        "message": " ".join(_remedies(context, record)),
        "fingerprint": signer_fingerprint(package),
        "retracted": record.retracted,
    }
