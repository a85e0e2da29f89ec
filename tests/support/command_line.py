"""The command ``survey-tui`` in a process of its own, and responses for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore, Seal

Run = Callable[..., Any]

ANSWERS = ["42", "2", "1 3", "=SUM(A1)", "mèo", "c", "-chó", "k", "c"]
"""Lines from the first question of the small survey to the stored response, with two pets."""

AT = "2026-11-21T08:30:00.000+07:00"
CANONICAL = b'{"values":[["m0/withdraw_code","32060-01-12-4711"]]}\n'


def invoke(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in English, without input."""
    environment = {**os.environ, "SURVEY_TUI_HOME": str(home), "SURVEY_TUI_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, "-m", "survey_tui", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def store_final_response(home: Path, seal: Seal | None = None) -> str:
    """Store a final response with the bytes :data:`CANONICAL`; its id."""
    with ResponseStore.open(home) as store:
        key = store.new_id()
        store.begin(Started(AT, response_id=key, form_id="f", form_version="1", commune="32060"))
        store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    return key
