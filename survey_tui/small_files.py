"""Small files that are replaced as a whole: settings, states. Who reads one sees the old or the new.

And what every room needs that keeps names on the disk: :func:`sync_directory`.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import msgspec

__all__ = ["replace_json", "sync_directory"]


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
