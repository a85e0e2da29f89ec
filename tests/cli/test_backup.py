"""``survey-tui store backup`` and ``restore``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from survey_tui.application.settings import load_settings
from survey_tui.errors import ExitCode
from survey_tui.interview.events import Started
from survey_tui.store import ResponseStore

MOMENT = "2026-11-21T08:30:00.000+07:00"


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "survey_tui", "--home", str(home), "--language", "en", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with ResponseStore.open(tmp_path / "home") as store:
        store.begin(Started(MOMENT, response_id=store.new_id(), form_id="f"))
    return tmp_path / "home"


@pytest.mark.slow
def test_backup_and_restore(tmp_path: Path, home: Path) -> None:
    card = tmp_path / "card"
    assert _run(home, "store", "backup").returncode == ExitCode.STORE
    assert _run(home, "store", "backup", "--to", str(card)).returncode == ExitCode.STORE
    card.mkdir()
    done = _run(home, "store", "backup", "--to", str(card), "--remember", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["written"] > 0
    assert load_settings(home).backup_dir == str(card)
    assert "up to date" in _run(home, "store", "backup").stdout
    restored = _run(tmp_path / "other", "store", "restore", facts["path"])
    assert restored.returncode == 0, restored.stderr
    with ResponseStore.open(tmp_path / "other") as store:
        assert len(store.search()) == 1
    again = _run(tmp_path / "other", "store", "restore", facts["path"])
    assert "is kept as" in again.stdout


def test_refusals_have_words(tmp_path: Path, home: Path) -> None:
    (tmp_path / "file").write_text("no backup")
    with ResponseStore.open(home):
        backup = next((home / "store").glob("*.journal"))
        refused = _run(home, "store", "restore", str(backup))
    assert refused.returncode == ExitCode.STORE
    assert "Another program" in refused.stderr
    assert "not a backup of a store" in _run(home, "store", "restore", str(tmp_path / "file")).stderr
