"""File operations: atomic replacement, durable writes, private files, sibling files.

A reader of a replaced file sees either the old content or the new.
"""

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


class DraftFile(msgspec.Struct, frozen=True):
    """The next content of a file, under its temporary name."""

    path: Path
    descriptor: int

    def write(self, data: bytes) -> None:
        """Write all of ``data``, not synced."""
        write(self.descriptor, data)

    def sync(self) -> None:
        """Make the written bytes durable, for callers that read them back before the replacement."""
        os.fsync(self.descriptor)


@contextmanager
def replacement(
    path: Path, draft: Path | None = None, *, private: bool = True, durable: bool = True
) -> Iterator[DraftFile]:
    """Give ``path`` new content in one step, when the block ends without an exception.

    ``draft`` is the temporary name in the same directory (``.<name>.<pid>.new``). A file of that name is
    removed first, since it may be a link that leads elsewhere. ``private``: mode 0600. ``durable``: the
    content is synced before the rename and the directory after it. An exception removes the draft and leaves
    the old file.
    """
    draft = draft or path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        descriptor = open_private(draft, flags) if private else os.open(draft, flags | _BINARY, 0o666)
        try:
            yield DraftFile(draft, descriptor)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(path.parent)


def remove_drafts(path: Path) -> None:
    """Delete the drafts that a killed program left of ``path`` and of its siblings ``<name>.<suffix>-<n>``.

    They may hold what was erased since. The caller holds the lock under which these files are replaced.
    """
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if name.startswith(f".{path.name}.") and name.endswith(".new"):
            (path.parent / name).unlink(missing_ok=True)


def replace_file(path: Path, data: bytes) -> None:
    """Replace the content of a private file, durable on return; ``OSError`` leaves the old."""
    with replacement(path) as draft:
        draft.write(data)


def replace_json(path: Path, value: object) -> None:
    """Replace a file by ``value`` as indented JSON; ``OSError`` leaves the old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacement(path, path.with_name(f"{path.name}.{os.getpid()}.new"), private=False) as draft:
        draft.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


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
"""Error numbers of a full disk or quota."""

_BINARY = getattr(os, "O_BINARY", 0)
_NO_ROOM = FULL_DISK | {errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


def store_error_from(error: OSError, path: Path) -> StoreError:
    """Convert to ``store_disk_full``, ``store_not_writable`` or ``store_io``."""
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
    """Open a file that only its owner may read (``0600``); child processes do not inherit it."""
    return os.open(path, flags | getattr(os, "O_CLOEXEC", 0) | _BINARY, 0o600)


def append(descriptor: int, data: bytes) -> None:
    """Write all of ``data`` at the end and sync it.

    Raises ``OSError``. A full disk may leave a part of the data, so the caller must truncate the file.
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


def reserve_bytes(descriptor: int, size: int) -> None:
    """Make an empty file occupy ``size`` bytes of the disk; ``OSError`` when there is less space."""
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


def write_sibling(path: Path, suffix: str, data: bytes) -> Path:
    """Write ``data`` to a new private sibling of ``path``, durable on return: ``<name>.torn-1``."""
    copy, descriptor = _new_sibling(path, suffix)
    try:
        append(descriptor, data)
    except OSError:
        copy.unlink()
        raise
    finally:
        os.close(descriptor)
    sync_directory(path.parent)
    return copy


def keep_sibling(path: Path, suffix: str) -> Path:
    """Give the file at ``path`` the second name ``<name>.<suffix>-1``, durable on return.

    Where a file can have one name only (FAT), the second name is a copy.
    """
    for number in count(1):
        kept = path.with_name(f"{path.name}.{suffix}-{number}")
        try:
            os.link(path, kept)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return write_sibling(path, suffix, path.read_bytes())
        break
    sync_directory(path.parent)
    return kept


def _new_sibling(path: Path, suffix: str) -> tuple[Path, int]:
    for number in count(1):
        copy = path.with_name(f"{path.name}.{suffix}-{number}")
        try:
            return copy, open_private(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            continue
    raise AssertionError


@contextmanager
def output_target(path: Path | None) -> Iterator[BinaryIO]:
    """A binary file that appears complete or not at all, or standard output (``None``).

    Raises ``StoreError("cli_output")`` if the file cannot be written; an old file of that name is unchanged.
    """
    if path is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        return
    try:
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        with (
            replacement(path, part, private=False) as draft,
            open(draft.descriptor, "wb", closefd=False) as file,
        ):
            yield file
    except OSError as error:
        raise StoreError("cli_output", path=path, reason=error.strerror or type(error).__name__) from error
