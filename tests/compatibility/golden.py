"""Recorded values; ``COMPATIBILITY=record`` records them again (see README.md)."""

from __future__ import annotations

import json
import os
from typing import Any

from .archive import DATA

RECORDED = DATA / "recorded"


def recording() -> bool:
    """Whether values are to be recorded instead of compared."""
    return os.environ.get("COMPATIBILITY") == "record"


def same_as_recorded(name: str, text: str) -> None:
    """Assert that ``text`` is the content of ``data/recorded/NAME``."""
    path = RECORDED / name
    if recording():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return
    assert text == path.read_bytes().decode(), f"differs from {path}; see README.md in {DATA.parent}"


def recorded(name: str, value: Any) -> Any:
    """The JSON value recorded as ``NAME``; ``value`` while recording."""
    path = RECORDED / name
    if recording():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        path.write_text(text, encoding="utf-8")
    return json.loads(path.read_bytes())
