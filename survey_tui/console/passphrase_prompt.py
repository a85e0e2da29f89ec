"""Where a passphrase comes from: a file that is named, or the keyboard, unseen. Never a command's arguments
and never the environment, which other programs can read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_tui.errors import StoreError, UsageError

if TYPE_CHECKING:
    from survey_tui.console.command_context import CommandContext
    from survey_tui.store import KeyRing


_LONGEST = 4096


def prompt_keys(program: CommandContext) -> KeyRing:
    """What the passphrase gives. At the keyboard a wrong one may be tried again at once, as long as no delay
    stands; one from a file may not."""
    from survey_tui.store.crypto.device_lock import unlock

    while True:
        passphrase = _given(program, "cli.ask_passphrase")
        try:
            return unlock(program.home, passphrase)
        except StoreError as error:
            if error.code != "lock_wrong_passphrase" or program.passphrase_file is not None:
                raise
            program.diagnostics.error(error)


def ask_new(program: CommandContext, new_file: Path | None) -> str:
    """A new passphrase: from ``new_file``, or typed twice."""
    if new_file is not None:
        return read_passphrase(new_file)
    first = _typed(program, "cli.ask_new_passphrase")
    if first != _typed(program, "cli.ask_passphrase_again"):
        raise UsageError("lock_mismatch")
    return first


def read_passphrase(path: Path) -> str:
    """The first line of a file, without its end; ``UsageError("cli_passphrase_file")``."""
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST)
        return line.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise UsageError("cli_passphrase_file", path=path) from None


def _given(program: CommandContext, prompt: str) -> str:
    if program.passphrase_file is not None:
        return read_passphrase(program.passphrase_file)
    return _typed(program, prompt)


def _typed(program: CommandContext, prompt: str) -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise StoreError("lock_passphrase_needed")
    text: str = click.prompt(program.words(prompt), hide_input=True, err=True, default="", show_default=False)
    return text
