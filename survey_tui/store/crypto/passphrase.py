"""From a passphrase to the key of a store: Argon2id (RFC 9106) gives the key that wraps the data key.

The parameters are in the journal's first line, so that stronger ones can replace them later. The defaults
suit a Raspberry Pi Zero 2 or a cheap phone: 32 MiB for about a second there, a tenth of that on a laptop.

After wrong passphrases the next attempt has to wait, over restarts too; nothing is ever wiped.
``responses.attempts`` holds the count, the moment and the id of the store. It can be reset by anyone who can
write to the disk: against a copied disk only the passphrase's own strength helps.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct, ValidationError, convert, json, to_builtins

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.crypto import require_crypto
from survey_tui.store.crypto.hpke import open_message, seal_message
from survey_tui.store.crypto.organisation_keys import key_id, public_key, public_text
from survey_tui.store.crypto.records import DeviceKeys
from survey_tui.store.journal.format import FileHeader
from survey_tui.vietnamese import nfc

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


SHORTEST = 8
"""Characters that a passphrase has at least."""

_NONCE = 12


class Cost(Struct, frozen=True):
    """Cost of one guess: memory in KiB, passes over it, lanes."""

    memory: int = 32 * 1024
    passes: int = 4
    lanes: int = 1

    def is_weaker_than(self, other: Cost) -> bool:
        """True when a lock of this cost should be replaced by one of the other."""
        return self.memory * self.passes < other.memory * other.passes


DEFAULT_COST = Cost()
_HIGHEST = Cost(memory=1 << 20, passes=64, lanes=16)  # a header must not make the device run out of memory


class Recovery(Struct, frozen=True):
    """The data key, sealed to the coordinator's public key: its id and its text."""

    key: str
    sealed: str
    public: str


class LockParameters(Struct, frozen=True, kw_only=True):
    """The lock in the first line of a journal.

    ``key`` is the id of the data key, ``salt`` and ``wrapped`` (nonce and ciphertext) are base64.
    """

    key: str
    cost: Cost
    salt: str
    wrapped: str
    recovery: Recovery | None = None


def parse_lock_parameters(header: FileHeader) -> LockParameters | None:
    """``None`` for a file without a lock; ``StoreError("lock_damaged")`` when its fields make no sense."""
    if not isinstance(header.lock, dict):
        return None
    try:
        facts = convert(header.lock, LockParameters)
    except (ValidationError, DecodeError):
        raise StoreError("lock_damaged") from None
    cost = facts.cost
    if not (
        8 * cost.lanes <= cost.memory <= _HIGHEST.memory
        and 1 <= cost.passes <= _HIGHEST.passes
        and 1 <= cost.lanes <= _HIGHEST.lanes
    ):
        raise StoreError("lock_damaged")
    return facts


def new_lock(
    store: str,
    passphrase: str,
    *,
    cost: Cost = DEFAULT_COST,
    recovery: str = "",
    keys: DeviceKeys | None = None,
) -> tuple[dict[str, object], DeviceKeys]:
    """The lock for a header, and its keys.

    A new data key, unless ``keys`` are wrapped again. ``recovery``: the coordinator's public key text. Raises
    ``StoreError``: ``crypto_missing``, ``lock_too_short``, ``key_bad_public``.
    """
    require_crypto()
    if len(nfc(passphrase)) < SHORTEST:
        raise StoreError("lock_too_short", shortest=SHORTEST)
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    if keys is None or keys.store != store:
        keys = DeviceKeys(store, os.urandom(8).hex(), ChaCha20Poly1305.generate_key())
    salt, nonce = os.urandom(16), os.urandom(_NONCE)
    context = _context(store, keys.key_id)
    wrapping = ChaCha20Poly1305(_derive_key(passphrase, salt, cost))
    wrapped = nonce + wrapping.encrypt(nonce, keys.data_key, context + _bound_context(salt, cost, recovery))
    kept = None
    if recovery:
        sealed = seal_message(keys.data_key, public_key(recovery), context)
        kept = Recovery(key_id(recovery), b64encode(sealed).decode(), recovery)
    facts = LockParameters(
        key=keys.key_id,
        cost=cost,
        salt=b64encode(salt).decode(),
        wrapped=b64encode(wrapped).decode(),
        recovery=kept,
    )
    return to_builtins(facts), keys


