"""One writer at a time.

A lock that the system drops with its holder comes first (``flock``, nothing to import); where the file system
has none (Android's shared storage, some network ones) a lock file takes its place, with a notice, because a
crash can leave it behind. ``filelock`` is imported for the second only: it would cost every start 7 ms.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from survey_tui.errors import StoreError
from survey_tui.store.files import open_private

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["WriterLock"]

_UNSUPPORTED = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK}


class WriterLock:
    """The right to write, held from creation to :meth:`release`.

    Raises ``StoreError("store_in_use")`` when another program holds it. ``soft`` says that only a lock file
    stands for it.
    """

    def __init__(self, path: Path) -> None:
        self.soft = False
        self._release = self._take(path)

    def release(self) -> None:
        """Let another program write."""
        release, self._release = self._release, lambda: None
        release()

    def _take(self, path: Path) -> Callable[[], None]:
        if fcntl is None:
            return _take_by_filelock(path, soft=False)
        descriptor = open_private(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in _UNSUPPORTED:
                self.soft = True
                return _take_by_filelock(path.with_suffix(".softlock"), soft=True)
            if isinstance(error, BlockingIOError):
                raise StoreError("store_in_use", path=str(path)) from None
            raise
        return lambda: os.close(descriptor)  # closing is what lets go, also when the program is killed


def _take_by_filelock(path: Path, *, soft: bool) -> Callable[[], None]:
    import filelock

    lock = (filelock.SoftFileLock if soft else filelock.FileLock)(path, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise StoreError("store_in_use", path=str(path)) from None
    return lock.release
