"""``survey-sync enrol-code``, ``devices`` and ``revoke``: devices of the server, on the server's machine."""

from __future__ import annotations

from typing import Any

import click

from survey_sync.cli.report_text import format_moment
from survey_sync.cli.resources import SyncCommand, database_location, database_option, server_packages
from survey_sync.protocol.messages import DeviceRecord, NewCode
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line, write_table

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
    context: CommandContext,
    database: str,
    role: Any,
    surveyor: str,
    hours: int,
    url: str,
    with_key: bool,
    qr: bool,
    as_json: bool,
) -> None:
    """Write a one-time enrolment code and the command for the device, also as a QR code. ``with_key``: the
    command makes the device trust the key of this home."""
    public = _own_key(context) if with_key else ""
    with server_packages():
        from survey_sync.server import admin

        wanted = NewCode(role=role, surveyor=surveyor, hours=hours)
        issued = admin.issue_enrolment_code(database_location(context, database), wanted)
        command = admin.enrolment_command(url or "URL", issued.code, public)
        if as_json:
            write_json({"code": issued.code, "expires": issued.expires, "command": command})
            return
        write_line(issued.code)
        context.diagnostics.note("sync.code_issued", command=command, expires=format_moment(issued.expires))
        if qr:
            # Not with write_line, which removes control characters: the code is drawn with reverse video.
            click.echo(admin.qr_text(command))


def _own_key(context: CommandContext) -> str:
    from survey_sync.client.device_keys import SigningKey
    from survey_sync.client.sync_home import SyncHome

    sync_home = SyncHome(context.home)
    sync_home.prepare()
    return SigningKey(sync_home).public


@click.command(cls=SyncCommand)
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def devices(context: CommandContext, database: str, as_json: bool) -> None:
    """List devices, the last seen first."""
    with server_packages():
        from survey_sync.server import admin

        found = admin.device_list(database_location(context, database))
    if as_json:
        write_json(found)
    else:
        head = [context.words(f"sync.column_{name}") for name in _COLUMNS]
        write_table(head, (_row(context, each) for each in found))


def _row(context: CommandContext, device: DeviceRecord) -> list[str]:
    shown = {
        "id": device.id[:8],
        "role": context.words(f"sync.role_{device.role}"),
        "last_seen": format_moment(device.last_seen),
        "revoked": format_moment(device.revoked),
    }
    return [shown.get(name) or str(getattr(device, name)) for name in _COLUMNS]


@click.command(cls=SyncCommand)
@click.argument("device", metavar="DEVICE")
@database_option
@shared_options
@click.pass_obj
def revoke(context: CommandContext, device: str, database: str) -> None:
    """Revoke a device; the responses that it sent stay."""
    with server_packages():
        from survey_sync.server import admin

        found = admin.revoke_device(database_location(context, database), device)
    write_line(context.words("sync.revoked", name=found.name, id=found.id))
