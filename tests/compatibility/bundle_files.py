"""Bundle files of a USB drive, read as ``docs/sync-protocol.md`` describes them."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class BundleFile(NamedTuple):
    """A file with a valid signature and checksum."""

    header: dict[str, Any]
    content: bytes

    @property
    def kind(self) -> str:
        return str(self.header["kind"])

    def lines(self) -> bytes:
        """The lines of a bundle or of receipts."""
        return gzip.decompress(self.content)


def read_file(path: Path) -> BundleFile:
    first, header, signature, content = path.read_bytes().split(b"\n", 3)
    assert first == b"survey-sync bundle 1"
    facts = json.loads(header)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(facts["key"]))
    key.verify(bytes.fromhex(signature.decode()), first + b"\n" + header + b"\n")
    assert hashlib.sha256(content).hexdigest() == facts["sha256"]
    assert len(content) == facts["size"]
    return BundleFile(facts, content)


def stable_fields(header: dict[str, Any]) -> dict[str, Any]:
    """The header's fields in order, without those that differ in each run: the time and gzip's output."""
    return {**header, "created": "TIME", "sha256": "SHA256", "size": "SIZE"}
