"""Who was running when the program died: a small file for as long as a plugin's code runs.

A plugin that crashes the interpreter, calls ``os._exit`` or computes forever in C takes the program with it,
and nothing can be caught. The file it leaves tells the next start.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["left_behind", "marked"]

_PREFIX = ".running-"


@contextmanager
def marked(folder: Path | None, plugin: str) -> Iterator[None]:
    """Mark ``plugin`` as running; without a folder that can be written, do without."""
    if folder is None:
        yield
        return
    path = folder / f"{_PREFIX}{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(plugin, encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def left_behind(folder: Path) -> list[str]:
    """Plugins that were running in programs that are gone; their marks are taken away."""
    found: list[str] = []
    with suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*"):
            pid = path.name[len(_PREFIX) :]
            if pid.isdecimal() and not _alive(int(pid)):
                found.append(path.read_text(encoding="utf-8", errors="replace")[:80])
                path.unlink()
    return found


def _alive(pid: int) -> bool:
    if pid == os.getpid() or os.name == "nt":  # there, the signal 0 would end the other program
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
