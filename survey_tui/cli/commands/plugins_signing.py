"""``survey-tui plugins sign`` and ``keys``: plugin signatures and trusted keys."""

from __future__ import annotations

import re
from pathlib import Path

import click
from msgspec.structs import replace

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_line, write_table
from survey_tui.errors import PluginError, UsageError
from survey_tui.plugins.archives import write_zip
from survey_tui.plugins.installation import inspect_archive
from survey_tui.plugins.plugin_state import PluginState, change_state, load_state
from survey_tui.plugins.signing import SIGNATURE, new_key, sign_files


@click.command("sign", cls=LocalizedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", "key_file", metavar="FILE", type=click.Path(path_type=Path), required=True)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), required=True)
@shared_options
@click.pass_obj
def sign_archive(context: CommandContext, path: Path, key_file: Path, output: Path) -> None:
    """Write the plugin at ``path`` (zip, wheel or folder) as a signed archive."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)

    contents = {
        name: content
        for name, content in inspect_archive(path, PluginState()).contents.items()
        if name != SIGNATURE
    }
    contents[SIGNATURE] = sign_files(contents, key_file)
    try:
        write_zip(contents, output)
    except OSError as error:
        raise PluginError("plugin_write", path=str(output), reason=error.strerror or str(error)) from error
    context.diagnostics.note("plugins.signed", path=output)


@click.group(cls=LazyGroup)
@shared_options
def keys() -> None:
    """Manage the keys of plugin signatures."""


@keys.command("new", cls=LocalizedCommand)
@click.argument("file", type=click.Path(path_type=Path))
@shared_options
@click.pass_obj
def new(context: CommandContext, file: Path) -> None:
    """Make a key pair and print the public key."""
    public = new_key(file)
    context.diagnostics.note("plugins.key_made", path=file)
    write_line(public)


@keys.command("trust", cls=LocalizedCommand)
@click.argument("name")
@click.argument("key")
@shared_options
@click.pass_obj
def trust(context: CommandContext, name: str, key: str) -> None:
    """Accept plugins signed with this key."""
    key = key.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise PluginError("plugin_key", said=key[:80])

    change_state(context.home, lambda state: replace(state, keys={**state.keys, name[:80]: key}))
    context.diagnostics.note("plugins.key_trusted", name=name)


@keys.command("forget", cls=LocalizedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def forget(context: CommandContext, name: str) -> None:
    """Stop accepting plugins signed with this key."""
    known = load_state(context.home).keys
    if name not in known:
        raise PluginError("plugin_unknown", plugin=name[:80], known=", ".join(known) or "–")
    change_state(
        context.home,
        lambda state: replace(state, keys={one: key for one, key in state.keys.items() if one != name}),
    )
    context.diagnostics.note("plugins.key_forgotten", name=name)


@keys.command("list", cls=LocalizedCommand)
@shared_options
@click.pass_obj
def list_keys(context: CommandContext) -> None:
    """List trusted keys by name."""
    known = load_state(context.home).keys
    if known:
        head = [context.words("plugins.column_name"), context.words("plugins.column_key")]
        write_table(head, [[name, key] for name, key in sorted(known.items())])
    else:
        context.diagnostics.note("plugins.no_keys")


@keys.command("require", cls=LocalizedCommand)
@click.argument("setting", type=click.Choice(["on", "off"]))
@shared_options
@click.pass_obj
def require(context: CommandContext, setting: str) -> None:
    """Require plugins to be signed with a trusted key, or not."""
    change_state(context.home, lambda state: replace(state, signed_only=setting == "on"))
    context.diagnostics.note(f"plugins.signed_only_{setting}")
