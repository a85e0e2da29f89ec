"""``survey-tui lock``: the device's passphrase."""

from __future__ import annotations

from pathlib import Path

import click

from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, WordedCommand, shared_options
from survey_tui.console.output import write_line
from survey_tui.console.passphrase_prompt import ask_new
from survey_tui.errors import StoreError
from survey_tui.store import ResponseStore

_NEW = click.option("--new-passphrase-file", metavar="FILE", type=click.Path(path_type=Path))


@click.group(cls=LazyGroup)
@shared_options
def lock() -> None:
    """The commands that set, change and remove the passphrase."""


@lock.command("status", cls=WordedCommand)
@shared_options
@click.pass_obj
def status(program: CommandContext) -> None:
    """Whether the store is encrypted, and who else can open it; needs no passphrase."""
    from survey_tui.store.crypto import crypto_available
    from survey_tui.store.crypto.device_lock import lock_of

    facts = lock_of(program.home)
    if facts is None:
        write_line(program.words("cli.lock_none" if crypto_available() else "cli.lock_no_library"))
        return
    cost = facts.cost
    write_line(program.words("cli.lock_set", memory=cost.memory // 1024, passes=cost.passes))
    if facts.recovery is None:
        write_line(program.words("cli.lock_unrecoverable"))
    else:
        write_line(program.words("cli.lock_recoverable", key_id=facts.recovery.key))


@lock.command("set", cls=WordedCommand)
@click.option("--recovery-key", metavar="KEY", default="")
@_NEW
@shared_options
@click.pass_obj
def set_passphrase(program: CommandContext, recovery_key: str, new_passphrase_file: Path | None) -> None:
    """Lock the store, or change its passphrase; everything is encrypted with a new key."""
    from survey_tui.store.crypto import require_crypto
    from survey_tui.store.crypto.organisation_keys import public_key

    require_crypto()
    if recovery_key:
        public_key(recovery_key)
    store = _writable(program)
    store.protection.set_passphrase(ask_new(program, new_passphrase_file), recovery=recovery_key or None)
    recoverable = bool(store.protection.recovery_key)
    program.diagnostics.note("cli.lock_done" if recoverable else "cli.lock_done_unrecoverable")


@lock.command("remove", cls=WordedCommand)
@shared_options
@click.pass_obj
def remove(program: CommandContext) -> None:
    """Write everything unencrypted; the passphrase must be given."""
    if not program.locked:
        raise StoreError("lock_none")
    _writable(program).protection.remove_passphrase()
    program.diagnostics.note("cli.lock_removed")


@lock.command("recover", cls=WordedCommand)
@click.option("--private-key", metavar="FILE", type=click.Path(path_type=Path), required=True)
@click.option("--recovery-key", metavar="KEY", default="")
@_NEW
@shared_options
@click.pass_obj
def recover(
    program: CommandContext, private_key: Path, recovery_key: str, new_passphrase_file: Path | None
) -> None:
    """Open the store by the coordinator's key, and set a new passphrase."""
    from survey_tui.store.crypto.device_lock import lock_of
    from survey_tui.store.crypto.device_lock import recover as recovered
    from survey_tui.store.crypto.organisation_keys import public_text, read_private_keys

    facts = lock_of(program.home)
    if facts is None:
        raise StoreError("lock_none")
    keys = read_private_keys(private_key)
    named = facts.recovery.key if facts.recovery is not None else ""
    key = keys.get(named)
    if key is None:
        raise StoreError("lock_no_recovery", key_id=named or "—")
    program.__dict__["keys"] = recovered(program.home, key)
    again = recovery_key or public_text(key.public_key())
    _writable(program).protection.set_passphrase(ask_new(program, new_passphrase_file), recovery=again)
    program.diagnostics.note("cli.lock_done")


def _writable(program: CommandContext) -> ResponseStore:
    store = program.store()
    if store.read_only:
        raise StoreError("store_read_only", path=str(program.home))
    return store
