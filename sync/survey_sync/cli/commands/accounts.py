"""``survey-sync accounts``: accounts for the pages of the server, on the server's machine."""

from __future__ import annotations

from typing import Any

import click

from survey_sync.cli.report_text import format_moment
from survey_sync.cli.resources import (
    SyncCommand,
    SyncGroup,
    database_location,
    database_option,
    server_packages,
)
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line, write_table


@click.group(cls=SyncGroup)
@shared_options
def accounts() -> None:
    """Accounts for the pages of the server."""


@accounts.command("list", cls=SyncCommand)
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_accounts(context: CommandContext, database: str, as_json: bool) -> None:
    """List accounts by name, disabled ones included."""
    with server_packages():
        from survey_sync.server import admin

        found = admin.account_list(database_location(context, database))
    if as_json:
        write_json(
            [{"name": a.name, "role": a.role, "created": a.created, "disabled": a.disabled} for a in found]
        )
    else:
        head = [context.words(f"sync.column_{name}") for name in ("name", "role", "created", "disabled")]
        rows = (
            [
                a.name,
                context.words(f"sync.role_{a.role}"),
                format_moment(a.created),
                format_moment(a.disabled),
            ]
            for a in found
        )
        write_table(head, rows)


@accounts.command("add", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@click.option("--role", type=click.Choice(("coordinator", "analyst")), default="coordinator")
@database_option
@shared_options
@click.pass_obj
def add_account(context: CommandContext, name: str, role: Any, database: str) -> None:
    """Add an account and write its password, which is shown only once, to standard output."""
    with server_packages():
        from survey_sync.server import admin

        password = admin.add_account(database_location(context, database), name, role)
    write_line(password)
    context.diagnostics.note("sync.account_added", name=name)


@accounts.command("password", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@database_option
@shared_options
@click.pass_obj
def new_password(context: CommandContext, name: str, database: str) -> None:
    """Set a new password and write it, once, to standard output."""
    with server_packages():
        from survey_sync.server import admin

        password = admin.set_password(database_location(context, database), name)
    write_line(password)
    context.diagnostics.note("sync.account_added", name=name)


@accounts.command("disable", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@database_option
@shared_options
@click.pass_obj
def disable_account(context: CommandContext, name: str, database: str) -> None:
    """Disable an account and end its sessions."""
    with server_packages():
        from survey_sync.server import admin

        admin.disable_account(database_location(context, database), name)
    write_line(context.words("sync.account_disabled", name=name))
