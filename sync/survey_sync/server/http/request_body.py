"""The body of a request: read within limits, checked, decompressed within limits."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator

import zstandard

from survey_sync.protocol.hashes import parse_digest
from survey_sync.server.problems import Rejected

ENCODINGS = ("gzip", "zstd")
_GZIP = 16 + zlib.MAX_WBITS
_ZSTD_STEP = 256  # a block of 4 bytes may unpack to 128 KiB, so that a step never gives more than 8 MiB


async def read_body(parts: AsyncIterator[bytes], declared: str, limit: int, idle_seconds: float) -> bytes:
    """All of a body of at most ``limit`` bytes. ``declared``: its Content-Length header, may be empty.

    ``Rejected``: ``too_large``, before anything is read if the length says so; ``timeout`` when nothing comes
    for ``idle_seconds`` (a slow line is no fault, a silent one is).
    """
    if declared.isdigit() and int(declared) > limit:
        raise Rejected("too_large", f"at most {limit} bytes")
    whole = bytearray()
    try:
        while True:
            async with asyncio.timeout(idle_seconds):
                part = await anext(parts, None)
            if part is None:
                return bytes(whole)
            whole += part
            if len(whole) > limit:
                raise Rejected("too_large", f"at most {limit} bytes")
    except TimeoutError as error:
        raise Rejected("timeout") from error


def check_digest(header: str, body: bytes) -> None:
    """``Rejected``: ``digest_missing`` or ``digest_mismatch``."""
    digest = parse_digest(header)
    if digest is None:
        raise Rejected("digest_missing")
    if digest != hashlib.sha256(body).digest():
        raise Rejected("digest_mismatch")


def plain(body: bytes, encoding: str, limit: int) -> bytes:
    """The body decompressed, of at most ``limit`` bytes.

    ``Rejected``: ``encoding_unsupported``, ``encoding_broken`` (also cut short, or followed by something),
    ``too_large``: a bomb is never unpacked beyond the limit.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        whole = body
    elif name == "gzip":
        whole = _gunzipped(body, limit)
    elif name == "zstd":
        whole = _unzstd(body, limit)
    else:
        raise Rejected("encoding_unsupported", headers={"Accept-Encoding": ", ".join(ENCODINGS)})
    if len(whole) > limit:
        raise Rejected("too_large", f"at most {limit} bytes after decompression")
    return whole


def _gunzipped(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        whole = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Rejected("encoding_broken") from error
    if len(whole) <= limit and (not unpacker.eof or unpacker.unused_data):
        raise Rejected("encoding_broken")
    return whole


def _unzstd(body: bytes, limit: int) -> bytes:
    try:
        size = zstandard.frame_content_size(body)
        if size > limit:
            raise Rejected("too_large", f"at most {limit} bytes after decompression")
        return _unzstd_of(body) if size >= 0 else _unzstd_stream(body, limit)
    except zstandard.ZstdError as error:
        raise Rejected("encoding_broken") from error


def _unzstd_of(body: bytes) -> bytes:
    """One frame that says how long its content is; it may not become longer, nor may anything follow."""
    return zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)


def _unzstd_stream(body: bytes, limit: int) -> bytes:
    # The window is bounded too: a frame may ask for gigabytes of memory before it gives a byte.
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
    whole = bytearray()
    view = memoryview(body)
    for start in range(0, len(body), _ZSTD_STEP):
        whole += unpacker.decompress(view[start : start + _ZSTD_STEP])
        if len(whole) > limit:
            return bytes(whole)
    if not unpacker.eof or unpacker.unused_data:
        raise Rejected("encoding_broken")
    return bytes(whole)
