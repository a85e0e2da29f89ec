"""File format of a bundle: one header line, one signature line, then its content.

::

    survey-sync bundle 1 ⏎
    {"kind":"responses", "device":…, "key":…, "sha256":…, …} ⏎
    signature (hex) ⏎
    gzip of lines (canonical bytes of responses, or receipts), or one attachment, unchanged

The signature (Ed25519, the device's key) covers the first two lines; the header has the SHA-256 of the rest.
Everything is checked before anything is used. A file is written to a sibling file, synced and then renamed,
so that a USB drive that is removed too early never has half a bundle under its name.
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
"""The default limit of the server."""
_PIECE_BYTES = 1 << 20
_MAGIC = b"survey-sync bundle "
_VERSION = 1
_MAX_HEADER_BYTES = 1 << 20
_MIN_LINE_BYTES = 40
"""Of a line, which has at least the UUID of a response."""
_MAX_UNPACKED_BYTES, _MAX_RATIO = 64 << 20, 200
"""Bytes that any bundle may unpack to, and how many more for each byte of it; answers reach 30."""


class BundleHeader(Struct, frozen=True, kw_only=True):
    """Header of a bundle, which is as trustworthy as its key.

    ``device``: the device's own id; ``surveyor``: code of its surveyor, where it knows; ``key``: its public
    key (hex); ``count``: responses or receipts; ``sha256`` and ``size``: of the rest of the file;
    ``withdrawals``: tombstones; ``receiver``: device that the receipts are for; ``response`` and ``file``:
    response and name of an attachment.
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
    """Receipt of an attachment; ``sha256`` is that of the whole file."""

    id: Uuid
    name: OneLine
    sha256: Sha256


_header = msgspec.json.Decoder(BundleHeader)
_receipt = msgspec.json.Decoder(Receipt)
_attached = msgspec.json.Decoder(AttachmentReceipt)


def write_bundle(path: Path, header: BundleHeader, lines: Iterable[bytes], key: SigningKey) -> BundleHeader:
    """Write a bundle; its complete header. Raises ``BundleError("sync_bundle_unwritable")``."""
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
    """Write the bundle of one file; as :func:`write_bundle`."""
    try:
        return _write(path, structs.replace(header, count=1), source, key)
    except OSError as error:
        raise _unwritable(path, error) from error


def _write(path: Path, header: BundleHeader, body: Path, key: SigningKey) -> BundleHeader:
    digest, size = _digest(body)
    complete = structs.replace(header, sha256=digest, size=size, key=key.public)
    head = b"%s%d\n%s\n" % (_MAGIC, _VERSION, msgspec.json.encode(complete))
    part = path.with_name(f".{path.name}.part")
    with files.replacement(path, part, private=False) as draft, body.open("rb") as content:
        draft.write(head + key.sign(head).encode() + b"\n")
        while piece := content.read(_PIECE_BYTES):
            draft.write(piece)
    return complete


def read_header(path: Path) -> BundleHeader:
    """The header of a bundle; its signature and the SHA-256 of its content are checked.

    Raises :class:`BundleError`: ``sync_bundle_unreadable``, ``_not`` (another kind of file), ``_newer``,
    ``_damaged``, ``_signature``.
    """
    try:
        with _open_regular(path) as file:
            header, statement, signature = _read_head(path, file)
            if not verify_signature(header.key, signature, statement):
                raise BundleError("sync_bundle_signature", path=str(path))
            digest = hashlib.sha256()
            size = 0
            while size <= header.size and (piece := file.read(_PIECE_BYTES)):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise _unreadable(path, error) from error
    if (digest.hexdigest(), size) != (header.sha256, header.size):
        raise BundleError("sync_bundle_damaged", path=str(path))
    return header


def read_lines(path: Path) -> Iterator[bytes]:
    """Lines of a bundle whose header was checked, each with its line feed, decompressed one by one.

    Raises ``BundleError``: ``sync_bundle_unreadable``, ``_damaged`` (also for more lines than the header
    states, or lines too short for a UUID), ``_too_large`` for a line beyond :data:`MAX_LINE_BYTES`, or for
    far more bytes than answers of that size decompress to.
    """
    try:
        with _open_regular(path) as file:
            header = _read_head(path, file)[0]
            left, count = _MAX_UNPACKED_BYTES + _MAX_RATIO * header.size, header.count
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                while line := unpacked.readline(MAX_LINE_BYTES + 1):
                    left, count = left - len(line), count - 1
                    if len(line) > MAX_LINE_BYTES or left < 0:
                        limit = (
                            MAX_LINE_BYTES if left >= 0 else _MAX_UNPACKED_BYTES + _MAX_RATIO * header.size
                        )
                        raise BundleError("sync_bundle_too_large", path=str(path), limit=limit)
                    if len(line) < _MIN_LINE_BYTES or count < 0:
                        raise BundleError("sync_bundle_damaged", path=str(path))
                    yield line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BundleError("sync_bundle_damaged", path=str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def read_content(path: Path) -> Iterator[bytes]:
    """Content of a bundle, unchanged, in pieces; raises as :func:`read_lines`."""
    try:
        with _open_regular(path) as file:
            _read_head(path, file)
            while piece := file.read(_PIECE_BYTES):
                yield piece
    except OSError as error:
        raise _unreadable(path, error) from error


def read_receipts(path: Path) -> Iterator[Receipt | AttachmentReceipt]:
    """Receipts of a bundle of receipts; raises as :func:`read_lines`."""
    for line in read_lines(path):
        try:
            yield _attached.decode(line) if b'"name":' in line else _receipt.decode(line)
        except (msgspec.DecodeError, RecursionError):
            raise BundleError("sync_bundle_damaged", path=str(path)) from None


def _open_regular(path: Path) -> BufferedReader:
    """Open a regular file: a pipe would block the reader for ever."""
    if not S_ISREG(path.stat().st_mode):
        raise BundleError("sync_bundle_not", path=str(path))
    return path.open("rb")


def _create(path: Path) -> BinaryIO:
    """Open a new file: a file of this name on a USB drive may be a link to elsewhere."""
    path.unlink(missing_ok=True)
    return path.open("xb")


def _read_head(path: Path, file: BufferedReader) -> tuple[BundleHeader, bytes, str]:
    """(header, signed bytes, signature); the file is then at its content."""
    first = file.readline(64)
    version = first.removeprefix(_MAGIC).strip()
    if not first.startswith(_MAGIC) or not version.isdigit():
        raise BundleError("sync_bundle_not", path=str(path))
    if int(version) > _VERSION:
        raise BundleError("sync_bundle_newer", path=str(path), version=int(version))
    second, third = file.readline(_MAX_HEADER_BYTES), file.readline(200)
    try:
        return _header.decode(second), first + second, third.decode("ascii").strip()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BundleError("sync_bundle_damaged", path=str(path)) from None


def _compress(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with _create(path) as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
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
