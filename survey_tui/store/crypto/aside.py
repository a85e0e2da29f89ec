"""Files that were set aside in the clear (``.torn``, ``.damaged``) before the journal was locked.

They hold answers, so they become documents of the journal, in the table ``aside``, where they are encrypted
with everything else; the files go once the locked journal is in place.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import json

from survey_tui.store import files
from survey_tui.store.journal import Journal
from survey_tui.store.lines import Record

__all__ = ["ASIDE", "set_aside_files", "take_in"]

ASIDE = "aside"
"""The table: file name → ``{"content": base64}``."""


def set_aside_files(journal: Path) -> list[Path]:
    """Copies beside the journal that may hold answers."""
    return sorted(path for path in journal.parent.glob(f"{journal.name}.*-*") if path.is_file())


@contextmanager
def take_in(journal: Journal) -> Iterator[None]:
    """Take the files into the journal, let the caller lock it, then remove the files."""
    found = set_aside_files(journal.path)
    try:
        records = [
            Record(
                "put", ASIDE, path.name, b"", json.encode({"content": b64encode(path.read_bytes()).decode()})
            )
            for path in found
        ]
    except OSError as error:
        raise files.refused(error, journal.path) from None
    if records:
        journal.append(records)
    yield
    try:
        for path in found:
            path.unlink(missing_ok=True)
        files.sync_directory(journal.path.parent)
    except OSError as error:
        raise files.refused(error, journal.path) from None
