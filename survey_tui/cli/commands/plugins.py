"""``survey-tui plugins``: what provinces have added to this device.

``survey-tui plugins run``: a command that a plugin brings along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, WordedCommand, shared_options
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import ExitCode, PluginError, UsageError

if TYPE_CHECKING:
    from survey_tui.plugins.discovery import Found
    from survey_tui.plugins.installation import Parcel
    from survey_tui.plugins.inventory import PluginRecord
    from survey_tui.plugins.plugin_state import OffBy


_COLUMNS = ("order", "name", "version", "kind", "province", "communes", "adds", "state")


@click.group(
    cls=LazyGroup,
    places={
        "sign": "survey_tui.cli.commands.plugins_signing:sign_archive",
        "keys": "survey_tui.cli.commands.plugins_signing:keys",
        "run": "survey_tui.cli.commands.plugins:run",
        "new": "survey_tui.cli.commands.plugins_authoring:new",
        "check": "survey_tui.cli.commands.plugins_authoring:check",
        "preview": "survey_tui.cli.commands.plugins_authoring:preview",
        "pack": "survey_tui.cli.commands.plugins_authoring:pack",
    },
)
@shared_options
def plugins() -> None:
    """The commands that look after plugins."""


@plugins.command("list", cls=WordedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_plugins(program: CommandContext, as_json: bool) -> None:
    """Every plugin that is there; nothing that is off is imported."""
    from survey_tui.plugins.inventory import records

    found = records(program.plugins)
    if as_json:
        write_json(found)
        return
    rows = [_row(program, record) for record in found]
    write_table([program.words(f"plugins.column_{name}") for name in _COLUMNS], rows)


def _row(program: CommandContext, record: PluginRecord) -> list[str]:
    words = program.words
    reason = f" ({record.reason})" if record.reason else ""
    return [
        str(record.order),
        record.name,
        record.version or "–",
        words(f"plugins.kind_{record.kind}"),
        ", ".join(record.provinces) or "–",
        str(len(record.communes) or "–"),
        _adds(program, record),
        words(f"plugins.state_{record.state}") + reason,
    ]


def _adds(program: CommandContext, record: PluginRecord) -> str:
    words, adds = program.words, record.adds
    parts = [words("plugins.adds_modules", names=", ".join(adds.modules))] if adds.modules else []
    if adds.surveys:
        parts.append(words("plugins.adds_surveys", names=", ".join(adds.surveys)))
    if adds.checks:
        parts.append(words("plugins.adds_checks", count=adds.checks))
    if adds.baselines or adds.baseline_file:
        parts.append(words("plugins.adds_baselines", count=adds.baselines or adds.baseline_file))
    if adds.hooks:
        parts.append(words("plugins.adds_hooks", names=", ".join(adds.hooks)))
    return "; ".join(parts) or "–"


@plugins.command("install", cls=WordedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True)
@shared_options
@click.pass_obj
def install(program: CommandContext, path: Path, yes: bool) -> int:
    """Show what is in the parcel, ask where that is called for, put it into the home."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    from survey_tui.authoring.admission import unsound
    from survey_tui.plugins.installation import inspect
    from survey_tui.plugins.installation import install as put_in
    from survey_tui.plugins.plugin_state import change_state, switch

    parcel = inspect(path, program.plugins.state)
    _show(program, parcel)
    fault = unsound(parcel)
    if fault is not None:
        raise fault
    if parcel.python and not yes and not _agreed(program):
        program.diagnostics.note("plugins.not_installed")
        return ExitCode.USAGE
    target = put_in(parcel, program.home, program.plugins.found)
    change_state(program.home, lambda state: switch(state, parcel.name, None))
    program.diagnostics.note("plugins.installed", name=parcel.name, version=parcel.version, path=target)
    return ExitCode.OK


def _show(program: CommandContext, parcel: Parcel) -> None:
    from survey_tui.plugins.installation import digest

    words, say = program.words, program.diagnostics.text
    title = parcel.manifest.title if parcel.manifest is not None else {}
    say(f"{parcel.name} {parcel.version}: {title.get(program.language) or next(iter(title.values()), '–')}")
    say(words("plugins.parcel_python" if parcel.python else "plugins.parcel_declarative"))
    signer = "plugins.parcel_signed" if parcel.signer else "plugins.parcel_unsigned"
    say(words(signer, signer=parcel.signer))
    say(words("plugins.parcel_digest", digest=digest(parcel.contents), count=len(parcel.contents)))
    if parcel.python:
        for name in sorted(parcel.contents)[:100]:
            say(f"  {name} ({len(parcel.contents[name])})")
    if parcel.needs:
        say(words("plugins.parcel_needs", names=", ".join(parcel.needs)))


def _agreed(program: CommandContext) -> bool:
    """Whether the person at the keyboard says yes; nobody there is a no."""
    import sys

    from survey_tui.cli.plain.wording import agreement

    program.diagnostics.note("plugins.parcel_ask")
    return sys.stdin.isatty() and agreement(sys.stdin.readline().strip()) is True


@plugins.command("remove", cls=WordedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def remove(program: CommandContext, name: str) -> None:
    """Take a plugin out of the home; drafts that have answers to its questions keep them."""
    from survey_tui.plugins.installation import remove as take_out
    from survey_tui.plugins.plugin_state import change_state, switch

    take_out(_named(program, name), program.home)
    change_state(program.home, lambda state: switch(state, name, None))
    program.diagnostics.note("plugins.removed", name=name)


@plugins.command("enable", cls=WordedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def enable(program: CommandContext, name: str) -> None:
    """Switch on, and forget earlier failures."""
    _switch(program, name, None)
    program.diagnostics.note("plugins.enabled", name=name)


@plugins.command("disable", cls=WordedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def disable(program: CommandContext, name: str) -> None:
    """Switch off; nothing of it is imported from now on."""
    _switch(program, name, "user")
    program.diagnostics.note("plugins.disabled", name=name)


def _switch(program: CommandContext, name: str, off_by: OffBy | None) -> None:
    from survey_tui.plugins.plugin_state import change_state, switch

    one = _named(program, name)
    if one.kind == "core":
        raise PluginError("plugin_core", plugin=name)
    change_state(program.home, lambda state: switch(state, name, off_by))


def _named(program: CommandContext, name: str) -> Found:
    """The plugin of this name, whether it is on or off. It is looked for without loading any."""
    from survey_tui.plugins.discovery import find

    found = find(program.home)
    one = next((each for each in found if each.name == name), None)
    if one is None:
        known = ", ".join(each.name for each in found) or "–"
        raise PluginError("plugin_unknown", plugin=name[:80], known=known)
    return one


@click.command("run", cls=WordedCommand, context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("command")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@shared_options
@click.pass_obj
def run(program: CommandContext, name: str, command: str, arguments: tuple[str, ...]) -> int:
    """Run it; its exit status. It may take as long as it likes: the person who started it can stop it."""
    from survey_tui.plugins.offers import Command, CommandCall

    offered: dict[str, Command] = {
        each.name: each for plugin, each in program.plugins.offers("commands") if plugin == name
    }
    program.report_failures()
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
