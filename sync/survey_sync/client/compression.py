"""Bodies made small: gzip always, zstd when the server reads it and this Python has it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable

__all__ = ["best_encoding", "compressor"]

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 6


def best_encoding(offered: Iterable[str]) -> str:
    """``"zstd"`` if both sides have it, else ``"gzip"``."""
    return "zstd" if "zstd" in set(offered) and _zstd() is not None else "gzip"


def compressor(encoding: str) -> Callable[[bytes], bytes]:
    """The function for this ``Content-Encoding``."""
    found = _zstd() if encoding == "zstd" else None
    return found if found is not None else _gzip


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


def _zstd() -> Callable[[bytes], bytes] | None:
    try:
        import zstandard
    except ImportError:
        return None
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_content_size=True).compress
