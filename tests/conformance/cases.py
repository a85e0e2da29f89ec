"""The cases kept beside this file, or those of the directory that ``SURVEY_ORACLE_DIR`` names."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of ``<name>.jsonl``, one a line; none when the other directory has no such file."""
    directory = Path(os.environ.get("SURVEY_ORACLE_DIR") or HERE)
    path = directory / f"{name}.jsonl"
    if directory != HERE and not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def deviations(name: str) -> dict[str, str]:
    """Case id → why this engine deliberately answers otherwise."""
    listed: dict[str, dict[str, str]] = tomllib.loads((HERE / "deviations.toml").read_text(encoding="utf-8"))
    return listed.get(name, {})
