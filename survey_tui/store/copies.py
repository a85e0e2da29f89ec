"""Files that the program made of the journal or of parts of it: what was set aside, replaced, backed up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["copies_of", "without"]

_KEY = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FIRST_LINE = b"\topen\t"


def copies_of(journal: Path) -> list[Path]:
    """``.torn``, ``.damaged``, ``.replaced`` and ``.version`` files beside the journal."""
    return sorted(path for path in journal.parent.glob(f"{journal.name}.*-*") if path.is_file())


def without(content: bytes, ids: Iterable[str]) -> bytes:
    """What is left of a copy when everything about these responses is taken out.

    A piece that names no response at all may be about any of them, and goes too.
    """
    wanted = [key.encode() for key in ids]
    parts = [part for key in wanted for part in (key, key[12:24], key[24:])]
    kept = [
        line
        for line in content.splitlines(keepends=True)
        if _FIRST_LINE in line[:32] or (_KEY.search(line) and not any(part in line for part in parts))
    ]
    return b"".join(kept) if any(_FIRST_LINE not in line[:32] for line in kept) else b""
