"""How much from the coordinator waits for the surveyor: a file of a few bytes that Home can afford to read.

The client writes it whenever its inbox changes. It only repeats what the inbox says: a missing or damaged one
means nothing until the Sync screen is opened.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct, field


class UnreadCounts(Struct, frozen=True, omit_defaults=True):
    """``unread`` messages, ``ready`` packages to install, and ``troubled`` ones that somebody must look at
    and nobody has."""

    unread: int = 0
    ready: int = 0
    needs_attention: int = field(default=0, name="troubled")


def unread_counts_path(home: Path) -> Path:
    """Where it lies."""
    return home / "sync" / "notice.json"


def read_unread_counts(home: Path) -> UnreadCounts:
    """What the file says; nothing when there is none."""
    try:
        return msgspec.json.decode(unread_counts_path(home).read_bytes(), type=UnreadCounts)
    except (OSError, msgspec.DecodeError):
        return UnreadCounts()
