"""``survey-sync serve`` and ``backup``."""

from __future__ import annotations

from pathlib import Path

import click

from survey_sync.cli.resources import SyncCommand, database_option, place_of, server_part
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import flush, write_json, write_line


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
    program: CommandContext,
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
    with server_part():
        from survey_sync.server.config import Config
        from survey_sync.server.serve import ListenOptions
        from survey_sync.server.serve import serve as serve_until_stopped

        config = Config(database=place_of(program, database), server_name=name, behind_https=behind_https)
        listening = ListenOptions(
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


@click.command(cls=SyncCommand)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def backup(program: CommandContext, target: Path, database: str, as_json: bool) -> None:
    """Copy the server's database while it works."""
    with server_part():
        from survey_sync.server.admin import backup as copy

        made = copy(place_of(program, database), target)
    if as_json:
        write_json({"path": str(made.path), "bytes": made.size, "responses": made.responses})
    else:
        write_line(program.words("sync.backed_up", path=made.path, responses=made.responses))
