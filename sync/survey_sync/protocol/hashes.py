"""Canonical bytes in a request, their SHA-256, and the signed statement of a package."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from msgspec import Raw


def canonical_slice(canonical: bytes) -> bytes:
    """Canonical bytes as a batch embeds them; ``ValueError`` unless they are one line with its end."""
    if not (canonical.startswith(b"{") and canonical.endswith(b"}\n")) or b"\n" in canonical[:-1]:
        raise ValueError("canonical bytes are one JSON object on one line that ends with a line feed")
    return canonical[:-1]


def canonical_bytes(body: Raw | bytes) -> bytes:
    """Canonical bytes of an embedded body."""
    return bytes(body) + b"\n"


def canonical_sha256(canonical: bytes) -> str:
    """SHA-256 that identifies canonical bytes (hex)."""
    return hashlib.sha256(canonical).hexdigest()


def content_digest(data: bytes) -> str:
    """The value of ``Content-Digest`` (or ``Repr-Digest``) for these bytes."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)")


def parse_digest(value: str) -> bytes | None:
    """SHA-256 in a digest header (32 bytes), ``None`` without one."""
    found = _DIGEST.search(value)
    try:
        return base64.b64decode(found[1], validate=True) if found else None
    except binascii.Error:
        return None


def package_statement(content: str, name: str, version: str, sha256: str, size: int) -> bytes:
    """Bytes that the signature of a package covers."""
    return f"survey-sync package 1\n{content}\n{name}\n{version}\n{sha256}\n{size}\n".encode()
