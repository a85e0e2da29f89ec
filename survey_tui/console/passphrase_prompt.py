"""Passphrase of the store, from a file or typed without echo.

It is never an argument or an environment variable: other processes can read those.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_tui.application.context import AppContext
from survey_tui.console.diagnostics import Diagnostics
from survey_tui.errors import StoreError, UsageError
from survey_tui.store.crypto.device_lock import unlock

if TYPE_CHECKING:
    from survey_tui.store import KeyRing


_MAX_BYTES = 4096


def prompt_keys(context: AppContext, diagnostics: Diagnostics) -> KeyRing:
    """Unlock the store. A wrong passphrase may be typed again until the lock imposes a delay."""
    while True:
        passphrase = _passphrase(context, "cli.ask_passphrase")
        try:
            return unlock(context.home, passphrase)
        except StoreError as error:
            if error.code != "lock_wrong_passphrase" or context.passphrase_file is not None:
                raise
            diagnostics.error(error)


def prompt_new_passphrase(context: AppContext, new_file: Path | None) -> str:
    """A new passphrase, from ``new_file`` or typed twice."""
    if new_file is not None:
        return read_passphrase(new_file)
    first = _prompt(context, "cli.ask_new_passphrase")
    if first != _prompt(context, "cli.ask_passphrase_again"):
        raise UsageError("lock_mismatch")
    return first


def read_passphrase(path: Path) -> str:
    """The first line of a file, without its line end. Raises ``UsageError("cli_passphrase_file")``."""
    try:
        with path.open("rb") as file:
            line = file.readline(_MAX_BYTES)
        return line.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise UsageError("cli_passphrase_file", path=path) from None


def _passphrase(context: AppContext, prompt: str) -> str:
    if context.passphrase_file is not None:
        return read_passphrase(context.passphrase_file)
    return _prompt(context, prompt)


def _prompt(context: AppContext, prompt: str) -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise StoreError("lock_passphrase_needed")
    text: str = click.prompt(context.words(prompt), hide_input=True, err=True, default="", show_default=False)
    return text
