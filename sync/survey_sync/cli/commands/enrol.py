"""``survey-sync enrol``: enrol this device with a one-time code."""

from __future__ import annotations

import platform
from contextlib import suppress

import click
from msgspec.structs import replace

from survey_sync.cli.resources import SyncCommand
from survey_sync.client.device_keys import default_key_name, fingerprint, parse_public_key, trust
from survey_sync.client.enrolment import enrol as enrol_device
from survey_sync.client.sync_home import SyncHome
from survey_tui.application.settings import SURVEYOR_CODE, load_settings, save_settings
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import StoreError


@click.command(cls=SyncCommand)
@click.argument("url", metavar="URL")
@click.argument("code", metavar="CODE")
@click.option("--name", metavar="NAME", default="")
@click.option("--trust", "key", metavar="KEY", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def enrol(  # noqa: PLR0913, PLR0917 (the options of one command)
    context: CommandContext, url: str, code: str, name: str, key: str, as_json: bool
) -> None:
    """Enrol at a server. ``--trust``: key of the coordinator, which came with the code."""
    public = parse_public_key(key) if key else ""  # before the code is used up
    sync_home = SyncHome(context.home)
    credentials = enrol_device(sync_home, url, code, name or platform.node())
    fields = {
        "server": credentials.server_name,
        "url": credentials.url,
        "role": credentials.role,
        "surveyor": credentials.surveyor,
        "device": credentials.device_id,
    }
    _store_surveyor(context, credentials.surveyor)
    if as_json:
        write_json(fields)
    else:
        role = context.words(f"sync.role_{credentials.role}")
        write_line(context.words("sync.enrolled", **{**fields, "role": role}))
    if public:
        trust(sync_home, default_key_name(public), public)
        mark = fingerprint(public)
        context.diagnostics.note("sync.trusted", name=default_key_name(public), fingerprint=mark)


def _store_surveyor(context: CommandContext, surveyor: str) -> None:
    """Store the surveyor's code in the settings, so that it need not be typed."""

    if SURVEYOR_CODE.fullmatch(surveyor):
        with suppress(StoreError):  # then the interview asks for it
            save_settings(context.home, replace(load_settings(context.home), surveyor=surveyor))
