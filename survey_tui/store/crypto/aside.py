"""Files that were set aside in the clear (``.torn``, ``.damaged``) before the journal was locked.

They hold answers, so they become documents of the journal, in the table ``aside``, where they are encrypted
with everything else; the files go once the locked journal is in place.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import json

from survey_tui.store import files
from survey_tui.store.copies import copies_of
from survey_tui.store.journal import Journal
from survey_tui.store.lines import Record

__all__ = ["ASIDE", "take_in"]

ASIDE = "aside"
"""The table: file name → ``{"content": base64}``."""


@contextmanager
def take_in(journal: Journal) -> Iterator[None]:
    """Take the files into the journal, let the caller lock it, then remove the files."""
    found = copies_of(journal.path)
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
