"""Where stores under torture lie when their disk is not what is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

_MEMORY = Path("/dev/shm")


def in_memory() -> str | None:
    """A directory that is in memory, where there is one."""
    return str(_MEMORY) if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else None


@contextmanager
def quick_disk() -> Iterator[None]:
    """Nothing needs to be durable. (What counts or records syncs still sees them.)"""
    with mock.patch.object(os, "fsync", return_value=None):
        yield
