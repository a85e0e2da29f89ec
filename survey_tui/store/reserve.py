"""Room kept back for the day the disk is full: the response at hand can be finished and handed over."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import survey_tui.files as files

__all__ = ["RESERVE_BYTES", "Reserve"]

RESERVE_BYTES = 256 * 1024
"""Enough for some ten responses of 120 questions: 20 KB while they are drafts, 10 KB for the frozen line."""


class Reserve:
    """A file of no content beside the journal. It is given up for a write that finds no room."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_suffix(".reserve")

    def make(self) -> None:
        """See that it is there; ``OSError`` when the disk has no room for it."""
        try:
            if self.path.stat().st_size >= RESERVE_BYTES:
                return
        except FileNotFoundError:
            pass
        descriptor = files.open_private(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        try:
            files.allocate(descriptor, RESERVE_BYTES)
        except OSError:
            with suppress(OSError):
                self.path.unlink()
            raise
        finally:
            os.close(descriptor)

    def give_up(self) -> bool:
        """Free its room; False when there is none to free."""
        try:
            self.path.unlink()
            files.sync_directory(self.path.parent)  # some file systems free blocks only with the next commit
        except OSError:
            return False
        return True
