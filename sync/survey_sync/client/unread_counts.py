"""Unread counts for Home, in a file of a few bytes that it can afford to read.

The inbox writes them at each of its changes. They only repeat the inbox: without the file, or with a damaged
one, they are zero until the Sync screen is opened.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct, field


class UnreadCounts(Struct, frozen=True, omit_defaults=True):
    """``unread`` messages, ``ready`` packages to install, and packages whose fault was not shown yet."""

    unread: int = 0
    ready: int = 0
    needs_attention: int = field(default=0, name="troubled")


def read_unread_counts(home: Path) -> UnreadCounts:
    """Counts of this home; zero when they cannot be read."""
    try:
        return msgspec.json.decode(_path(home).read_bytes(), type=UnreadCounts)
    except (OSError, msgspec.DecodeError):
        return UnreadCounts()


def write_unread_counts(home: Path, counts: UnreadCounts) -> None:
    """Replace the counts of this home. Raises ``StoreError``."""
    from survey_sync.client.sync_home import write_private  # Home reads counts without the rest of the client

    write_private(_path(home), msgspec.json.encode(counts))


def _path(home: Path) -> Path:
    return home / "sync" / "notice.json"
