"""``survey-sync enrol``: a one-time code becomes this device's token."""

from __future__ import annotations

import platform
from contextlib import suppress

import click

from survey_sync.cli.resources import SyncCommand
from survey_sync.client.sync_home import SyncHome
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
    program: CommandContext, url: str, code: str, name: str, key: str, as_json: bool
) -> None:
    """Enrol, and say as whom; with ``--trust``, the office's key came the same way as the code."""
    from survey_sync.client.device_keys import default_key_name, fingerprint, parse_public_key, trust
    from survey_sync.client.enrolment import enrol as enrol_device

    public = parse_public_key(key) if key else ""  # a mistyped one must not cost the code
    folder = SyncHome(program.home)
    given = enrol_device(folder, url, code, name or platform.node())
    facts = {
        "server": given.server_name,
        "url": given.url,
        "role": given.role,
        "surveyor": given.surveyor,
        "device": given.device_id,
    }
    _remember_surveyor(program, given.surveyor)
    if as_json:
        write_json(facts)
    else:
        role = program.words(f"sync.role_{given.role}")
        write_line(program.words("sync.enrolled", **{**facts, "role": role}))
    if public:
        trust(folder, default_key_name(public), public)
        said = {"name": default_key_name(public), "fingerprint": fingerprint(public)}
        program.diagnostics.note("sync.trusted", **said)


def _remember_surveyor(program: CommandContext, surveyor: str) -> None:
    """What the coordinator has told the server need not be typed again at the first door."""
    from msgspec.structs import replace

    from survey_tui.application.settings import SURVEYOR_CODE, load_settings, save_settings

    if SURVEYOR_CODE.fullmatch(surveyor):
        with suppress(StoreError):  # then it is asked for, as ever
            save_settings(program.home, replace(load_settings(program.home), surveyor=surveyor))
