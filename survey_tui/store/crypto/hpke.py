"""Hybrid public key encryption (RFC 9180), base mode, as the library has it.

Suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180, appendix A.2). ``info`` binds a
message to what it is about; a message opens with the same ``info`` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_tui.errors import StoreError
from survey_tui.store.crypto import require_crypto

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.hpke import Suite


def suite() -> Suite:
    """The one suite in use; ``StoreError("crypto_missing")`` without the library."""
    require_crypto()
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal_message(plaintext: bytes, key: X25519PublicKey, info: bytes) -> bytes:
    """``enc`` (32 bytes) and the ciphertext; a new ephemeral key each time."""
    return suite().encrypt(plaintext, key, info=info)


def open_message(message: bytes, key: X25519PrivateKey, info: bytes) -> bytes:
    """Open a sealed message; ``StoreError("seal_not_opened")`` with another key or ``info``, or when a bit of
    it was changed."""
    opener = suite()
    from cryptography.exceptions import InvalidTag

    try:
        return opener.decrypt(message, key, info=info)
    except (InvalidTag, ValueError):
        raise StoreError("seal_not_opened") from None
