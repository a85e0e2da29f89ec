"""``survey-tui plugins sign`` and ``keys``: whose plugins this device takes."""

from __future__ import annotations

import re
from pathlib import Path

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, WordedCommand, shared_options
from survey_tui.console.output import write_line, write_table
from survey_tui.errors import PluginError, UsageError


@click.command("sign", cls=WordedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", "key_file", metavar="FILE", type=click.Path(path_type=Path), required=True)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), required=True)
@shared_options
@click.pass_obj
def sign_archive(program: CommandContext, path: Path, key_file: Path, output: Path) -> None:
    """Write the plugin at ``path`` (zip, wheel or folder) as a signed archive."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    from survey_tui.plugins.archives import write_zip
    from survey_tui.plugins.installation import inspect
    from survey_tui.plugins.plugin_state import State
    from survey_tui.plugins.signing import SIGNATURE, sign

    contents = {
        name: content for name, content in inspect(path, State()).contents.items() if name != SIGNATURE
    }
    contents[SIGNATURE] = sign(contents, key_file)
    try:
        write_zip(contents, output)
    except OSError as error:
        raise PluginError("plugin_write", path=str(output), reason=error.strerror or str(error)) from error
    program.diagnostics.note("plugins.signed", path=output)


@click.group(cls=LazyGroup)
@shared_options
def keys() -> None:
    """The commands that look after keys."""


@keys.command("new", cls=WordedCommand)
@click.argument("file", type=click.Path(path_type=Path))
@shared_options
@click.pass_obj
def new(program: CommandContext, file: Path) -> None:
    """Make a key pair; the public key is the data."""
    from survey_tui.plugins.signing import new_key

    public = new_key(file)
    program.diagnostics.note("plugins.key_made", path=file)
    write_line(public)


@keys.command("trust", cls=WordedCommand)
@click.argument("name")
@click.argument("key")
@shared_options
@click.pass_obj
def trust(program: CommandContext, name: str, key: str) -> None:
    """Take plugins signed with this key."""
    key = key.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise PluginError("plugin_key", said=key[:80])
    from msgspec.structs import replace

    from survey_tui.plugins.plugin_state import change_state

    change_state(program.home, lambda state: replace(state, keys={**state.keys, name[:80]: key}))
    program.diagnostics.note("plugins.key_trusted", name=name)


@keys.command("forget", cls=WordedCommand)
@click.argument("name")
@shared_options
@click.pass_obj
def forget(program: CommandContext, name: str) -> None:
    """Take plugins signed with this key no more."""
    from msgspec.structs import replace

    from survey_tui.plugins.plugin_state import change_state, load_state

    known = load_state(program.home).keys
    if name not in known:
        raise PluginError("plugin_unknown", plugin=name[:80], known=", ".join(known) or "–")
    change_state(
        program.home,
        lambda state: replace(state, keys={one: key for one, key in state.keys.items() if one != name}),
    )
    program.diagnostics.note("plugins.key_forgotten", name=name)


@keys.command("list", cls=WordedCommand)
@shared_options
@click.pass_obj
def list_keys(program: CommandContext) -> None:
    """Names and public keys."""
    from survey_tui.plugins.plugin_state import load_state

    known = load_state(program.home).keys
    if known:
        head = [program.words("plugins.column_name"), program.words("plugins.column_key")]
        write_table(head, [[name, key] for name, key in sorted(known.items())])
    else:
        program.diagnostics.note("plugins.no_keys")


@keys.command("require", cls=WordedCommand)
@click.argument("setting", type=click.Choice(["on", "off"]))
@shared_options
@click.pass_obj
def require(program: CommandContext, setting: str) -> None:
    """Whether plugins must be signed with a trusted key."""
    from msgspec.structs import replace

    from survey_tui.plugins.plugin_state import change_state

    change_state(program.home, lambda state: replace(state, signed_only=setting == "on"))
    program.diagnostics.note(f"plugins.signed_only_{setting}")
