"""``survey-sync serve`` and what the person who runs the server does beside it.

The server's packages come with the extra ``server``; without it, a sentence says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from survey_sync.client.errors import SyncError
from survey_sync.commands.telling import when
from survey_sync.commands.words import SyncCommand, SyncGroup
from survey_tui.cli.output import flush, write_json, write_line, write_table
from survey_tui.cli.program import Program
from survey_tui.cli.words import shared_options
from survey_tui.errors import ExitCode

if TYPE_CHECKING:
    from survey_sync.protocol import DeviceRecord

__all__ = ["accounts", "backup", "devices", "enrol_code", "revoke", "serve"]

DATABASE_VARIABLE = "SURVEY_SYNC_DATABASE"
_DEVICE_COLUMNS = ("id", "name", "role", "surveyor", "last_seen", "responses", "heard", "revoked")

F = TypeVar("F", bound=Callable[..., Any])


class NoServerError(SyncError):
    """The extra ``server`` is not installed."""

    exit_code = ExitCode.FAILURE


def database_option(command: F) -> F:
    """``--database``: a file or a ``postgresql://`` URL; else ``$SURVEY_SYNC_DATABASE``, else a file in the
    home."""
    option: Callable[[F], F] = click.option("--database", metavar="PATH|URL", default="")
    return option(command)


@contextmanager
def _server_part() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("survey_sync", "survey_tui")):
            raise
        raise NoServerError("sync_no_server") from error


def _place(program: Program, database: str) -> str:
    """Where the data are. A file's directory is made for its owner only."""
    chosen = database or os.environ.get(DATABASE_VARIABLE) or str(program.home / "server" / "responses.db")
    if "://" not in chosen:
        Path(chosen).absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return chosen


@click.command(cls=SyncCommand)
@database_option
@click.option("--host", metavar="ADDRESS", default="127.0.0.1")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=8320)
@click.option("--processes", metavar="N", type=click.IntRange(1, 64), default=1)
@click.option("--name", metavar="NAME", default="survey-sync")
@click.option("--certificate", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--certificate-key", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--behind-https", is_flag=True)
@click.option("--proxy", metavar="ADDRESS", multiple=True)
@shared_options
@click.pass_obj
def serve(  # noqa: PLR0913, PLR0917 (the options of one command)
    program: Program,
    database: str,
    host: str,
    port: int,
    processes: int,
    name: str,
    certificate: Path | None,
    certificate_key: Path | None,
    behind_https: bool,
    proxy: tuple[str, ...],
) -> None:
    """Serve until told to stop; the address is the one line on standard output."""
    with _server_part():
        from survey_sync.server.config import Config
        from survey_sync.server.serve import Listening
        from survey_sync.server.serve import serve as serve_until_stopped

        config = Config(database=_place(program, database), server_name=name, behind_https=behind_https)
        listening = Listening(
            host=host,
            port=port,
            processes=processes,
            certificate=certificate,
            key=certificate_key,
            proxies=proxy,
        )

        def announce(url: str) -> None:
            write_line(url)
            flush()
            program.diagnostics.note("sync.serving", url=url, database=database or config.database)

        serve_until_stopped(config, listening, announce)


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
    program: Program,
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
    with _server_part():
        from survey_sync.protocol import NewCode
        from survey_sync.server import admin

        wanted = NewCode(role=role, surveyor=surveyor, hours=hours)
        issued = admin.enrolment_code(_place(program, database), wanted)
        command = admin.enrolment_command(url or "URL", issued.code, public)
        if as_json:
            write_json({"code": issued.code, "expires": issued.expires, "command": command})
            return
        write_line(issued.code)
        program.diagnostics.note("sync.code_issued", command=command, expires=when(issued.expires))
        if qr:
            # Not by way of write_line: the code is drawn with reverse video, from our own text only.
            click.echo(admin.qr_text(command))


def _own_key(program: Program) -> str:
    from survey_sync.client.folder import Folder
    from survey_sync.client.keys import SigningKey

    folder = Folder(program.home)
    folder.prepare()
    return SigningKey(folder).public


@click.command(cls=SyncCommand)
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def devices(program: Program, database: str, as_json: bool) -> None:
    """All devices, the last seen first."""
    with _server_part():
        from survey_sync.server import admin

        found = admin.device_list(_place(program, database))
    if as_json:
        write_json(found)
    else:
        head = [program.words(f"sync.column_{name}") for name in _DEVICE_COLUMNS]
        write_table(head, (_device_row(program, each) for each in found))


def _device_row(program: Program, device: DeviceRecord) -> list[str]:
    shown = {
        "id": device.id[:8],
        "role": program.words(f"sync.role_{device.role}"),
        "last_seen": when(device.last_seen),
        "revoked": when(device.revoked),
    }
    return [shown.get(name) or str(getattr(device, name)) for name in _DEVICE_COLUMNS]


@click.command(cls=SyncCommand)
@click.argument("device", metavar="DEVICE")
@database_option
@shared_options
@click.pass_obj
def revoke(program: Program, device: str, database: str) -> None:
    """Refuse a lost device from now on; what it sent stays."""
    with _server_part():
        from survey_sync.server import admin

        found = admin.revoke_device(_place(program, database), device)
    write_line(program.words("sync.revoked", name=found.name, id=found.id))


@click.command(cls=SyncCommand)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def backup(program: Program, target: Path, database: str, as_json: bool) -> None:
    """Copy the server's database while it works."""
    with _server_part():
        from survey_sync.server.backup import backup as copy

        made = copy(_place(program, database), target)
    if as_json:
        write_json({"path": str(made.path), "bytes": made.size, "responses": made.responses})
    else:
        write_line(program.words("sync.backed_up", path=made.path, responses=made.responses))


@click.group(cls=SyncGroup)
@shared_options
def accounts() -> None:
    """People who may sign in to the pages."""


@accounts.command("list", cls=SyncCommand)
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_accounts(program: Program, database: str, as_json: bool) -> None:
    """All accounts by name."""
    with _server_part():
        from survey_sync.server import admin

        found = admin.account_list(_place(program, database))
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
def add_account(program: Program, name: str, role: Any, database: str) -> None:
    """A new account; its password is shown this once, as the one line on standard output."""
    with _server_part():
        from survey_sync.server import admin

        password = admin.add_account(_place(program, database), name, role)
    write_line(password)
    program.diagnostics.note("sync.account_added", name=name)


@accounts.command("password", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@database_option
@shared_options
@click.pass_obj
def new_password(program: Program, name: str, database: str) -> None:
    """Another password, shown this once."""
    with _server_part():
        from survey_sync.server import admin

        password = admin.set_password(_place(program, database), name)
    write_line(password)
    program.diagnostics.note("sync.account_added", name=name)


@accounts.command("disable", cls=SyncCommand)
@click.argument("name", metavar="NAME")
@database_option
@shared_options
@click.pass_obj
def disable_account(program: Program, name: str, database: str) -> None:
    """Sign a person out, and in no more."""
    with _server_part():
        from survey_sync.server import admin

        admin.disable_account(_place(program, database), name)
    write_line(program.words("sync.account_disabled", name=name))
