"""Canonical bytes on their way, their hashes, and the statement that a package signature covers."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from msgspec import Raw


def canonical_slice(frozen: bytes) -> bytes:
    """Frozen bytes as they are embedded in a batch; ``ValueError`` if they are not one line with its end."""
    if not (frozen.startswith(b"{") and frozen.endswith(b"}\n")) or b"\n" in frozen[:-1]:
        raise ValueError("frozen bytes are one JSON object on one line that ends with a line feed")
    return frozen[:-1]


def canonical_bytes(body: Raw | bytes) -> bytes:
    """The frozen bytes of an embedded body."""
    return bytes(body) + b"\n"


def canonical_sha256(frozen: bytes) -> str:
    """The hash that identifies frozen bytes (hex)."""
    return hashlib.sha256(frozen).hexdigest()


def content_digest(data: bytes) -> str:
    """The value of ``Content-Digest`` (or ``Repr-Digest``) for these bytes."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)")


def parse_digest(value: str) -> bytes | None:
    """The 32 bytes of SHA-256 in a digest header; ``None`` when there are none."""
    found = _DIGEST.search(value)
    try:
        return base64.b64decode(found[1], validate=True) if found else None
    except binascii.Error:
        return None


def package_statement(content: str, name: str, version: str, sha256: str, size: int) -> bytes:
    """The bytes that a package's signature covers."""
    return f"survey-sync package 1\n{content}\n{name}\n{version}\n{sha256}\n{size}\n".encode()
