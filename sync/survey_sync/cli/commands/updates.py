"""``survey-sync offer``, ``offered``, ``message`` and ``retract``: updates of a coordinator for devices."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from survey_sync.cli.report_text import TransferText, format_moment, shorten
from survey_sync.cli.resources import SyncCommand, open_coordinator
from survey_sync.client.device_keys import SigningKey, default_key_name, fingerprint, trust, trusted_keys
from survey_sync.client.errors import CoordinatorError
from survey_sync.client.package_build import PackageOffer, build_package, package_to_replace
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload_report import format_size
from survey_sync.protocol.audience import (
    UpdateAudience,
    active_surveyors,
    current_package,
    replacement_number,
    update_audience,
)
from survey_sync.protocol.messages import Content, DeviceRecord, Message, Package
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.live_line import LiveLine
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import UsageError
from survey_tui.vietnamese import clean, nfc

_COLUMNS = ("number", "kind", "heard", "fetched", "when", "by", "what")
_DEVICE_COLUMNS = ("device", "surveyor", "state", "seen")
_WHAT = 24  # together 80 columns
_BY = 10
_MAX_LENGTH = 4000


@click.command(cls=SyncCommand)
@click.argument("number", metavar="[NUMBER]", type=click.IntRange(min=1), required=False)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def offered(context: CommandContext, number: int | None, as_json: bool) -> None:
    """List messages and packages, or the devices that one of them is for."""
    with open_coordinator(context) as coordinator:
        items, _ = coordinator.list_updates()
        devices = coordinator.list_devices()
    if number is not None:
        item = next((each for each in items if each.seq == number), None)
        if item is None:
            raise CoordinatorError("sync_no_update", seq=number)
        _write_devices(context, update_audience(item, devices), as_json=as_json)
    elif as_json:
        write_json([_update_fields(each, items, devices) for each in items])
    elif items:
        head = [context.words(f"coordinator.column_{name}") for name in _COLUMNS]
        write_table(head, [_row(context, each, items, devices) for each in items])
    else:
        context.diagnostics.note("coordinator.offered_none")


def _update_fields(
    item: Message | Package, items: Sequence[Message | Package], devices: Sequence[DeviceRecord]
) -> dict[str, object]:
    audience = update_audience(item, devices)
    fields: dict[str, object] = {"number": item.seq, "at": item.at, "author": item.author}
    if isinstance(item, Message):
        fields |= {"kind": "message", "text": item.text, "surveyor": item.surveyor}
    else:
        fields |= {"kind": item.content, "name": item.name, "version": item.version, "sha256": item.sha256}
        fields |= {"replaced_by": replacement_number(item, items) or None, "fetched": len(audience.fetched)}
    return fields | {"devices": len(audience.devices), "heard": len(audience.heard)}


def _row(
    context: CommandContext,
    item: Message | Package,
    items: Sequence[Message | Package],
    devices: Sequence[DeviceRecord],
) -> list[str]:
    words, audience = context.words, update_audience(item, devices)
    total = len(audience.devices)
    if isinstance(item, Message):
        kind, fetched = words("coordinator.kind_message"), ""
        what = shorten(f"→ {item.surveyor}: {item.text}" if item.surveyor else item.text, _WHAT)
    else:
        other = replacement_number(item, items)
        kind, fetched = words(f"coordinator.kind_{item.content}"), f"{len(audience.fetched)}/{total}"
        what = f"{item.name} {item.version}" + (words("coordinator.replaced", seq=other) if other else "")
    author, at = shorten(item.author, _BY) or "–", format_moment(item.at, year=False)
    return [str(item.seq), kind, f"{len(audience.heard)}/{total}", fetched, at, author, what]


def _write_devices(context: CommandContext, audience: UpdateAudience, *, as_json: bool) -> None:
    def state(device: DeviceRecord) -> str:
        return "fetched" if device in audience.fetched else "heard" if device in audience.heard else "waiting"

    if as_json:
        write_json(
            [
                {"id": d.id, "name": d.name, "surveyor": d.surveyor, "state": state(d), "seen": d.last_seen}
                for d in audience.devices
            ]
        )
    elif audience.devices:
        head = [context.words(f"coordinator.column_{name}") for name in _DEVICE_COLUMNS]
        rows = [
            [
                d.name,
                d.surveyor or "–",
                context.words(f"coordinator.state_{state(d)}"),
                format_moment(d.last_seen),
            ]
            for d in audience.devices
        ]
        write_table(head, rows)
    else:
        context.diagnostics.note("coordinator.no_devices")


@click.command(cls=SyncCommand)
@click.argument("text", metavar="TEXT")
@click.option("--to", "surveyor", metavar="SURVEYOR", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def message(context: CommandContext, text: str, surveyor: str, as_json: bool) -> None:
    """Send a message to one surveyor or to all, and write its number."""
    whole = _validate_text(_read_input() if text == "-" else text)
    to = " ".join(clean(surveyor).split())
    with open_coordinator(context) as coordinator:
        devices = coordinator.list_devices()
        _, last = coordinator.list_updates()
        seq = coordinator.send_message(whole, to, last)
    audience = update_audience(Message(seq=seq, at="", author="", text=whole, surveyor=to), devices)
    if as_json:
        write_json({"number": seq, "surveyor": to, "devices": len(audience.devices)})
    else:
        write_line(str(seq))
    _note_recipients(context, seq, to, devices, len(audience.devices))


def _note_recipients(
    context: CommandContext, seq: int, to: str, devices: Sequence[DeviceRecord], count: int
) -> None:

    if count and to:
        context.diagnostics.note("coordinator.message_one", surveyor=to, count=count)
    elif count:
        context.diagnostics.note("coordinator.message_all", count=count)
    elif to:
        known = {each.casefold(): each for each in active_surveyors(devices)}
        near = [known[each] for each in get_close_matches(to.casefold(), known, 3, 0.6)]
        context.diagnostics.note(
            "coordinator.message_nobody", surveyor=to, near=", ".join(near) or "–", seq=seq
        )
    else:
        context.diagnostics.note("coordinator.no_devices")


def _read_input() -> str:
    try:
        return sys.stdin.buffer.read(_MAX_LENGTH * 8).decode()
    except UnicodeDecodeError as error:
        raise UsageError("sync_message_not_text") from error


def _validate_text(text: str) -> str:
    whole = clean(nfc(text), newlines=True).strip()
    if not whole:
        raise UsageError("sync_message_empty")
    if len(whole) > _MAX_LENGTH:
        raise UsageError("sync_message_long", length=len(whole), limit=_MAX_LENGTH)
    return whole


@click.command(cls=SyncCommand)
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1, max=(1 << 53) - 1))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def retract(context: CommandContext, number: int, as_json: bool) -> None:
    """Retract a message or package; note which version is current then."""
    with open_coordinator(context) as coordinator:
        items, _ = coordinator.list_updates()
        devices = coordinator.list_devices()
        done = coordinator.retract(number)
    item = next((each for each in items if each.seq == number), None)
    if as_json:
        write_json({"retraction": done, "new": item is not None})
    if item is None:
        context.diagnostics.note(
            "coordinator.retracted_before", seq=number, at=format_moment(done.at), by=done.author
        )
        return
    if not as_json:
        write_line(context.words("coordinator.retracted", seq=number, what=_what(item)))
    audience = update_audience(item, devices)
    if audience.devices:
        context.diagnostics.note(
            "coordinator.retract_heard", heard=len(audience.heard), count=len(audience.devices)
        )
    if isinstance(item, Package):
        _note_current_package(context, item, [each for each in items if each.seq != number])


def _what(item: Message | Package) -> str:
    if isinstance(item, Package):
        return f"{item.name} {item.version}"
    return shorten(item.text, 60)


def _note_current_package(context: CommandContext, gone: Package, rest: Sequence[Message | Package]) -> None:
    left = current_package(gone.content, gone.name, rest)
    if left is None:
        context.diagnostics.note("coordinator.retract_none_left", name=gone.name)
    elif left.seq < gone.seq:
        context.diagnostics.note(
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
    context: CommandContext, path: Path, key_file: Path | None, content: Content | None, as_json: bool
) -> None:
    """Check, sign and send a package; its number is the first line of output."""
    line = LiveLine()
    with open_coordinator(context, line.close) as coordinator:
        key = SigningKey(SyncHome(context.home), key_file)
        with line.refresh(lambda: context.words("coordinator.checking", path=path)):
            wanted = build_package(path, context.home, key.file, content)
            items, _ = coordinator.list_updates()
            old = package_to_replace(items, wanted)
            most = coordinator.max_package_bytes()
        if len(wanted.data) > most:
            raise CoordinatorError("sync_offer_too_large", path=path, size=len(wanted.data), limit=most)
        _note_offer(context, wanted, old)
        transfer = TransferText(context.words, len(wanted.data))
        with line.refresh(transfer.text):
            package, new = coordinator.offer_package(wanted, key.public, key.sign, transfer.set_sent)
        devices = update_audience(package, coordinator.list_devices()).devices
        _trust_own_key(context, key.public)
    if as_json:
        write_json({"package": package, "new": new, "devices": len(devices), **_key_fields(key.public)})
    else:
        _write_package(context, package, key.public)
    context.diagnostics.note(
        "coordinator.offer_new" if new else "coordinator.offer_known", count=len(devices)
    )
    context.diagnostics.note("coordinator.offer_trust", command=_key_fields(key.public)["trust"])


def _key_fields(public: str) -> dict[str, str]:
    trust = f"survey-sync trust {default_key_name(public)} {public}"
    return {"public": public, "fingerprint": fingerprint(public), "trust": trust}


def _trust_own_key(context: CommandContext, public: str) -> None:
    """Trust the key that signs here, since this device receives the packages too."""
    sync_home = SyncHome(context.home)
    if public not in trusted_keys(sync_home).values():
        trust(sync_home, default_key_name(public), public)


def _note_offer(context: CommandContext, wanted: PackageOffer, old: Package | None) -> None:
    """Write what will be offered, and what it replaces, before it is sent."""
    note, words = context.diagnostics.note, context.words
    title = wanted.title.get(context.language) or next(iter(wanted.title.values()), "–")
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
    if wanted.has_python:
        note("coordinator.offer_python")
    if wanted.has_unknown_signer:
        note("coordinator.offer_foreign")


def _write_package(context: CommandContext, package: Package, public: str) -> None:
    fields = {
        "number": package.seq,
        "name": package.name,
        "version": package.version,
        "kind": context.words(f"coordinator.kind_{package.content}"),
        "sha256": package.sha256,
        "fingerprint": _key_fields(public)["fingerprint"],
    }
    heads = {name: context.words(f"coordinator.field_{name}") for name in fields}
    width = max(map(len, heads.values()))
    for name, value in fields.items():
        write_line(f"{heads[name]:{width}}  {value}")
