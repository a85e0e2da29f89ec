"""``survey-tui lock``: the passphrase of the store."""

from __future__ import annotations

from pathlib import Path

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_line
from survey_tui.console.passphrase_prompt import prompt_new_passphrase
from survey_tui.errors import StoreError
from survey_tui.store import ResponseStore
from survey_tui.store.crypto import crypto_available, require_crypto
from survey_tui.store.crypto.device_lock import read_lock_parameters
from survey_tui.store.crypto.device_lock import recover as recover_keys
from survey_tui.store.crypto.organisation_keys import public_key, public_text, read_private_keys

_NEW = click.option("--new-passphrase-file", metavar="FILE", type=click.Path(path_type=Path))


@click.group(cls=LazyGroup)
@shared_options
def lock() -> None:
    """Set, change, remove and recover the passphrase."""


@lock.command("status", cls=LocalizedCommand)
@shared_options
@click.pass_obj
def status(context: CommandContext) -> None:
    """Print whether the store is encrypted and which key can recover it; needs no passphrase."""
    facts = read_lock_parameters(context.home)
    if facts is None:
        write_line(context.words("cli.lock_none" if crypto_available() else "cli.lock_no_library"))
        return
    cost = facts.cost
    write_line(context.words("cli.lock_set", memory=cost.memory // 1024, passes=cost.passes))
    if facts.recovery is None:
        write_line(context.words("cli.lock_unrecoverable"))
    else:
        write_line(context.words("cli.lock_recoverable", key_id=facts.recovery.key))


@lock.command("set", cls=LocalizedCommand)
@click.option("--recovery-key", metavar="KEY", default="")
@_NEW
@shared_options
@click.pass_obj
def set_passphrase(context: CommandContext, recovery_key: str, new_passphrase_file: Path | None) -> None:
    """Lock the store, or change its passphrase; the store is encrypted with a new key."""
    require_crypto()
    if recovery_key:
        public_key(recovery_key)
    store = _writable_store(context)
    store.passphrase_lock.set_passphrase(
        prompt_new_passphrase(context, new_passphrase_file), recovery=recovery_key or None
    )
    recoverable = bool(store.passphrase_lock.recovery_key)
    context.diagnostics.note("cli.lock_done" if recoverable else "cli.lock_done_unrecoverable")


@lock.command("remove", cls=LocalizedCommand)
@shared_options
@click.pass_obj
def remove(context: CommandContext) -> None:
    """Decrypt the store; needs the passphrase."""
    if not context.is_locked:
        raise StoreError("lock_none")
    _writable_store(context).passphrase_lock.remove_passphrase()
    context.diagnostics.note("cli.lock_removed")


@lock.command("recover", cls=LocalizedCommand)
@click.option("--private-key", metavar="FILE", type=click.Path(path_type=Path), required=True)
@click.option("--recovery-key", metavar="KEY", default="")
@_NEW
@shared_options
@click.pass_obj
def recover(
    context: CommandContext, private_key: Path, recovery_key: str, new_passphrase_file: Path | None
) -> None:
    """Open the store with the organisation's key and set a new passphrase."""

    facts = read_lock_parameters(context.home)
    if facts is None:
        raise StoreError("lock_none")
    keys = read_private_keys(private_key)
    named = facts.recovery.key if facts.recovery is not None else ""
    key = keys.get(named)
    if key is None:
        raise StoreError("lock_no_recovery", key_id=named or "—")
    context.__dict__["keys"] = recover_keys(context.home, key)
    again = recovery_key or public_text(key.public_key())
    _writable_store(context).passphrase_lock.set_passphrase(
        prompt_new_passphrase(context, new_passphrase_file), recovery=again
    )
    context.diagnostics.note("cli.lock_done")


def _writable_store(context: CommandContext) -> ResponseStore:
    store = context.store()
    if store.read_only:
        raise StoreError("store_read_only", path=str(context.home))
    return store
