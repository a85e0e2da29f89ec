"""``survey-tui store``: check, repair, backup and restore."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from survey_tui.application.settings import load_settings
from survey_tui.errors import ExitCode
from survey_tui.interview.events import Started
from survey_tui.store import ResponseStore
from tests.support.command_line import ANSWERS, AT, Run, invoke


@pytest.fixture
def draft_home(tmp_path: Path) -> Path:
    with ResponseStore.open(tmp_path / "home") as store:
        store.begin(Started(AT, response_id=store.new_id(), form_id="f"))
    return tmp_path / "home"


@pytest.mark.slow
def test_backup_and_restore(tmp_path: Path, draft_home: Path) -> None:
    home = draft_home
    card = tmp_path / "card"
    assert invoke(home, "store", "backup").returncode == ExitCode.STORE
    assert invoke(home, "store", "backup", "--to", str(card)).returncode == ExitCode.STORE
    card.mkdir()
    done = invoke(home, "store", "backup", "--to", str(card), "--remember", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["written"] > 0
    assert load_settings(home).backup_dir == str(card)
    assert "up to date" in invoke(home, "store", "backup").stdout
    restored = invoke(tmp_path / "other", "store", "restore", facts["path"])
    assert restored.returncode == 0, restored.stderr
    with ResponseStore.open(tmp_path / "other") as store:
        assert len(store.search()) == 1
    again = invoke(tmp_path / "other", "store", "restore", facts["path"])
    assert "is kept as" in again.stdout


@pytest.mark.slow
def test_a_backup_that_cannot_be_restored_is_explained(tmp_path: Path, draft_home: Path) -> None:
    home = draft_home
    (tmp_path / "file").write_text("no backup")
    with ResponseStore.open(home):
        backup = next((home / "store").glob("*.journal"))
        refused = invoke(home, "store", "restore", str(backup))
    assert refused.returncode == ExitCode.STORE
    assert "Another program" in refused.stderr
    assert "not a backup of a store" in invoke(home, "store", "restore", str(tmp_path / "file")).stderr


@pytest.mark.slow
def test_the_store_is_checked_and_repaired(run: Run, stored: str, home: Path) -> None:
    run("store", "check", check=ExitCode.OK)
    journal = next((home / "store").glob("*.journal"))
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 0xFF
    journal.write_bytes(data)
    found = json.loads(run("store", "check", "--json", check=ExitCode.STORE).out)
    assert all(finding["what"] and finding["remedy"] for finding in found)
    assert run("responses", "list").err
    run("store", "repair", check=ExitCode.OK)
    run("store", "check", check=ExitCode.OK)


def test_no_interview_begins_in_a_home_that_is_a_file(run: Run, home: Path) -> None:
    home.write_text("not a directory")
    result = run("ask", "small", lines=ANSWERS)
    assert result.code == ExitCode.STORE
    assert result.err.strip()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system without write access")
def test_a_home_that_cannot_be_written_is_named_and_the_rest_works(run: Run) -> None:
    result = run("ask", "small", "--home", "/proc/nowhere", lines=ANSWERS, check=ExitCode.STORE)
    assert "/proc/nowhere" in result.err
    assert "vneid" in run("forms", "list", "--home", "/proc/nowhere", check=ExitCode.OK).out
    run("responses", "list", "--home", "/proc/nowhere", check=ExitCode.OK)
