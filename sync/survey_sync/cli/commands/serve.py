"""``survey-sync serve`` and ``backup``: run the server, and copy its database."""

from __future__ import annotations

from pathlib import Path

import click

from survey_sync.cli.resources import SyncCommand, database_location, database_option, server_packages
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
    context: CommandContext,
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
    """Serve until a signal; write the address as the only line on standard output."""
    with server_packages():
        from survey_sync.server.config import Config
        from survey_sync.server.serve import ListenOptions
        from survey_sync.server.serve import serve as serve_until_stopped

        config = Config(
            database=database_location(context, database), server_name=name, behind_https=behind_https
        )
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
            context.diagnostics.note("sync.serving", url=url, database=database or config.database)

        serve_until_stopped(config, listening, announce)


@click.command(cls=SyncCommand)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@database_option
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def backup(context: CommandContext, target: Path, database: str, as_json: bool) -> None:
    """Copy the server's database, which may be in use."""
    with server_packages():
        from survey_sync.server.admin import backup as copy

        made = copy(database_location(context, database), target)
    if as_json:
        write_json({"path": str(made.path), "bytes": made.size, "responses": made.responses})
    else:
        write_line(context.words("sync.backed_up", path=made.path, responses=made.responses))
