"""Bytes on a disk that may be full, read-only, torn away or dying. Nothing here knows what the bytes mean.

Small files that are replaced as a whole: settings, states. Who reads one sees the old or the new.

And what every room needs that keeps names on the disk: :func:`sync_directory`.

A file that appears whole or not at all, or standard output."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

import msgspec

from survey_tui.errors import StoreError


def replace_json(target: Path, value: object) -> None:
    """Write ``value`` as JSON for people in place of ``target``, synced; ``OSError`` leaves the old file."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def sync_directory(path: Path) -> None:
    """Make names in a directory durable, where the file system can (FAT and some network ones cannot)."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # Windows cannot open a directory
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS}:
            raise
    finally:
        os.close(descriptor)


FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What a disk says that is full, for everybody or for this user."""

_NO_ROOM = FULL_DISK | {errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


def refused(error: OSError, path: Path) -> StoreError:
    """The error for people: ``store_disk_full``, ``store_not_writable`` or ``store_io``."""
    if error.errno in _NO_ROOM:
        return StoreError("store_disk_full", path=str(path))
    if error.errno in _FORBIDDEN:
        return StoreError("store_not_writable", path=str(path))
    return StoreError("store_io", path=str(path), reason=error.strerror or str(error.errno))


def make_private_directory(path: Path) -> None:
    """Create ``path`` (and what is missing above it) for its owner only, durable on return."""
    if path.is_dir():
        return
    make_private_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_directory(path.parent)


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that only its owner may read (``0600``), not inherited by child programs."""
    return os.open(path, flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0), 0o600)


def append(descriptor: int, data: bytes) -> None:
    """Write all of ``data`` at the end and sync it.

    The disk may take a part before it says that it is full, so the count is looked at. Raises ``OSError``;
    the caller cuts off what was written.
    """
    write(descriptor, data)
    os.fsync(descriptor)


def write(descriptor: int, data: bytes) -> None:
    """Write all of ``data``, not synced."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def truncate(descriptor: int, size: int) -> None:
    """Cut a file off at ``size`` bytes and sync it."""
    os.ftruncate(descriptor, size)
    os.fsync(descriptor)


def allocate(descriptor: int, size: int) -> None:
    """Let an empty file take up ``size`` bytes of the disk; ``OSError`` when they are not there."""
    reserve = getattr(os, "posix_fallocate", None)
    if reserve is not None:
        try:
            reserve(descriptor, 0, size)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
        else:
            return
    write(descriptor, bytes(size))


def write_beside(path: Path, suffix: str, data: bytes) -> Path:
    """Keep ``data`` in a new private file beside ``path``, durable on return: ``<name>.torn-1``."""
    copy, descriptor = _new_beside(path, suffix)
    try:
        append(descriptor, data)
    except OSError:
        copy.unlink()
        raise
    finally:
        os.close(descriptor)
    sync_directory(path.parent)
    return copy


def replace(path: Path, data: bytes) -> None:
    """Let a private file have this content, in one step and durable on return; ``OSError`` leaves the old."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            append(descriptor, data)
        finally:
            os.close(descriptor)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def keep_beside(path: Path, suffix: str) -> Path:
    """Give the file at ``path`` a second name beside it, durable on return, so that another may take its
    place: ``<name>.replaced-1``. A copy where the file system has one name a file (FAT)."""
    for number in count(1):
        kept = path.with_name(f"{path.name}.{suffix}-{number}")
        try:
            os.link(path, kept)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return write_beside(path, suffix, path.read_bytes())
        break
    sync_directory(path.parent)
    return kept


def _new_beside(path: Path, suffix: str) -> tuple[Path, int]:
    for number in count(1):
        copy = path.with_name(f"{path.name}.{suffix}-{number}")
        try:
            return copy, open_private(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            continue
    raise AssertionError


@contextmanager
def target(path: Path | None) -> Iterator[BinaryIO]:
    """Something to write bytes to. A file is written beside its place and moved there once it is complete."""
    if path is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreError("cli_output", path=path, reason=error.strerror or type(error).__name__) from error
    finally:
        draft.unlink(missing_ok=True)
