"""``survey-sync offer``: a questionnaire or plugin for the devices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_sync.client.errors import CoordinatorError
from survey_sync.client.figures import size_in_words
from survey_sync.client.sync_home import Folder
from survey_sync.commands.opening import open_coordinator
from survey_sync.commands.words import SyncCommand
from survey_tui.application.context import Program
from survey_tui.console.commands import shared_options
from survey_tui.console.live_line import LiveLine, Sent
from survey_tui.console.output import write_json, write_line

if TYPE_CHECKING:
    from survey_sync.client.package_build import Prepared
    from survey_sync.protocol.messages import Content, Package

__all__ = ["offer"]


@click.command(cls=SyncCommand)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--key", "key_file", metavar="KEYFILE", type=click.Path(path_type=Path))
@click.option("--as", "content", type=click.Choice(("survey", "plugin")))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def offer(
    program: Program, path: Path, key_file: Path | None, content: Content | None, as_json: bool
) -> None:
    """Judge, sign, send; the number is the first line of the answer."""
    from survey_sync.client.device_keys import SigningKey
    from survey_sync.client.package_build import before, prepare
    from survey_sync.protocol.audience import reach

    line = LiveLine(program)
    with open_coordinator(program, line.leave) as coordinator:
        key = SigningKey(Folder(program.home), key_file)
        with line.while_it(lambda: program.words("coordinator.checking", path=path)):
            wanted = prepare(path, program.home, key.file, content)
            items, _ = coordinator.offered()
            old = before(items, wanted)
            most = coordinator.most()
        if len(wanted.data) > most:
            raise CoordinatorError("sync_offer_too_large", path=path, size=len(wanted.data), limit=most)
        _tell_plan(program, wanted, old)
        sent = Sent(program.words, len(wanted.data))
        with line.while_it(sent.text):
            package, new = coordinator.offer(wanted, key.public, key.sign, sent.count)
        devices = reach(package, coordinator.devices()).devices
        _trust_own(program, key.public)
    if as_json:
        write_json({"package": package, "new": new, "devices": len(devices), **_facts(key.public)})
    else:
        _tell(program, package, key.public)
    program.diagnostics.note(
        "coordinator.offer_new" if new else "coordinator.offer_known", count=len(devices)
    )
    program.diagnostics.note("coordinator.offer_trust", command=_facts(key.public)["trust"])


def _facts(public: str) -> dict[str, str]:
    from survey_sync.client.device_keys import fingerprint, key_name

    trust = f"survey-sync trust {key_name(public)} {public}"
    return {"public": public, "fingerprint": fingerprint(public), "trust": trust}


def _trust_own(program: Program, public: str) -> None:
    """What is signed here comes back to this device too, and is nobody else's."""
    from survey_sync.client.device_keys import key_name, trust, trusted_keys

    folder = Folder(program.home)
    if public not in trusted_keys(folder).values():
        trust(folder, key_name(public), public)


def _tell_plan(program: Program, wanted: Prepared, old: Package | None) -> None:
    """What will come of it, before it does."""
    note, words = program.diagnostics.note, program.words
    title = wanted.title.get(program.language) or next(iter(wanted.title.values()), "–")
    note(
        "coordinator.offer_plan",
        name=wanted.name,
        version=wanted.version,
        kind=words(f"coordinator.kind_{wanted.content}"),
        title=title,
        size=size_in_words(len(wanted.data)),
    )
    if old is not None and (old.sha256, old.version) != (wanted.sha256, wanted.version):
        note("coordinator.offer_replaces", seq=old.seq, version=old.version)
    if wanted.python:
        note("coordinator.offer_python")
    if wanted.foreign:
        note("coordinator.offer_foreign")


def _tell(program: Program, package: Package, public: str) -> None:
    facts = {
        "number": package.seq,
        "name": package.name,
        "version": package.version,
        "kind": program.words(f"coordinator.kind_{package.content}"),
        "sha256": package.sha256,
        "fingerprint": _facts(public)["fingerprint"],
    }
    heads = {name: program.words(f"coordinator.field_{name}") for name in facts}
    width = max(map(len, heads.values()))
    for name, value in facts.items():
        write_line(f"{heads[name]:{width}}  {value}")
