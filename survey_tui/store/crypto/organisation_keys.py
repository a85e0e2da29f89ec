"""The organisation's keys: a public one in the survey file, private ones in a file that stays in the office.

A public key is one line of text, ``hpke-x25519:`` and 43 characters of base64 (URL alphabet). Its id is the
first 16 hex digits of the SHA-256 of its 32 bytes. A private key file is PEM (PKCS #8), the newest key first;
older ones stay in it, since responses sealed to them may still come in.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.crypto import require_crypto

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey


_PREFIX = "hpke-x25519:"
_END = b"-----END PRIVATE KEY-----"
_LARGEST_FILE = 1 << 20


def new_private_key() -> X25519PrivateKey:
    """A new key; ``StoreError("crypto_missing")`` without the library."""
    require_crypto()
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.generate()


def public_text(key: X25519PublicKey) -> str:
    """The line that goes into a survey file."""
    return _PREFIX + urlsafe_b64encode(key.public_bytes_raw()).decode().rstrip("=")


def public_key(text: str) -> X25519PublicKey:
    """The key of a public key text; ``StoreError("key_bad_public")``."""
    require_crypto()
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    return X25519PublicKey.from_public_bytes(_raw_public(text))


def key_id(text: str) -> str:
    """The id of a public key text, without the library; ``StoreError("key_bad_public")``."""
    return hashlib.sha256(_raw_public(text)).hexdigest()[:16]


def write_private_keys(path: Path, keys: Sequence[X25519PrivateKey], *, replace: bool = False) -> None:
    """A file for its owner only, complete or not at all.

    ``StoreError("key_file_exists")`` unless ``replace``: a lost private key is lost data.
    """
    if path.exists() and not replace:
        raise StoreError("key_file_exists", path=str(path))
    try:
        files.replace_file(path, b"".join(_pem(key) for key in keys))
    except OSError as error:
        raise files.store_error_from(error, path) from None


def read_private_keys(path: Path) -> dict[str, X25519PrivateKey]:
    """Key id → key, the newest first. ``StoreError("key_bad_private")`` when the file is not a key file."""
    require_crypto()
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found: dict[str, X25519PrivateKey] = {}
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE)
    except OSError as error:
        raise StoreError("key_unreadable", path=str(path), reason=error.strerror or "") from None
    for block in content.split(_END)[:-1]:
        try:
            key = load_pem_private_key(block.strip() + b"\n" + _END + b"\n", password=None)
        except (ValueError, TypeError):
            raise StoreError("key_bad_private", path=str(path)) from None
        if not isinstance(key, X25519PrivateKey):
            raise StoreError("key_bad_private", path=str(path))
        found[key_id(public_text(key.public_key()))] = key
    if not found:
        raise StoreError("key_bad_private", path=str(path))
    return found


def rotate_private_key(path: Path) -> str:
    """Put a new key in front of those in the file; the text of its public key."""
    new = new_private_key()
    write_private_keys(path, [new, *read_private_keys(path).values()], replace=True)
    return public_text(new.public_key())


def _raw_public(text: str) -> bytes:
    text = text.strip()
    try:
        raw = urlsafe_b64decode(text.removeprefix(_PREFIX) + "=")
    except (Base64Error, ValueError):
        raw = b""
    if not text.startswith(_PREFIX) or len(raw) != 32:
        raise StoreError("key_bad_public", text=text[:60])
    return raw


def _pem(key: X25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
