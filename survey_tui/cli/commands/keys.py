"""``survey-tui keys``: the organisation's key pair, and opening sealed responses."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_bytes, write_line
from survey_tui.errors import UsageError
from survey_tui.store.crypto.organisation_keys import (
    key_id,
    new_private_key,
    public_text,
    read_private_keys,
    rotate_private_key,
    write_private_keys,
)
from survey_tui.store.crypto.sealing import is_sealed, open_envelope

_FILE = click.Path(path_type=Path)


@click.group(cls=LazyGroup)
@shared_options
def keys() -> None:
    """Manage the organisation's keys and open sealed responses."""


@keys.command("new", cls=LocalizedCommand)
@click.argument("file", type=_FILE)
@shared_options
@click.pass_obj
def new(context: CommandContext, file: Path) -> None:
    """Make a key pair: write the private key to ``file``, print the public key."""
    key = new_private_key()
    write_private_keys(file, [key])
    write_line(public_text(key.public_key()))
    context.diagnostics.note("cli.key_made", path=file)


@keys.command("show", cls=LocalizedCommand)
@click.argument("key", metavar="FILE|KEY")
@shared_options
def show(key: str) -> None:
    """Print the id and public key of each key in a file, newest first, or the id of one public key."""
    if key.startswith("hpke-"):
        write_line(f"{key_id(key)}  {key}")
        return
    for identity, private in read_private_keys(Path(key)).items():
        write_line(f"{identity}  {public_text(private.public_key())}")


@keys.command("rotate", cls=LocalizedCommand)
@click.argument("file", type=_FILE)
@shared_options
@click.pass_obj
def rotate(context: CommandContext, file: Path) -> None:
    """Add a new current key; responses sealed to the old ones can still be opened."""
    write_line(rotate_private_key(file))
    context.diagnostics.note("cli.key_made", path=file)


@keys.command("open", cls=LocalizedCommand)
@click.argument("file", type=_FILE)
@click.option("--private-key", metavar="FILE", type=_FILE, required=True)
@click.option("--events", is_flag=True)
@shared_options
def open_file(file: Path, private_key: Path, events: bool) -> None:
    """Open the envelopes in ``file`` (JSON Lines); unsealed responses pass through unchanged."""
    keys = read_private_keys(private_key)
    try:
        source = file.open("rb")
    except OSError:
        raise UsageError("cli_no_path", path=file) from None
    with source:
        for line in source:
            if not is_sealed(line):
                write_bytes(b"" if events else line)
                continue
            opened = open_envelope(line, keys)
            write_bytes(msgspec.json.encode(opened.events) + b"\n" if events else opened.canonical)
