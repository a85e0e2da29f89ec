"""The first line of a journal: what the file is."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, json

from survey_tui.store.journal.format import Record, encode, is_sound

__all__ = [
    "LOCKED_CODEC",
    "NEWEST_VERSION",
    "PLAIN_CODEC",
    "FileHeader",
    "header_from",
    "header_line",
    "version_of",
]

NEWEST_VERSION = 1
PLAIN_CODEC = "plain"
LOCKED_CODEC = "chacha20-poly1305"
"""Head and body of each line are encrypted (``crypto/records.py``)."""


class FileHeader(Struct, frozen=True):
    """What the first line says of its file. ``store`` (hex) tells the stores of two devices apart; a backup
    goes by it. ``lock`` says how the key of a locked file is found (``crypto/lock.py``)."""

    version: int = NEWEST_VERSION
    generation: int = 1
    codec: str = PLAIN_CODEC
    format: str = "survey-tui store"
    store: str = ""
    lock: dict[str, Any] | UnsetType = UNSET


def header_line(header: FileHeader) -> bytes:
    """The first line of a journal."""
    return encode(Record("open", "", head=json.encode(header)), 0)


def header_from(head: bytes) -> FileHeader:
    """The header in a first line's head; what a newer version added to it is passed over."""
    fields: dict[str, Any] = json.decode(head)
    return FileHeader(**{name: fields[name] for name in FileHeader.__struct_fields__ if name in fields})


def version_of(first_line: bytes) -> int | None:
    """The version of the file that begins so; ``None`` when that line is not sound.

    The header is the sixth field in every version, whatever comes after it.
    """
    fields = first_line.rstrip(b"\n").split(b"\t")
    if len(fields) < 6 or fields[2] != b"open" or not is_sound(first_line):
        return None
    return header_from(fields[5]).version
