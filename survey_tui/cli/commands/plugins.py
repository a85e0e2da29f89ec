"""``survey-tui plugins``: install, list, enable, disable, remove and run plugins."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_json, write_line, write_table
from survey_tui.errors import ExitCode, PluginError, UsageError
from survey_tui.plugins.discovery import find_plugins
from survey_tui.plugins.inventory import plugin_records
from survey_tui.plugins.isolation import describe_error
from survey_tui.plugins.offers import Command, CommandCall
from survey_tui.plugins.plugin_state import change_state, set_off

if TYPE_CHECKING:
    from survey_tui.plugins.discovery import FoundPlugin
    from survey_tui.plugins.installation import PluginArchive
    from survey_tui.plugins.inventory import PluginRecord
    from survey_tui.plugins.plugin_state import OffBy


_COLUMNS = ("order", "name", "version", "kind", "province", "communes", "adds", "state")


@click.group(
    cls=LazyGroup,
    command_paths={
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
    """Install, list and remove plugins."""


@plugins.command("list", cls=LocalizedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def list_plugins(context: CommandContext, as_json: bool) -> None:
    """List every plugin; a disabled one is not imported."""
    found = plugin_records(context.plugins)
    if as_json:
        write_json(found)
        return
    rows = [_row(context, record) for record in found]
    write_table([context.words(f"plugins.column_{name}") for name in _COLUMNS], rows)


def _row(context: CommandContext, record: PluginRecord) -> list[str]:
    words = context.words
    reason = f" ({record.reason})" if record.reason else ""
    return [
        str(record.order),
        record.name,
        record.version or "–",
        words(f"plugins.kind_{record.kind}"),
        ", ".join(record.provinces) or "–",
        str(len(record.communes) or "–"),
        _format_additions(context, record),
        words(f"plugins.state_{record.state}") + reason,
    ]


def _format_additions(context: CommandContext, record: PluginRecord) -> str:
    words, adds = context.words, record.adds
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


@plugins.command("install", cls=LocalizedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True)
@shared_options
@click.pass_obj
def install(context: CommandContext, path: Path, yes: bool) -> int:
    """Show the contents of an archive and install it; code is installed after confirmation only."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    from survey_tui.authoring.admission import admission_error
    from survey_tui.plugins.installation import inspect_archive, install_archive

    archive = inspect_archive(path, context.plugins.state)
    _print_archive(context, archive)
    fault = admission_error(archive, context.home)
    if fault is not None:
        raise fault
    if archive.python and not yes and not _confirm_install(context):
        context.diagnostics.note("plugins.not_installed")
        return ExitCode.USAGE
    target = install_archive(archive, context.home, context.plugins.found)
    change_state(context.home, lambda state: set_off(state, archive.name, None))
    context.diagnostics.note("plugins.installed", name=archive.name, version=archive.version, path=target)
    return ExitCode.OK


def _print_archive(context: CommandContext, archive: PluginArchive) -> None:
    from survey_tui.plugins.installation import archive_digest

    words, write = context.words, context.diagnostics.text
    title = archive.manifest.title if archive.manifest is not None else {}
    write(
        f"{archive.name} {archive.version}: {title.get(context.language) or next(iter(title.values()), '–')}"
    )
    write(words("plugins.parcel_python" if archive.python else "plugins.parcel_declarative"))
    signer = "plugins.parcel_signed" if archive.signer else "plugins.parcel_unsigned"
    write(words(signer, signer=archive.signer))
    write(
        words("plugins.parcel_digest", digest=archive_digest(archive.contents), count=len(archive.contents))
    )
    if archive.python:
        for name in sorted(archive.contents)[:100]:
            write(f"  {name} ({len(archive.contents[name])})")
    if archive.needs:
        write(words("plugins.parcel_needs", names=", ".join(archive.needs)))


def _confirm_install(context: CommandContext) -> bool:
    """True if the user agrees; false without a terminal."""
    from survey_tui.cli.plain.wording import parse_yes_no

    context.diagnostics.note("plugins.parcel_ask")
    return sys.stdin.isatty() and parse_yes_no(sys.stdin.readline().strip()) is True


@plugins.command("remove", cls=LocalizedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def remove(context: CommandContext, name: str) -> None:
    """Remove a plugin from the home; answers to its questions stay in drafts."""
    from survey_tui.plugins.installation import remove_plugin

    remove_plugin(_find_plugin(context, name), context.home)
    change_state(context.home, lambda state: set_off(state, name, None))
    context.diagnostics.note("plugins.removed", name=name)


@plugins.command("enable", cls=LocalizedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def enable(context: CommandContext, name: str) -> None:
    """Enable a plugin and clear its failures."""
    _set_state(context, name, None)
    context.diagnostics.note("plugins.enabled", name=name)


@plugins.command("disable", cls=LocalizedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def disable(context: CommandContext, name: str) -> None:
    """Disable a plugin, which is then no longer imported."""
    _set_state(context, name, "user")
    context.diagnostics.note("plugins.disabled", name=name)


def _set_state(context: CommandContext, name: str, off_by: OffBy | None) -> None:

    plugin = _find_plugin(context, name)
    if plugin.kind == "core":
        raise PluginError("plugin_core", plugin=name)
    change_state(context.home, lambda state: set_off(state, name, off_by))


def _find_plugin(context: CommandContext, name: str) -> FoundPlugin:
    """The plugin of this name, enabled or not; no plugin is loaded."""
    found = find_plugins(context.home)
    one = next((each for each in found if each.name == name), None)
    if one is None:
        known = ", ".join(each.name for each in found) or "–"
        raise PluginError("plugin_unknown", plugin=name[:80], known=known)
    return one


@click.command("run", cls=LocalizedCommand, context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("command")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@shared_options
@click.pass_obj
def run(context: CommandContext, name: str, command: str, arguments: tuple[str, ...]) -> int:
    """Run a command of a plugin and return its exit status; there is no time limit."""
    offered: dict[str, Command] = {
        each.name: each for plugin, each in context.plugins.hook_items("commands") if plugin == name
    }
    context.report_failures()
    if command not in offered:
        known = ", ".join(offered) or "–"
        raise PluginError("plugin_command", plugin=name[:80], command=command[:80], known=known)
    call = CommandCall(arguments=arguments, home=context.home, language=context.language, write=write_line)
    try:
        status = offered[command].run(call)
    except (Exception, SystemExit) as error:  # isolation border: the command is the plugin's code
        raise PluginError("plugin_run", plugin=name, command=command, reason=describe_error(error)) from error
    return status if type(status) is int and 0 <= status < 256 else ExitCode.OK
