"""``survey-sync offered``, ``message`` and ``retract``: the coordinator and the devices.

``survey-sync offer``: a questionnaire or plugin for the devices."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_sync.cli.report_text import first_words, when
from survey_sync.cli.resources import SyncCommand, open_coordinator
from survey_sync.client.errors import CoordinatorError
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload_report import format_size
from survey_sync.protocol.messages import DeviceRecord, Message, Package
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.live_line import LiveLine, Sent
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import UsageError
from survey_tui.vietnamese import clean, nfc

if TYPE_CHECKING:
    from survey_sync.client.package_build import PackageOffer
    from survey_sync.protocol.audience import UpdateAudience
    from survey_sync.protocol.messages import Content


_COLUMNS = ("number", "kind", "heard", "fetched", "when", "by", "what")
_DEVICE_COLUMNS = ("device", "surveyor", "state", "seen")
_WHAT = 24  # together 80 columns
_BY = 10
_LONGEST = 4000


@click.command(cls=SyncCommand)
@click.argument("number", metavar="[NUMBER]", type=click.IntRange(min=1), required=False)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def offered(program: CommandContext, number: int | None, as_json: bool) -> None:
    """Everything that is offered, or the devices that one of it is for."""
    from survey_sync.protocol.audience import update_audience

    with open_coordinator(program) as coordinator:
        items, _ = coordinator.list_updates()
        devices = coordinator.list_devices()
    if number is not None:
        item = next((each for each in items if each.seq == number), None)
        if item is None:
            raise CoordinatorError("sync_no_update", seq=number)
        _write_devices(program, update_audience(item, devices), as_json=as_json)
    elif as_json:
        write_json([_facts(each, items, devices) for each in items])
    elif items:
        head = [program.words(f"coordinator.column_{name}") for name in _COLUMNS]
        write_table(head, [_row(program, each, items, devices) for each in items])
    else:
        program.diagnostics.note("coordinator.offered_none")


def _facts(
    item: Message | Package, items: Sequence[Message | Package], devices: Sequence[DeviceRecord]
) -> dict[str, object]:
    from survey_sync.protocol.audience import replacement_number, update_audience

    come = update_audience(item, devices)
    facts: dict[str, object] = {"number": item.seq, "at": item.at, "author": item.author}
    if isinstance(item, Message):
        facts |= {"kind": "message", "text": item.text, "surveyor": item.surveyor}
    else:
        facts |= {"kind": item.content, "name": item.name, "version": item.version, "sha256": item.sha256}
        facts |= {"replaced_by": replacement_number(item, items) or None, "fetched": len(come.fetched)}
    return facts | {"devices": len(come.devices), "heard": len(come.heard)}


def _row(
    program: CommandContext,
    item: Message | Package,
    items: Sequence[Message | Package],
    devices: Sequence[DeviceRecord],
) -> list[str]:
    from survey_sync.protocol.audience import replacement_number, update_audience

    words, come = program.words, update_audience(item, devices)
    total = len(come.devices)
    if isinstance(item, Message):
        kind, fetched = words("coordinator.kind_message"), ""
        what = first_words(f"→ {item.surveyor}: {item.text}" if item.surveyor else item.text, _WHAT)
    else:
        other = replacement_number(item, items)
        kind, fetched = words(f"coordinator.kind_{item.content}"), f"{len(come.fetched)}/{total}"
        what = f"{item.name} {item.version}" + (words("coordinator.replaced", seq=other) if other else "")
    author, at = first_words(item.author, _BY) or "–", when(item.at, year=False)
    return [str(item.seq), kind, f"{len(come.heard)}/{total}", fetched, at, author, what]


def _write_devices(program: CommandContext, come: UpdateAudience, *, as_json: bool) -> None:
    def state(device: DeviceRecord) -> str:
        return "fetched" if device in come.fetched else "heard" if device in come.heard else "waiting"

    if as_json:
        write_json(
            [
                {"id": d.id, "name": d.name, "surveyor": d.surveyor, "state": state(d), "seen": d.last_seen}
                for d in come.devices
            ]
        )
    elif come.devices:
        head = [program.words(f"coordinator.column_{name}") for name in _DEVICE_COLUMNS]
        rows = [
            [d.name, d.surveyor or "–", program.words(f"coordinator.state_{state(d)}"), when(d.last_seen)]
            for d in come.devices
        ]
        write_table(head, rows)
    else:
        program.diagnostics.note("coordinator.no_devices")


@click.command(cls=SyncCommand)
@click.argument("text", metavar="TEXT")
@click.option("--to", "surveyor", metavar="SURVEYOR", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def message(program: CommandContext, text: str, surveyor: str, as_json: bool) -> None:
    """Tell one surveyor, or everybody; the number is the answer."""
    from survey_sync.protocol.audience import update_audience

    whole = _checked(_input() if text == "-" else text)
    to = " ".join(clean(surveyor).split())
    with open_coordinator(program) as coordinator:
        devices = coordinator.list_devices()
        _, last = coordinator.list_updates()
        seq = coordinator.send_message(whole, to, last)
    come = update_audience(Message(seq=seq, at="", author="", text=whole, surveyor=to), devices)
    if as_json:
        write_json({"number": seq, "surveyor": to, "devices": len(come.devices)})
    else:
        write_line(str(seq))
    _tell_whom(program, seq, to, devices, len(come.devices))


def _tell_whom(
    program: CommandContext, seq: int, to: str, devices: Sequence[DeviceRecord], count: int
) -> None:
    from difflib import get_close_matches

    from survey_sync.protocol.audience import active_surveyors

    if count and to:
        program.diagnostics.note("coordinator.message_one", surveyor=to, count=count)
    elif count:
        program.diagnostics.note("coordinator.message_all", count=count)
    elif to:
        known = {each.casefold(): each for each in active_surveyors(devices)}
        near = [known[each] for each in get_close_matches(to.casefold(), known, 3, 0.6)]
        program.diagnostics.note(
            "coordinator.message_nobody", surveyor=to, near=", ".join(near) or "–", seq=seq
        )
    else:
        program.diagnostics.note("coordinator.no_devices")


def _input() -> str:
    try:
        return sys.stdin.buffer.read(_LONGEST * 8).decode()
    except UnicodeDecodeError as error:
        raise UsageError("sync_message_not_text") from error


def _checked(text: str) -> str:
    whole = clean(nfc(text), newlines=True).strip()
    if not whole:
        raise UsageError("sync_message_empty")
    if len(whole) > _LONGEST:
        raise UsageError("sync_message_long", length=len(whole), limit=_LONGEST)
    return whole


@click.command(cls=SyncCommand)
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1, max=(1 << 53) - 1))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def retract(program: CommandContext, number: int, as_json: bool) -> None:
    """Take a message or package back; what counts then is told."""
    from survey_sync.protocol.audience import update_audience

    with open_coordinator(program) as coordinator:
        items, _ = coordinator.list_updates()
        devices = coordinator.list_devices()
        done = coordinator.retract(number)
    item = next((each for each in items if each.seq == number), None)
    if as_json:
        write_json({"retraction": done, "new": item is not None})
    if item is None:
        program.diagnostics.note("coordinator.retracted_before", seq=number, at=when(done.at), by=done.author)
        return
    if not as_json:
        write_line(program.words("coordinator.retracted", seq=number, what=_what(item)))
    come = update_audience(item, devices)
    if come.devices:
        program.diagnostics.note("coordinator.retract_heard", heard=len(come.heard), count=len(come.devices))
    if isinstance(item, Package):
        _tell_what_counts(program, item, [each for each in items if each.seq != number])


def _what(item: Message | Package) -> str:
    if isinstance(item, Package):
        return f"{item.name} {item.version}"
    return first_words(item.text, 60)


def _tell_what_counts(program: CommandContext, gone: Package, rest: Sequence[Message | Package]) -> None:
    from survey_sync.protocol.audience import current_package

    left = current_package(gone.content, gone.name, rest)
    if left is None:
        program.diagnostics.note("coordinator.retract_none_left", name=gone.name)
    elif left.seq < gone.seq:
        program.diagnostics.note(
            "coordinator.retract_counts", name=gone.name, version=left.version, seq=left.seq
        )


@click.command(cls=SyncCommand)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--key", "key_file", metavar="KEYFILE", type=click.Path(path_type=Path))
@click.option("--as", "content", type=click.Choice(("survey", "plugin")))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def offer(
    program: CommandContext, path: Path, key_file: Path | None, content: Content | None, as_json: bool
) -> None:
    """Judge, sign, send; the number is the first line of the answer."""
    from survey_sync.client.device_keys import SigningKey
    from survey_sync.client.package_build import build_package, package_to_replace
    from survey_sync.protocol.audience import update_audience

    line = LiveLine(program)
    with open_coordinator(program, line.leave) as coordinator:
        key = SigningKey(SyncHome(program.home), key_file)
        with line.while_it(lambda: program.words("coordinator.checking", path=path)):
            wanted = build_package(path, program.home, key.file, content)
            items, _ = coordinator.list_updates()
            old = package_to_replace(items, wanted)
            most = coordinator.max_package_bytes()
        if len(wanted.data) > most:
            raise CoordinatorError("sync_offer_too_large", path=path, size=len(wanted.data), limit=most)
        _tell_plan(program, wanted, old)
        sent = Sent(program.words, len(wanted.data))
        with line.while_it(sent.text):
            package, new = coordinator.offer_package(wanted, key.public, key.sign, sent.count)
        devices = update_audience(package, coordinator.list_devices()).devices
        _trust_own(program, key.public)
    if as_json:
        write_json({"package": package, "new": new, "devices": len(devices), **_key_facts(key.public)})
    else:
        _tell(program, package, key.public)
    program.diagnostics.note(
        "coordinator.offer_new" if new else "coordinator.offer_known", count=len(devices)
    )
    program.diagnostics.note("coordinator.offer_trust", command=_key_facts(key.public)["trust"])


def _key_facts(public: str) -> dict[str, str]:
    from survey_sync.client.device_keys import default_key_name, fingerprint

    trust = f"survey-sync trust {default_key_name(public)} {public}"
    return {"public": public, "fingerprint": fingerprint(public), "trust": trust}


def _trust_own(program: CommandContext, public: str) -> None:
    """What is signed here comes back to this device too, and is nobody else's."""
    from survey_sync.client.device_keys import default_key_name, trust, trusted_keys

    folder = SyncHome(program.home)
    if public not in trusted_keys(folder).values():
        trust(folder, default_key_name(public), public)


