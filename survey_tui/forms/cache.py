"""Cache on disk: values under a key that names everything they were made from.

A cache file is a line with a checksum, the key, and JSON. All of it can be made again, so every fault (no
directory, read-only, damaged, cut off, another program's file) counts as absent and is not reported. Never
pickle: others may be able to write to a cache directory. The checksum is a CRC-32, which finds damage only,
and keys are compared as a whole: importing ``hashlib`` would take longer than all of this.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import msgspec

from survey_tui.files import replacement

KEPT_FILES = 16
"""Cache files kept, the newest: the list of surveys, and the forms of a few communes. Every change of a
questionnaire makes new ones. A form of 117 questions takes about 150 KB."""

_MAX_BYTES = 32 * 1024 * 1024

T = TypeVar("T")


class Cache:
    """Values by kind and key in one directory; without a directory nothing is stored."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def get(self, kind: str, key: str, type_: type[T]) -> T | None:
        """The value stored under ``key``; ``None`` when there is none or it is damaged."""
        if self._directory is None:
            return None
        try:
            path = self._path(self._directory, kind, key)
            if path.stat().st_size > _MAX_BYTES:
                return None
            content, prefix = path.read_bytes(), _prefix(key)
            checksum, _, rest = content.partition(b"\n")
            if not rest.startswith(prefix) or checksum != _checksum(rest):
                return None
            return msgspec.json.decode(memoryview(rest)[len(prefix) :], type=type_)
        except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
            return None

    def store(self, kind: str, key: str, value: object) -> None:
        """Store ``value`` completely or not at all, even if two processes write at once."""
        if self._directory is None:
            return
        rest = _prefix(key) + msgspec.json.encode(value)
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            self._write(self._path(self._directory, kind, key), _checksum(rest) + b"\n" + rest)
            self._remove_oldest(self._directory)

    @staticmethod
    def _path(directory: Path, kind: str, key: str) -> Path:
        return directory / f"{kind}-{crc32(_bytes(key)):08x}.json"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        temporary = path.with_name(f"new-{os.getpid()}-{time.monotonic_ns()}.tmp")
        with replacement(path, temporary, durable=False) as draft:  # a cache may be lost
            draft.write(content)

    @staticmethod
    def _remove_oldest(directory: Path) -> None:
        """Keep the newest files only; a temporary file left by a killed program is removed the same way."""
        with os.scandir(directory) as entries:
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        if len(files) <= KEPT_FILES:
            return
        files.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime)
        for entry in files[:-KEPT_FILES]:
            if entry.name.endswith((".json", ".tmp")):
                with suppress(OSError):
                    Path(entry.path).unlink()


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")


def _prefix(key: str) -> bytes:
    """The key after its length, so that its end is unambiguous."""
    whole = _bytes(key)
    return b"%d\n%b\n" % (len(whole), whole)


def _checksum(rest: bytes) -> bytes:
    return b"%08x" % crc32(rest)
