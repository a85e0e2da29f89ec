"""``survey-tui completion``: the completion script of a shell."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from survey_tui.console.commands import LocalizedCommand, shared_options
from survey_tui.console.output import write_line


@click.command(cls=LocalizedCommand)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@shared_options
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of ``shell``."""
    kind = get_completion_class(shell)
    assert kind is not None
    completer = kind(ctx.find_root().command, {}, "survey-tui", "_SURVEY_TUI_COMPLETE")
    # Not bash's own method: that runs bash to check its version, and bash may not be installed.
    write_line(ShellComplete.source(completer))
