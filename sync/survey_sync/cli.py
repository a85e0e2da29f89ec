"""The command ``survey-sync``: what composes client and server. It shares the manners of ``survey-tui``'s
command line (words, diagnostics, output, exit statuses)."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

import click

from survey_sync.commands.words import SyncGroup
from survey_tui import __version__
from survey_tui.cli.output import write_line
from survey_tui.cli.words import shared_options

__all__ = ["PROGRAM_NAME", "main", "root"]

PROGRAM_NAME = "survey-sync"


def main() -> NoReturn:
    """Entry point of the command ``survey-sync``."""
    from survey_tui.cli.run import run

    sys.exit(run(sys.argv[1:], root, PROGRAM_NAME))


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        write_line(__version__)
        ctx.exit()


@click.group(
    cls=SyncGroup,
    places={
        "enrol": "survey_sync.commands.enrol:enrol",
        "push": "survey_sync.commands.push:push",
        "watch": "survey_sync.commands.push:watch",
        "status": "survey_sync.commands.looking:status",
        "log": "survey_sync.commands.looking:log",
        "messages": "survey_sync.commands.updates:messages",
        "install": "survey_sync.commands.updates:install",
        "bundle": "survey_sync.commands.sticks:bundle",
        "receive": "survey_sync.commands.receiving:receive",
        "key": "survey_sync.commands.sticks:key",
        "trust": "survey_sync.commands.sticks:trust",
        "offer": "survey_sync.commands.offer:offer",
        "offered": "survey_sync.commands.coordinator:offered",
        "message": "survey_sync.commands.coordinator:message",
        "retract": "survey_sync.commands.coordinator:retract",
        "serve": "survey_sync.commands.serving:serve",
        "devices": "survey_sync.commands.devices:devices",
        "enrol-code": "survey_sync.commands.devices:enrol_code",
        "revoke": "survey_sync.commands.devices:revoke",
        "accounts": "survey_sync.commands.accounts:accounts",
        "backup": "survey_sync.commands.serving:backup",
    },
)
@shared_options
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version)
def root() -> None:
    """Each command stands in a module of its own."""
    gc.enable()
