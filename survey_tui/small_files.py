"""Small files that are replaced as a whole: settings, states. Who reads one sees the old or the new."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

__all__ = ["replace_json"]


def replace_json(target: Path, value: object) -> None:
    """Write ``value`` as JSON for people in place of ``target``, synced; ``OSError`` leaves the old file."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
