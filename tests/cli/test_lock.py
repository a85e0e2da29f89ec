"""``survey-tui lock``: set, status, remove and recover."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.errors import ExitCode
from survey_tui.store import is_locked
from tests.support.command_line import invoke, store_final_response

PASSPHRASE = "bốn từ ghép lại"


@pytest.fixture
def passphrase(tmp_path: Path) -> str:
    path = tmp_path / "passphrase.txt"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_a_locked_store_opens_with_its_passphrase_only(tmp_path: Path, passphrase: str) -> None:
    home, wrong = tmp_path / "home", tmp_path / "wrong.txt"
    wrong.write_text("something else\n")
    key = store_final_response(home)
    assert "not encrypted" in invoke(home, "store", "check").stderr
    assert "not encrypted" in invoke(home, "lock", "status").stdout
    assert invoke(home, "lock", "set", "--new-passphrase-file", passphrase).returncode == ExitCode.OK
    assert is_locked(home)
    assert "32 MiB" in invoke(home, "lock", "status").stdout
    refused = invoke(home, "responses", "list")
    assert (refused.returncode, refused.stdout) == (ExitCode.STORE, "")
    assert invoke(home, "responses", "list", "--passphrase-file", str(wrong)).returncode == ExitCode.STORE
    assert key in invoke(home, "responses", "list", "--passphrase-file", passphrase).stdout
    assert invoke(home, "store", "check", "--passphrase-file", passphrase).returncode == ExitCode.OK
    assert invoke(home, "lock", "remove", "--passphrase-file", passphrase).returncode == ExitCode.OK
    assert not is_locked(home)


@pytest.mark.slow
def test_a_forgotten_passphrase_is_recovered(tmp_path: Path, passphrase: str) -> None:
    home, office = tmp_path / "home", tmp_path / "office.pem"
    key = store_final_response(home)
    public = invoke(home, "keys", "new", str(office)).stdout.strip()
    lost = tmp_path / "lost.txt"
    lost.write_text("a forgotten sentence\n")
    done = invoke(home, "lock", "set", "--recovery-key", public, "--new-passphrase-file", str(lost))
    assert done.returncode == ExitCode.OK, done.stderr
    rotated = invoke(home, "keys", "rotate", str(office)).stdout.strip()
    assert rotated != public
    done = invoke(home, "lock", "recover", "--private-key", str(office), "--new-passphrase-file", passphrase)
    assert done.returncode == ExitCode.OK, done.stderr
    assert key in invoke(home, "responses", "list", "--passphrase-file", passphrase).stdout
