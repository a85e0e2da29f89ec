"""``survey-sync messages`` and ``install``: what came from the coordinator."""

from __future__ import annotations

from pathlib import Path

import click

from survey_sync.client.folder import Folder
from survey_sync.client.inbox import Inbox, install_ready
from survey_sync.commands.words import SyncCommand
from survey_sync.protocol import Package
from survey_tui.cli.output import write_json, write_line
from survey_tui.cli.program import Program
from survey_tui.cli.words import shared_options
from survey_tui.errors import ExitCode, PluginError, StoreError

__all__ = ["install", "messages"]


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def messages(program: Program, as_json: bool) -> None:
    """Messages, oldest first; reading them here counts as seen."""
    inbox = Inbox(Folder(program.home))
    letters = inbox.letters
    if as_json:
        write_json(letters)
    for letter in () if as_json else letters:
        mark = " " if letter.seen else "*"
        write_line(f"{mark} {letter.at}  {letter.author}: {letter.text}")
    if not letters:
        program.diagnostics.note("sync.messages_none")
    inbox.seen([letter.seq for letter in letters])


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def install(program: Program, as_json: bool) -> int:
    """Install what is here and verified; refused while the full-screen program is open."""
    inbox = Inbox(Folder(program.home))
    if any(parked.state == "ready" for parked in inbox.packages):
        _refuse_during_interviews(program)
        install_ready(inbox, lambda package, path: _install(program, package, path))
    states = [
        {"name": each.package.name, "version": each.package.version, "state": each.state}
        for each in inbox.packages
    ]
    if as_json:
        write_json(states)
    for each in () if as_json else states:
        write_line(
            program.words("sync.package", **{**each, "state": program.words(f"sync.package_{each['state']}")})
        )
    if not states:
        program.diagnostics.note("sync.packages_none")
    bad = {"bad_signature", "bad_hash", "failed", "unknown_key", "too_large"}
    return ExitCode.UNTRUSTED if any(each["state"] in bad for each in states) else ExitCode.OK


def _refuse_during_interviews(program: Program) -> None:
    """Only the program that a person works in opens the store exclusively."""
    from survey_tui.store import ResponseStore

    with ResponseStore.open(program.home, keys=program.keys) as store:
        if store.read_only:
            raise StoreError("store_in_use", path=str(program.home))


def _install(program: Program, package: Package, path: Path) -> None:
    """As ``survey-tui plugins install`` does; the package's own signature counts if it has one."""
    from survey_tui.plugins.discovery import find
    from survey_tui.plugins.installing import inspect
    from survey_tui.plugins.installing import install as put
    from survey_tui.plugins.state import load_state

    try:
        parcel = inspect(path, load_state(program.home))
        put(parcel, program.home, list(find(program.home, None)))
    except PluginError as error:
        program.diagnostics.warning(error)
        raise
    program.diagnostics.note("sync.installed", name=package.name, version=package.version)
