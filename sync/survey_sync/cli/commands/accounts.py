"""``survey-sync accounts``: beside the server, who may sign in to its pages."""

from __future__ import annotations

from typing import Any

import click

from survey_sync.cli.report_text import when
from survey_sync.cli.resources import SyncCommand, SyncGroup, database_option, place_of, server_part
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line, write_table


@click.group(cls=SyncGroup)
@shared_options
def accounts() -> None:
    """People who may sign in to the pages."""


@accounts.command("list", cls=SyncCommand)
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_accounts(program: CommandContext, database: str, as_json: bool) -> None:
    """All accounts by name."""
    with server_part():
        from survey_sync.server import admin

        found = admin.account_list(place_of(program, database))
    if as_json:
        write_json(
            [{"name": a.name, "role": a.role, "created": a.created, "disabled": a.disabled} for a in found]
        )
    else:
        head = [program.words(f"sync.column_{name}") for name in ("name", "role", "created", "disabled")]
        rows = (
            [a.name, program.words(f"sync.role_{a.role}"), when(a.created), when(a.disabled)] for a in found
        )
        write_table(head, rows)


@accounts.command("add", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@click.option("--role", type=click.Choice(("coordinator", "analyst")), default="coordinator")
@database_option
@shared_options
@click.pass_obj
def add_account(program: CommandContext, name: str, role: Any, database: str) -> None:
    """A new account; its password is shown this once, as the one line on standard output."""
    with server_part():
        from survey_sync.server import admin

        password = admin.add_account(place_of(program, database), name, role)
    write_line(password)
    program.diagnostics.note("sync.account_added", name=name)


@accounts.command("password", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@database_option
@shared_options
@click.pass_obj
def new_password(program: CommandContext, name: str, database: str) -> None:
    """Another password, shown this once."""
    with server_part():
        from survey_sync.server import admin

        password = admin.set_password(place_of(program, database), name)
    write_line(password)
    program.diagnostics.note("sync.account_added", name=name)


@accounts.command("disable", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@database_option
@shared_options
@click.pass_obj
def disable_account(program: CommandContext, name: str, database: str) -> None:
    """Sign a person out, and in no more."""
    with server_part():
        from survey_sync.server import admin

        admin.disable_account(place_of(program, database), name)
    write_line(program.words("sync.account_disabled", name=name))
