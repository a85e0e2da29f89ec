"""``survey-tui plugins run``: a command that a plugin brings along."""

from __future__ import annotations

import click

from survey_tui.application.context import Program
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.console.output import write_line
from survey_tui.errors import ExitCode, PluginError

__all__ = ["run"]


@click.command("run", cls=WordedCommand, context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("command")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@shared_options
@click.pass_obj
def run(program: Program, name: str, command: str, arguments: tuple[str, ...]) -> int:
    """Run it; its exit status. It may take as long as it likes: the person who started it can stop it."""
    from survey_tui.plugins.offers import Command, CommandCall

    offered: dict[str, Command] = {
        each.name: each for plugin, each in program.plugins.offers("commands") if plugin == name
    }
    program.tell()
    if command not in offered:
        known = ", ".join(offered) or "–"
        raise PluginError("plugin_command", plugin=name[:80], command=command[:80], known=known)
    call = CommandCall(arguments=arguments, home=program.home, language=program.language, write=write_line)
    try:
        status = offered[command].run(call)
    except (Exception, SystemExit) as error:  # isolation border: the command is the plugin's code
        from survey_tui.plugins.isolation import describe

        raise PluginError("plugin_run", plugin=name, command=command, reason=describe(error)) from error
    return status if type(status) is int and 0 <= status < 256 else ExitCode.OK
