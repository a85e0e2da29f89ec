"""The file on the stick: one header line, one signature line, then what it carries, compressed.

::

    survey-sync bundle 1 ⏎
    {"kind":"responses", "device":…, "key":…, "sha256":…, …} ⏎
    signature (hex) ⏎
    gzip of lines (frozen responses as they are, or receipts), or one attachment as it is

The signature (Ed25519, the device's key) covers the first two lines; the header holds the hash of the rest.
All is checked before anything is taken. A file is written beside its name, synced, and then gets its name, so
that a stick pulled out too early never holds half a bundle under it.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, Literal

import msgspec
from msgspec import Struct, structs

from survey_sync.client.device_keys import SigningKey, verify_signature
from survey_sync.client.errors import BundleError
from survey_sync.protocol.messages import OneLine, Receipt, Sha256, Uuid, Withdrawal
from survey_tui import files

MAX_LINE_BYTES = 8 << 20
MAX_ATTACHMENT_BYTES = 64 << 20
"""Bytes of an attachment: what a server takes, unless it was told otherwise."""
_PIECE = 1 << 20
_MAGIC = b"survey-sync bundle "
_VERSION = 1
_LONGEST_HEADER = 1 << 20
_SHORTEST_LINE = 40
"""Each line names a response, by a UUID."""
_ROOM, _BEST_RATIO = 64 << 20, 200
"""Bytes that any bundle may unpack to, and how many more for each byte of it: answers reach 30."""


class BundleHeader(Struct, frozen=True, kw_only=True):
    """What a bundle says about itself.

    ``device``: the id that the device calls itself by; ``surveyor``: the code of whoever has it, where the
    device knows; ``key``: its public key (hex); ``count``: responses or receipts in it; ``sha256`` and
    ``size``: those of the rest of the file; ``withdrawals``: tombstones that travel along; ``receiver``: for
    receipts, whose they are; ``response`` and ``file``: for an attachment, of which response, and its name.
    """

    kind: Literal["responses", "receipts", "attachment"]
    device: OneLine
    name: OneLine
    surveyor: OneLine = ""
    key: Sha256
    created: str
    count: int = 0
    sha256: str = ""
    size: int = 0
    withdrawals: list[Withdrawal] = []
    receiver: OneLine = ""
    response: OneLine = ""
    file: OneLine = ""


class AttachmentReceipt(Struct, frozen=True, kw_only=True):
    """An attachment is safe where this was written; ``sha256`` is that of the whole file."""

    id: Uuid
    name: OneLine
    sha256: Sha256


_header = msgspec.json.Decoder(BundleHeader)
_receipt = msgspec.json.Decoder(Receipt)
_attached = msgspec.json.Decoder(AttachmentReceipt)


def write_bundle(path: Path, header: BundleHeader, lines: Iterable[bytes], key: SigningKey) -> BundleHeader:
    """Write a bundle; the header as it stands in it. Raises ``BundleError("sync_bundle_unwritable")``."""
    body = path.with_name(f".{path.name}.body")
    try:
        count = _compress(body, lines)
        return _write(path, structs.replace(header, count=count), body, key)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            body.unlink(missing_ok=True)


def write_attachment(path: Path, header: BundleHeader, source: Path, key: SigningKey) -> BundleHeader:
    """Write one file as it is; as :func:`write_bundle`."""
    try:
        return _write(path, structs.replace(header, count=1), source, key)
    except OSError as error:
        raise _unwritable(path, error) from error


def _write(path: Path, header: BundleHeader, body: Path, key: SigningKey) -> BundleHeader:
    digest, size = _digest(body)
    said = structs.replace(header, sha256=digest, size=size, key=key.public)
    head = b"%s%d\n%s\n" % (_MAGIC, _VERSION, msgspec.json.encode(said))
    part = path.with_name(f".{path.name}.part")
    with files.replacement(path, part, private=False) as draft, body.open("rb") as content:
        draft.write(head + key.sign(head).encode() + b"\n")
        while piece := content.read(_PIECE):
            draft.write(piece)
    return said


def read_header(path: Path) -> BundleHeader:
    """The header, once signature and hash of the rest are checked.

    Raises :class:`BundleError`: ``sync_bundle_unreadable``, ``_not`` (something else), ``_newer``,
    ``_damaged``, ``_signature``.
    """
    try:
        with _opened(path) as file:
            header, statement, signature = _head(path, file)
            if not verify_signature(header.key, signature, statement):
                raise BundleError("sync_bundle_signature", path=str(path))
            digest = hashlib.sha256()
            size = 0
            while size <= header.size and (piece := file.read(_PIECE)):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise _unreadable(path, error) from error
    if (digest.hexdigest(), size) != (header.sha256, header.size):
        raise BundleError("sync_bundle_damaged", path=str(path))
    return header


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a bundle whose header was read, each with its line feed, unpacked as they are asked for.

    Raises ``BundleError``: ``sync_bundle_unreadable``, ``_damaged`` (also for more lines than the header
    says, or lines that can name nothing), ``_too_large`` for a line beyond :data:`MAX_LINE_BYTES`, or for far
    more than answers of that size unpack to.
    """
    try:
        with _opened(path) as file:
            header = _head(path, file)[0]
            left, count = _ROOM + _BEST_RATIO * header.size, header.count
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                while line := unpacked.readline(MAX_LINE_BYTES + 1):
                    left, count = left - len(line), count - 1
                    if len(line) > MAX_LINE_BYTES or left < 0:
                        limit = MAX_LINE_BYTES if left >= 0 else _ROOM + _BEST_RATIO * header.size
                        raise BundleError("sync_bundle_too_large", path=str(path), limit=limit)
                    if len(line) < _SHORTEST_LINE or count < 0:
                        raise BundleError("sync_bundle_damaged", path=str(path))
                    yield line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BundleError("sync_bundle_damaged", path=str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def read_content(path: Path) -> Iterator[bytes]:
    """What follows the header, as it is, in pieces; raises as :func:`read_lines`."""
    try:
        with _opened(path) as file:
            _head(path, file)
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise _unreadable(path, error) from error


def read_receipts(path: Path) -> Iterator[Receipt | AttachmentReceipt]:
    """The receipts of a receipt bundle; raises as :func:`read_lines`."""
    for line in read_lines(path):
        try:
            yield _attached.decode(line) if b'"name":' in line else _receipt.decode(line)
        except (msgspec.DecodeError, RecursionError):
            raise BundleError("sync_bundle_damaged", path=str(path)) from None


def _opened(path: Path) -> BufferedReader:
    """The file, if it is one: a pipe would keep the reader waiting for ever."""
    if not S_ISREG(path.stat().st_mode):
        raise BundleError("sync_bundle_not", path=str(path))
    return path.open("rb")


def _fresh(path: Path) -> BinaryIO:
    """A new file: what lies on a stick under this name may be a link that leads elsewhere."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def _head(path: Path, file: BufferedReader) -> tuple[BundleHeader, bytes, str]:
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
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BundleError("sync_bundle_damaged", path=str(path)) from None


def _compress(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with _fresh(path) as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
        for line in lines:
            packed.write(line)
            count += 1
    return count


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest, path.stat().st_size


def _unwritable(path: Path, error: OSError) -> BundleError:
    reason = error.strerror or type(error).__name__
    return BundleError("sync_bundle_unwritable", path=str(path), reason=reason)


def _unreadable(path: Path, error: OSError) -> BundleError:
    reason = error.strerror or type(error).__name__
    return BundleError("sync_bundle_unreadable", path=str(path), reason=reason)
