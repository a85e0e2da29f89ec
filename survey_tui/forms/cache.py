"""What was read once is not read again: values kept on disk under the hash of what they were made from.

A cache file is one line with a checksum and one of JSON. It holds nothing that cannot be made again, so
every fault (no directory, read-only, damaged, cut off, another program's file) means "not there" and is not
reported. Never pickle: a cache directory may be writable by others.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

__all__ = ["KEPT_FILES", "Cache"]

KEPT_FILES = 16
"""Cache files kept, the newest: the list of surveys, and the forms of a few communes. Every change of a
questionnaire makes new ones. A form of 117 questions takes about 150 KB."""

_MAX_BYTES = 32 * 1024 * 1024

T = TypeVar("T")


class Cache:
    """Values by kind and key in one directory; without a directory nothing is kept."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def get(self, kind: str, key: str, type_: type[T]) -> T | None:
        """The value stored under ``key`` (a hex digest), ``None`` when there is none that is whole."""
        if self._directory is None:
            return None
        try:
            path = self._path(self._directory, kind, key)
            if path.stat().st_size > _MAX_BYTES:
                return None
            checksum, _, body = path.read_bytes().partition(b"\n")
            if checksum != _checksum(key, body):
                return None
            return msgspec.json.decode(body, type=type_)
        except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
            return None

    def put(self, kind: str, key: str, value: object) -> None:
        """Store ``value``; whole or not at all, also when two programs write at once."""
        if self._directory is None:
            return
        body = msgspec.json.encode(value)
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            self._write(self._path(self._directory, kind, key), _checksum(key, body) + b"\n" + body)
            self._forget_oldest(self._directory)

    @staticmethod
    def _path(directory: Path, kind: str, key: str) -> Path:
        return directory / f"{kind}-{key[:40]}.json"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        temporary = path.with_name(f"new-{os.getpid()}-{time.monotonic_ns()}.tmp")
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise

    @staticmethod
    def _forget_oldest(directory: Path) -> None:
        """Keep the directory small; a temporary file left by a killed program ages out in the same way."""
        with os.scandir(directory) as entries:
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        if len(files) <= KEPT_FILES:
            return
        files.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime)
        for entry in files[:-KEPT_FILES]:
            if entry.name.endswith((".json", ".tmp")):
                with suppress(OSError):
                    Path(entry.path).unlink()


def _checksum(key: str, body: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + body).hexdigest().encode()