def _tell_plan(program: CommandContext, wanted: PackageOffer, old: Package | None) -> None:
    """What will come of it, before it does."""
    note, words = program.diagnostics.note, program.words
    title = wanted.title.get(program.language) or next(iter(wanted.title.values()), "–")
    note(
        "coordinator.offer_plan",
        name=wanted.name,
        version=wanted.version,
        kind=words(f"coordinator.kind_{wanted.content}"),
        title=title,
        size=format_size(len(wanted.data)),
    )
    if old is not None and (old.sha256, old.version) != (wanted.sha256, wanted.version):
        note("coordinator.offer_replaces", seq=old.seq, version=old.version)
    if wanted.python:
        note("coordinator.offer_python")
    if wanted.foreign:
        note("coordinator.offer_foreign")


def _tell(program: CommandContext, package: Package, public: str) -> None:
    facts = {
        "number": package.seq,
        "name": package.name,
        "version": package.version,
        "kind": program.words(f"coordinator.kind_{package.content}"),
        "sha256": package.sha256,
        "fingerprint": _key_facts(public)["fingerprint"],
    }
    heads = {name: program.words(f"coordinator.field_{name}") for name in facts}
    width = max(map(len, heads.values()))
    for name, value in facts.items():
        write_line(f"{heads[name]:{width}}  {value}")
