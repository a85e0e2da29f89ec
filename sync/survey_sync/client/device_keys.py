"""Signing key of the device, and public keys that it trusts.

The private key is 64 hex digits in a file that only its owner may read, made at first use. Public keys are
shown and typed as 64 hex digits. Trusted keys are those that ``survey-tui`` trusts for plugins, so that a
coordinator's key is made known once. Signing needs the extra ``crypto``.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from survey_sync.client.errors import TrustError
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_tui.errors import UsageError
from survey_tui.plugins.plugin_state import PluginState, change_state, load_state
from survey_tui.signatures import verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SigningKey:
    """Signing key of this device, or the one in ``file`` (made by ``survey-tui plugins keys new``).

    Raises :class:`TrustError`: ``sync_key_missing`` without the library for signatures,
    ``sync_key_damaged``, ``sync_key_file`` for a ``file`` that has no key.
    """

    def __init__(self, sync_home: SyncHome, file: Path | None = None) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError:
            raise TrustError("sync_key_missing") from None
        self.file = place = file or sync_home.key
        data = read_small(place) if file is None or file.is_file() else None
        if data is None and file is not None:
            raise TrustError("sync_key_file", path=str(file))
        if data is None:
            data = secrets.token_bytes(32).hex().encode() + b"\n"
            write_private(sync_home.key, data)
        try:
            secret = bytes.fromhex(data.decode("ascii"))
            self._key: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(secret)
        except ValueError:
            code = "sync_key_damaged" if file is None else "sync_key_file"
            raise TrustError(code, path=str(place)) from None

    @property
    def public(self) -> str:
        """Public key of the pair, 64 hex digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, statement: bytes) -> str:
        """Ed25519 signature over ``statement``, 128 hex digits."""
        return self._key.sign(statement).hex()


def verify_signature(public: str, signature: str, statement: bytes) -> bool:
    """Whether ``signature`` (hex) over ``statement`` was made with the key ``public`` (hex)."""
    try:
        return verify(bytes.fromhex(public), bytes.fromhex(signature), statement)
    except ValueError:
        return False


def fingerprint(public: str) -> str:
    """Fingerprint of a key, short enough to be read out over the telephone: ``1f2e-3d4c-5b6a``."""
    digest = hashlib.sha256(bytes.fromhex(public)).hexdigest()
    return "-".join(digest[start : start + 4] for start in range(0, 12, 4))


def parse_public_key(typed: str) -> str:
    """A public key that a person typed; ``UsageError("sync_bad_key")``."""
    text = "".join(typed.split()).lower()
    if len(text) != 64 or any(character not in "0123456789abcdef" for character in text):
        raise UsageError("sync_bad_key", typed=typed[:80])
    return text


def default_key_name(public: str) -> str:
    """Name of a trusted key without a name of its own; differs between coordinators."""
    return f"khoa-{fingerprint(public)[:9]}"


def trusted_keys(sync_home: SyncHome) -> dict[str, str]:
    """Public keys (hex) by name of the coordinator. Raises ``PluginError``."""
    return load_state(sync_home.home).keys


def trust(sync_home: SyncHome, name: str, key: str) -> None:
    """Trust the packages and receipts of a key. Raises ``UsageError`` and ``PluginError``."""
    public = parse_public_key(key)

    def add(state: PluginState) -> PluginState:
        return replace(state, keys={**state.keys, name: public})

    change_state(sync_home.home, add)