def open_lock(store: str, facts: LockParameters, passphrase: str) -> DeviceKeys | None:
    """The keys; ``None`` for a wrong passphrase (or a header that was changed)."""
    require_crypto()
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt, wrapped = _decode_base64(facts.salt), _decode_base64(facts.wrapped)
    wrapping = ChaCha20Poly1305(_derive_key(passphrase, salt, facts.cost))
    recovery = facts.recovery.public if facts.recovery is not None else ""
    bound = _context(store, facts.key) + _bound_context(salt, facts.cost, recovery)
    try:
        data_key = wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
    except (InvalidTag, ValueError):
        return None
    return DeviceKeys(store, facts.key, data_key)


def recover_lock(store: str, facts: LockParameters, private_key: X25519PrivateKey) -> DeviceKeys:
    """The keys, opened with the coordinator's key; ``StoreError``: ``lock_no_recovery``,
    ``seal_not_opened``."""
    mine = key_id(public_text(private_key.public_key()))
    if facts.recovery is None or facts.recovery.key != mine:
        raise StoreError("lock_no_recovery", key_id=facts.recovery.key if facts.recovery else "—")
    sealed = _decode_base64(facts.recovery.sealed)
    return DeviceKeys(store, facts.key, open_message(sealed, private_key, _context(store, facts.key)))


def _derive_key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    return Argon2id(
        salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(nfc(passphrase).encode())


def _context(store: str, key: str) -> bytes:
    return f"survey-tui lock 1\n{store} {key}\n".encode()


def _bound_context(salt: bytes, cost: Cost, recovery: str) -> bytes:
    """Fields of the header that are bound to the wrapped key: with another recovery key, a later lock would
    serve that."""
    return salt + json.encode(cost) + recovery.encode()


def _decode_base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise StoreError("lock_damaged") from None


_FREE = 3
_LONGEST = 300


class Attempts(Struct, frozen=True):
    """``store``: the id of the store that this device unlocked last; ``last``: seconds since the epoch."""

    store: str = ""
    failures: int = 0
    last: float = 0.0


def delay_after(failures: int) -> int:
    """Seconds to wait after so many wrong passphrases in a row: none for 3, then 2, 4, 8 … 300."""
    return 0 if failures < _FREE else int(min(2 ** min(failures - _FREE + 1, 30), _LONGEST))


class AttemptsFile:
    """The file ``responses.attempts`` of a journal."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_suffix(".attempts")

    def read(self) -> Attempts:
        """The attempts so far; none, when the file is missing or damaged."""
        try:
            return json.decode(self.path.read_bytes(), type=Attempts)
        except (OSError, DecodeError):
            return Attempts()

    def check(self, store: str, now: float) -> Attempts:
        """Raise ``StoreError``: ``lock_wait`` while the delay lasts, ``lock_other_store`` for a journal that
        this device did not lock. A clock that jumped back does not lengthen the delay."""
        kept = self.read()
        if kept.store and kept.store != store:
            raise StoreError("lock_other_store", path=str(self.path))
        delay = delay_after(kept.failures)
        waited = now - kept.last
        if waited < 0:
            self.write(Attempts(kept.store, kept.failures, now))
            waited = 0.0
        if waited < delay:
            raise StoreError("lock_wait", seconds=int(delay - waited) + 1)
        return kept

    def write(self, attempts: Attempts) -> None:
        """Store the attempts; a disk that refuses does not lock the user out."""
        with suppress(OSError):
            files.replace_file(self.path, json.encode(attempts))

    def delete(self) -> None:
        """Remove the file: the store has no lock any more."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
