"""Signed plugins: Ed25519 over the SHA-256 of every file.

``SIGNATURE.json`` is next to ``plugin.toml``, in the archive and in the installed folder. It holds the public
key, the signature, and the hash of each file; :func:`signed_bytes` are signed, one line a file, sorted.
Signing and verifying need the extra ``crypto``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from survey_tui.errors import PluginError, SurveyError
from survey_tui.plugins.archives import read_folder
from survey_tui.plugins.discovery import FoundPlugin
from survey_tui.signatures import verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


SIGNATURE = "SIGNATURE.json"
_HEX32 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
_HEX64 = Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]


class Signature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``files``: path in the archive → SHA-256 (hex) of its bytes, without ``SIGNATURE.json`` itself."""

    key: _HEX32
    signature: _HEX64
    files: dict[str, _HEX32]


def signed_bytes(files: Mapping[str, str]) -> bytes:
    """Bytes that a signature covers: a line per file, sorted by path."""
    lines = [f"{digest}  {path}\n" for path, digest in sorted(files.items())]
    return ("survey-tui plugin, version 1\n" + "".join(lines)).encode()


def file_hashes(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Path → SHA-256 (hex), the signature file left out."""
    return {
        path: hashlib.sha256(content).hexdigest() for path, content in contents.items() if path != SIGNATURE
    }


def find_signer(contents: Mapping[str, bytes], keys: Mapping[str, str]) -> str:
    """The name of the trusted key that signed exactly these files.

    Raises ``PluginError``: ``plugin_signature_none``, ``_damaged``, ``_files`` (not these files), ``_key``
    (not a trusted key), ``_wrong`` (not signed with that key), ``plugin_crypto`` (the library is missing).
    """
    if SIGNATURE not in contents:
        raise _signature_error("none")
    try:
        signature = msgspec.json.decode(contents[SIGNATURE], type=Signature)
    except (ValueError, RecursionError) as error:
        raise _signature_error("damaged") from error
    if signature.files != file_hashes(contents):
        raise _signature_error("files")
    owner = next((name for name, key in keys.items() if key == signature.key), "")
    if not owner:
        raise _signature_error("key")
    if not _verify(signature):
        raise _signature_error("wrong")
    return owner


def _verify(signature: Signature) -> bool:
    try:
        return verify(
            bytes.fromhex(signature.key), bytes.fromhex(signature.signature), signed_bytes(signature.files)
        )
    except SurveyError as error:
        raise PluginError("plugin_crypto") from error


def check_signature(one: FoundPlugin, keys: Mapping[str, str]) -> PluginError | None:
    """The reason not to trust an installed plugin; ``None`` when a trusted key signed its files."""
    folder = one.search_path or (one.folder if one.kind == "declarative" else "")
    try:
        find_signer(read_folder(Path(folder)) if folder else {}, keys)
    except PluginError as error:
        return PluginError(error.code, **error.details | {"plugin": one.name, "distribution": one.place})
    return None


def sign_files(contents: Mapping[str, bytes], key_file: Path) -> bytes:
    """The bytes of ``SIGNATURE.json`` for these files."""
    key = _load_private_key(key_file)
    files = file_hashes(contents)
    signature = Signature(
        key=_load_public_key(key),
        signature=key.sign(signed_bytes(files)).hex(),
        files=dict(sorted(files.items())),
    )
    return msgspec.json.format(msgspec.json.encode(signature), indent=1) + b"\n"


def new_key(key_file: Path) -> str:
    """Make a key pair: the private key in a new file that only its owner may read; return the public key
    (hex)."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError as error:
        raise PluginError("plugin_crypto") from error
    key = Ed25519PrivateKey.generate()
    try:
        handle = os.open(key_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.private_bytes_raw().hex() + "\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise PluginError("plugin_key_file", path=str(key_file), reason=reason) from error
    return _load_public_key(key)


def public_key(key_file: Path) -> str:
    """The public key (hex) of a private key's file."""
    return _load_public_key(_load_private_key(key_file))


def _load_private_key(key_file: Path) -> Ed25519PrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError as error:
        raise PluginError("plugin_crypto") from error
    try:
        secret = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
        return Ed25519PrivateKey.from_private_bytes(secret)
    except (OSError, ValueError) as error:
        raise PluginError("plugin_key_file", path=str(key_file), reason=str(error)) from error


def _load_public_key(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _signature_error(reason: str) -> PluginError:
    return PluginError(f"plugin_signature_{reason}", plugin="–", distribution="–")
