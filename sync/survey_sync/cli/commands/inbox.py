"""``survey-sync messages`` and ``install``: what came from the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from survey_sync.cli.report_text import when
from survey_sync.cli.resources import SyncCommand
from survey_sync.client.inbox import Inbox
from survey_sync.client.package_state import FINAL_STATES, PackageRecord
from survey_sync.client.sync_home import SyncHome
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, StoreError

if TYPE_CHECKING:
    from survey_sync.client.package_install import InstallResult


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def messages(program: CommandContext, as_json: bool) -> None:
    """Messages, oldest first; reading them here counts as seen."""
    inbox = Inbox(SyncHome(program.home))
    letters = inbox.messages
    if as_json:
        write_json(letters)
    for letter in () if as_json else letters:
        mark = " " if letter.seen else "*"
        back = f"[{program.words('sync.message_retracted')}] " if letter.retracted else ""
        write_line(f"{mark} {when(letter.at)}  {back}{letter.author}: {letter.text}")
    if not letters:
        program.diagnostics.note("sync.messages_none")
    with suppress(StoreError):  # shown they were, if this cannot be kept
        inbox.mark_seen([letter.seq for letter in letters])


@click.command(cls=SyncCommand)
@click.option("--again", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def install(program: CommandContext, again: bool, as_json: bool) -> int:
    """Install what is here and verified; refused while the full-screen program is open."""
    from survey_sync.client import package_install

    inbox = Inbox(SyncHome(program.home))
    if again:
        package_install.request_failed_packages(inbox)
        if inbox.packages_in_state("wanted"):
            program.diagnostics.note("sync.fetched_with_push")
    done: list[InstallResult] = []
    if inbox.packages_in_state("ready"):
        with _no_interviews(program):
            done = package_install.install_ready(inbox, package_install.ready_changes(inbox))
    _tell(program, inbox, done, as_json)
    if any(each.state in FINAL_STATES or each.state == "unknown_key" for each in inbox.packages):
        return ExitCode.UNTRUSTED
    return ExitCode.STORE if inbox.packages_in_state("ready") else ExitCode.OK


@contextmanager
def _no_interviews(program: CommandContext) -> Iterator[None]:
    """Only the program that a person works in opens the store exclusively; until this ends, nobody else
    does."""
    from survey_tui.store import ResponseStore

    with ResponseStore.open(program.home, keys=program.keys) as store:
        if store.read_only:
            program.diagnostics.note("sync.install_inside")
            raise StoreError("sync_install_read_only")
        yield


def _tell(program: CommandContext, inbox: Inbox, done: list[InstallResult], as_json: bool) -> None:
    """Data on standard output; what was done, what stands in the way and what to do on standard error."""
    for one in done:
        if one.error is None:
            program.diagnostics.note("sync.installed", name=one.package.name, version=one.package.version)
        elif one.can_retry:
            program.diagnostics.warning(one.error)  # a full disk may not even take the reason
    listed = [each for each in inbox.packages if each.state != "superseded"]
    if as_json:
        write_json([_facts(program, each) for each in listed])
    for each in listed:
        if not as_json:
            state = program.words(f"sync.package_{each.state}")
            name, version = each.package.name, each.package.version
            write_line(program.words("sync.package", name=name, version=version, state=state))
        for line in _remedy(program, each):
            program.diagnostics.text(line)
    if not listed:
        program.diagnostics.note("sync.packages_none")
    with suppress(StoreError):
        inbox.mark_seen(packages=[each.package.seq for each in listed])


def _remedy(program: CommandContext, parked: PackageRecord) -> Iterator[str]:
    from survey_sync.client.package_install import remedies

    yield from remedies(parked, program.home, program.words)


def _facts(program: CommandContext, parked: PackageRecord) -> dict[str, object]:
    """A package for another program. ``reason`` is the code of an error, ``message`` the words for people;
    ``fingerprint`` that of the key that signed the announcement, as ``survey-sync key`` shows it."""
    from survey_sync.client.package_install import signer_fingerprint

    package, trouble = parked.package, parked.error
    return {
        "name": package.name,
        "version": package.version,
        "content": package.content,
        "state": parked.state,
        "reason": trouble.code if trouble else "",
        "message": " ".join(_remedy(program, parked)),
        "fingerprint": signer_fingerprint(package),
        "retracted": parked.retracted,
    }
