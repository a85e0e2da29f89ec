"""The file on the stick: one header line, one signature line, then what it carries, compressed.

::

    survey-sync bundle 1 ⏎
    {"kind":"responses", "device":…, "key":…, "sha256":…, …} ⏎
    signature (hex) ⏎
    gzip of lines: frozen responses as they are, or receipts

The signature (Ed25519, the device's key) covers the first two lines; the header holds the hash of the rest.
All is checked before anything is taken. A file is written beside its name, synced, and then gets its name, so
that a stick pulled out too early never holds half a bundle under it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Literal, cast

import msgspec
from msgspec import Struct, structs

from survey_sync.client.errors import BundleError
from survey_sync.client.keys import SigningKey, check
from survey_sync.protocol import Receipt, Sha256, Withdrawal
from survey_tui.store import files

__all__ = ["LONGEST_LINE", "Header", "lines_of", "read_header", "receipts_of", "write_bundle"]

LONGEST_LINE = 8 << 20
_MAGIC = b"survey-sync bundle "
_VERSION = 1
_LONGEST_HEADER = 1 << 20


class Header(Struct, frozen=True, kw_only=True):
    """What a bundle says about itself.

    ``device``: the id that the device calls itself by; ``key``: its public key (hex); ``count``: responses or
    receipts in it; ``sha256`` and ``size``: those of the compressed rest; ``withdrawals``: tombstones that
    travel along; ``receiver``: for receipts, whose they are.
    """

    kind: Literal["responses", "receipts"]
    device: str
    name: str
    key: Sha256
    created: str
    count: int = 0
    sha256: str = ""
    size: int = 0
    withdrawals: list[Withdrawal] = []
    receiver: str = ""


_header = msgspec.json.Decoder(Header)
_receipt = msgspec.json.Decoder(Receipt)


def write_bundle(path: Path, header: Header, lines: Iterable[bytes], key: SigningKey) -> Header:
    """Write a bundle; the header as it stands in it. Raises ``BundleError("sync_bundle_unwritable")``."""
    body, draft = path.with_name(f".{path.name}.body"), path.with_name(f".{path.name}.part")
    try:
        count = _compress(body, lines)
        digest, size = _digest(body)
        said = structs.replace(header, count=count, sha256=digest, size=size, key=key.public)
        head = b"%s%d\n%s\n" % (_MAGIC, _VERSION, msgspec.json.encode(said))
        with draft.open("wb") as out, body.open("rb") as content:
            out.write(head + key.sign(head).encode() + b"\n")
            while piece := content.read(1 << 20):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
        files.sync_directory(path.parent)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BundleError("sync_bundle_unwritable", path=str(path), reason=reason) from error
    finally:
        for leftover in (body, draft):
            leftover.unlink(missing_ok=True)
    return said


def read_header(path: Path) -> Header:
    """The header, once signature and hash of the rest are checked.

    Raises :class:`BundleError`: ``sync_bundle_unreadable``, ``_not`` (something else), ``_newer``,
    ``_damaged``, ``_signature``.
    """
    try:
        with path.open("rb") as file:
            header, statement, signature = _head(path, file)
            if not check(header.key, signature, statement):
                raise BundleError("sync_bundle_signature", path=str(path))
            digest = hashlib.sha256()
            size = 0
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise _unreadable(path, error) from error
    if (digest.hexdigest(), size) != (header.sha256, header.size):
        raise BundleError("sync_bundle_damaged", path=str(path))
    return header


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a bundle whose header was read, each with its line feed, unpacked as they are asked for.

    Raises ``BundleError``: ``sync_bundle_unreadable``, ``_damaged``, ``_too_large`` for a line beyond
    :data:`LONGEST_LINE`.
    """
    try:
        with path.open("rb") as file:
            _head(path, file)
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                while line := unpacked.readline(LONGEST_LINE + 1):
                    if len(line) > LONGEST_LINE:
                        raise BundleError("sync_bundle_too_large", path=str(path), limit=LONGEST_LINE)
                    yield line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BundleError("sync_bundle_damaged", path=str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def receipts_of(path: Path) -> Iterator[Receipt]:
    """The receipts of a receipt bundle; raises as :func:`lines_of`."""
    for line in lines_of(path):
        try:
            yield _receipt.decode(line)
        except msgspec.DecodeError:
            raise BundleError("sync_bundle_damaged", path=str(path)) from None


def _head(path: Path, file: BufferedReader) -> tuple[Header, bytes, str]:
    """(header, signed bytes, signature); the file then stands at what follows."""
    first = file.readline(64)
    version = first.removeprefix(_MAGIC).strip()
    if not first.startswith(_MAGIC) or not version.isdigit():
        raise BundleError("sync_bundle_not", path=str(path))
    if int(version) > _VERSION:
        raise BundleError("sync_bundle_newer", path=str(path), version=int(version))
    second, third = file.readline(_LONGEST_HEADER), file.readline(200)
    try:
        return _header.decode(second), first + second, third.decode("ascii").strip()
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BundleError("sync_bundle_damaged", path=str(path)) from None


def _compress(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, cast("BinaryIO", raw), 0) as packed:
        for line in lines:
            packed.write(line)
            count += 1
    return count


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest, path.stat().st_size


def _unreadable(path: Path, error: OSError) -> BundleError:
    reason = error.strerror or type(error).__name__
    return BundleError("sync_bundle_unreadable", path=str(path), reason=reason)
