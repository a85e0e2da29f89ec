"""The command ``survey-sync``, over client and server; it shares the console of ``survey-tui``."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

import click

from survey_sync.cli.resources import SyncGroup
from survey_tui.console.commands import shared_options, version_option

__all__ = ["PROGRAM_NAME", "main", "root"]

PROGRAM_NAME = "survey-sync"


def main() -> NoReturn:
    """Entry point of the command ``survey-sync``."""
    from survey_tui.console.run import run

    sys.exit(run(sys.argv[1:], root, PROGRAM_NAME))


@click.group(
    cls=SyncGroup,
    command_paths={
        "enrol": "survey_sync.cli.commands.enrol:enrol",
        "push": "survey_sync.cli.commands.push:push",
        "watch": "survey_sync.cli.commands.push:watch",
        "status": "survey_sync.cli.commands.status:status",
        "log": "survey_sync.cli.commands.status:log",
        "messages": "survey_sync.cli.commands.inbox:messages",
        "install": "survey_sync.cli.commands.inbox:install",
        "bundle": "survey_sync.cli.commands.bundle:bundle",
        "receive": "survey_sync.cli.commands.receive:receive",
        "key": "survey_sync.cli.commands.bundle:key",
        "trust": "survey_sync.cli.commands.bundle:trust",
        "offer": "survey_sync.cli.commands.updates:offer",
        "offered": "survey_sync.cli.commands.updates:offered",
        "message": "survey_sync.cli.commands.updates:message",
        "retract": "survey_sync.cli.commands.updates:retract",
        "serve": "survey_sync.cli.commands.serve:serve",
        "devices": "survey_sync.cli.commands.devices:devices",
        "enrol-code": "survey_sync.cli.commands.devices:enrol_code",
        "revoke": "survey_sync.cli.commands.devices:revoke",
        "accounts": "survey_sync.cli.commands.accounts:accounts",
        "backup": "survey_sync.cli.commands.serve:backup",
    },
)
@shared_options
@version_option
def root() -> None:
    """Parse the options that all commands share."""
    gc.enable()
