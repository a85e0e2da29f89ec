"""``survey-sync enrol-code``, ``devices`` and ``revoke``: beside the server, who may send to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from survey_sync.cli.report_text import when
from survey_sync.cli.resources import SyncCommand, database_option, place_of, server_part
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line, write_table

if TYPE_CHECKING:
    from survey_sync.protocol.messages import DeviceRecord


_COLUMNS = ("id", "name", "role", "surveyor", "last_seen", "responses", "heard", "revoked")


@click.command("enrol-code", cls=SyncCommand)
@database_option
@click.option("--role", type=click.Choice(("surveyor", "coordinator", "analyst")), default="surveyor")
@click.option("--surveyor", metavar="AB123", default="")
@click.option("--hours", metavar="N", type=click.IntRange(1, 720), default=72)
@click.option("--url", metavar="URL", default="")
@click.option("--with-key", is_flag=True)
@click.option("--qr", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def enrol_code(  # noqa: PLR0913, PLR0917 (the options of one command)
    program: CommandContext,
    database: str,
    role: Any,
    surveyor: str,
    hours: int,
    url: str,
    with_key: bool,
    qr: bool,
    as_json: bool,
) -> None:
    """A one-time code, with what is typed on the device; as a QR code too. ``with_key``: the device shall
    trust this home's key at the same time."""
    public = _own_key(program) if with_key else ""
    with server_part():
        from survey_sync.protocol.messages import NewCode
        from survey_sync.server import admin

        wanted = NewCode(role=role, surveyor=surveyor, hours=hours)
        issued = admin.enrolment_code(place_of(program, database), wanted)
        command = admin.enrolment_command(url or "URL", issued.code, public)
        if as_json:
            write_json({"code": issued.code, "expires": issued.expires, "command": command})
            return
        write_line(issued.code)
        program.diagnostics.note("sync.code_issued", command=command, expires=when(issued.expires))
        if qr:
            # Not by way of write_line: the code is drawn with reverse video, from our own text only.
            click.echo(admin.qr_text(command))


def _own_key(program: CommandContext) -> str:
    from survey_sync.client.device_keys import SigningKey
    from survey_sync.client.sync_home import SyncHome

    folder = SyncHome(program.home)
    folder.prepare()
    return SigningKey(folder).public


@click.command(cls=SyncCommand)
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def devices(program: CommandContext, database: str, as_json: bool) -> None:
    """All devices, the last seen first."""
    with server_part():
        from survey_sync.server import admin

        found = admin.device_list(place_of(program, database))
    if as_json:
        write_json(found)
    else:
        head = [program.words(f"sync.column_{name}") for name in _COLUMNS]
        write_table(head, (_row(program, each) for each in found))


def _row(program: CommandContext, device: DeviceRecord) -> list[str]:
    shown = {
        "id": device.id[:8],
        "role": program.words(f"sync.role_{device.role}"),
        "last_seen": when(device.last_seen),
        "revoked": when(device.revoked),
    }
    return [shown.get(name) or str(getattr(device, name)) for name in _COLUMNS]


@click.command(cls=SyncCommand)
@click.argument("device", metavar="DEVICE")
@database_option
@shared_options
@click.pass_obj
def revoke(program: CommandContext, device: str, database: str) -> None:
    """Refuse a lost device from now on; what it sent stays."""
    with server_part():
        from survey_sync.server import admin

        found = admin.revoke_device(place_of(program, database), device)
    write_line(program.words("sync.revoked", name=found.name, id=found.id))
