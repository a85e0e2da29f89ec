"""Request bodies: reading and decompression within limits, and the digest check."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator

import zstandard

from survey_sync.protocol.hashes import parse_digest
from survey_sync.server.problems import ProblemError

ENCODINGS = ("gzip", "zstd")
_GZIP = 16 + zlib.MAX_WBITS
_ZSTD_STEP = 256  # a block of 4 bytes may unpack to 128 KiB, so that a step never gives more than 8 MiB


async def read_body(parts: AsyncIterator[bytes], declared: str, limit: int, idle_seconds: float) -> bytes:
    """Read a body of at most ``limit`` bytes. ``declared``: its Content-Length header, may be empty.

    ``ProblemError``: ``too_large``, before anything is read if the header says so; ``timeout`` after a pause
    of ``idle_seconds`` (a slow connection is no failure, a silent one is).
    """
    if declared.isdigit() and int(declared) > limit:
        raise ProblemError("too_large", f"at most {limit} bytes")
    whole = bytearray()
    try:
        while True:
            async with asyncio.timeout(idle_seconds):
                part = await anext(parts, None)
            if part is None:
                return bytes(whole)
            whole += part
            if len(whole) > limit:
                raise ProblemError("too_large", f"at most {limit} bytes")
    except TimeoutError as error:
        raise ProblemError("timeout") from error


def check_digest(header: str, body: bytes) -> None:
    """Check the digest header. ``ProblemError``: ``digest_missing``, ``digest_mismatch``."""
    digest = parse_digest(header)
    if digest is None:
        raise ProblemError("digest_missing")
    if digest != hashlib.sha256(body).digest():
        raise ProblemError("digest_mismatch")


def decompress_body(body: bytes, encoding: str, limit: int) -> bytes:
    """Decompress a body to at most ``limit`` bytes.

    ``ProblemError``: ``encoding_unsupported``, ``encoding_broken`` (also truncated, or with trailing bytes),
    ``too_large``: nothing is decompressed beyond the limit.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        whole = body
    elif name == "gzip":
        whole = _gunzip(body, limit)
    elif name == "zstd":
        whole = _unzstd(body, limit)
    else:
        raise ProblemError("encoding_unsupported", headers={"Accept-Encoding": ", ".join(ENCODINGS)})
    if len(whole) > limit:
        raise ProblemError("too_large", f"at most {limit} bytes after decompression")
    return whole


def _gunzip(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        whole = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise ProblemError("encoding_broken") from error
    if len(whole) <= limit and (not unpacker.eof or unpacker.unused_data):
        raise ProblemError("encoding_broken")
    return whole


def _unzstd(body: bytes, limit: int) -> bytes:
    try:
        size = zstandard.frame_content_size(body)
        if size > limit:
            raise ProblemError("too_large", f"at most {limit} bytes after decompression")
        return _unzstd_frame(body) if size >= 0 else _unzstd_stream(body, limit)
    except zstandard.ZstdError as error:
        raise ProblemError("encoding_broken") from error


def _unzstd_frame(body: bytes) -> bytes:
    """Decompress a frame that declares its size; it may not be longer, and nothing may follow."""
    return zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)


def _unzstd_stream(body: bytes, limit: int) -> bytes:
    # The window is bounded too: a frame may demand gigabytes of memory before it yields a byte.
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
    whole = bytearray()
    view = memoryview(body)
    for start in range(0, len(body), _ZSTD_STEP):
        whole += unpacker.decompress(view[start : start + _ZSTD_STEP])
        if len(whole) > limit:
            return bytes(whole)
    if not unpacker.eof or unpacker.unused_data:
        raise ProblemError("encoding_broken")
    return bytes(whole)
