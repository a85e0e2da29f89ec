"""Locks between programs: one for as long as a person interviews, one for each write.

A lock that the system releases when its holder dies comes first (``flock``, nothing to import). Where the
file system has none (Android's shared storage, FAT sticks, some network ones) a lock file replaces it, with a
notice. The file names its holder, so that the lock of a dead process is taken over. ``filelock`` is imported
for that only: it would add 7 ms to every start.
"""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.errors import StoreError
from survey_tui.files import open_private

if TYPE_CHECKING:
    from filelock import BaseFileLock

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


LOCK_WAIT_SECONDS = 10.0
"""Seconds to wait for a program that is writing: longer than a compaction, shorter than a surveyor's."""

_UNSUPPORTED = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK}
_BUSY = {errno.EAGAIN, errno.EACCES}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02  # seconds


class ProcessLock:
    """A lock by the name of a file, acquired and released as often as needed.

    ``is_soft``: a lock file (``<name>.soft``) is used instead of the system's lock. ``OSError`` when the file
    cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_soft = False
        self._fallback: BaseFileLock | None = None
        self._descriptor = -1
        if fcntl is None:
            self._fallback = _fallback_lock(path, soft=False)
        else:
            self._descriptor = open_private(path, os.O_RDWR | os.O_CREAT)

    def acquire(self, patience: float = 0.0) -> None:
        """``StoreError("store_in_use")`` when another program holds it for ``patience`` seconds."""
        if not self._try() and not self._wait(patience):
            raise StoreError("store_in_use", path=str(self.path))

    def release(self) -> None:
        if self._fallback is not None:
            self._fallback.release()
        elif fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._fallback is not None:
            self._fallback.release()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _wait(self, patience: float) -> bool:
        end, pause = time.monotonic() + patience, _FIRST_PAUSE
        while time.monotonic() < end:
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            if self._try():
                return True
        return False

    def _try(self) -> bool:
        if self._fallback is not None:
            return _try_fallback(self._fallback)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            if error.errno not in _UNSUPPORTED:
                raise
            self.is_soft = True
            self._fallback = _fallback_lock(self.path.with_name(f"{self.path.name}.soft"), soft=True)
            return _try_fallback(self._fallback)
        return True


def _fallback_lock(path: Path, *, soft: bool) -> BaseFileLock:
    import filelock

    return (filelock.SoftFileLock if soft else filelock.FileLock)(path, timeout=0, mode=0o600)


def _try_fallback(lock: BaseFileLock) -> bool:
    import filelock

    try:
        lock.acquire()
    except filelock.Timeout:
        return False
    return True
