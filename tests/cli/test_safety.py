"""``lock``, ``keys`` and ``responses withdraw`` as a coordinator types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from survey_tui.application.settings import load_settings
from survey_tui.errors import ExitCode
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore, Seal, is_locked
from survey_tui.store.crypto.organisation_keys import public_text, read_private_keys

AT = "2026-11-21T08:30:00.000+07:00"
CANONICAL = b'{"values":[["m0/withdraw_code","32060-01-12-4711"]]}\n'
PASSPHRASE = "bốn từ ghép lại"


@pytest.fixture
def passphrase(tmp_path: Path) -> str:
    path = tmp_path / "passphrase.txt"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return str(path)


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
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


def respond(home: Path, seal: Seal | None = None) -> str:
    with ResponseStore.open(home) as store:
        key = store.new_id()
        store.begin(Started(AT, response_id=key, form_id="f", form_version="1", commune="32060"))
        store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    return key


@pytest.mark.slow
def test_a_locked_store_opens_with_its_passphrase_only(tmp_path: Path, passphrase: str) -> None:
    home, wrong = tmp_path / "home", tmp_path / "wrong.txt"
    wrong.write_text("something else\n")
    key = respond(home)
    assert "not encrypted" in run(home, "store", "check").stderr
    assert "not encrypted" in run(home, "lock", "status").stdout
    assert run(home, "lock", "set", "--new-passphrase-file", passphrase).returncode == ExitCode.OK
    assert is_locked(home)
    assert "32 MiB" in run(home, "lock", "status").stdout
    refused = run(home, "responses", "list")
    assert (refused.returncode, refused.stdout) == (ExitCode.STORE, "")
    assert run(home, "responses", "list", "--passphrase-file", str(wrong)).returncode == ExitCode.STORE
    assert key in run(home, "responses", "list", "--passphrase-file", passphrase).stdout
    assert run(home, "store", "check", "--passphrase-file", passphrase).returncode == ExitCode.OK
    assert run(home, "lock", "remove", "--passphrase-file", passphrase).returncode == ExitCode.OK
    assert not is_locked(home)


@pytest.mark.slow
def test_a_forgotten_passphrase_is_recovered(tmp_path: Path, passphrase: str) -> None:
    home, office = tmp_path / "home", tmp_path / "office.pem"
    key = respond(home)
    public = run(home, "keys", "new", str(office)).stdout.strip()
    lost = tmp_path / "lost.txt"
    lost.write_text("nobody remembers\n")
    done = run(home, "lock", "set", "--recovery-key", public, "--new-passphrase-file", str(lost))
    assert done.returncode == ExitCode.OK, done.stderr
    rotated = run(home, "keys", "rotate", str(office)).stdout.strip()
    assert rotated != public
    done = run(home, "lock", "recover", "--private-key", str(office), "--new-passphrase-file", passphrase)
    assert done.returncode == ExitCode.OK, done.stderr
    assert key in run(home, "responses", "list", "--passphrase-file", passphrase).stdout


@pytest.mark.slow
def test_the_office_opens_what_was_sealed(tmp_path: Path) -> None:
    home, office, sealed = tmp_path / "home", tmp_path / "office.pem", tmp_path / "sealed.jsonl"
    public = run(home, "keys", "new", str(office)).stdout.strip()
    assert public in run(home, "keys", "show", str(office)).stdout
    key = respond(home, Seal(public))
    run(home, "responses", "export", "--format", "jsonl", "--output", str(sealed))
    assert json.loads(sealed.read_bytes())["response_id"] == key
    assert "sealed" in run(home, "responses", "show", key).stderr
    table = run(home, "responses", "export", "--format", "csv")
    assert (table.returncode, key in table.stdout) == (ExitCode.OK, False)
    assert "1 sealed" in table.stderr
    assert run(home, "keys", "open", str(sealed), "--private-key", str(office)).stdout.encode() == CANONICAL
    events = run(home, "keys", "open", str(sealed), "--private-key", str(office), "--events").stdout
    assert [event["event"] for event in json.loads(events)] == ["started", "finalised"]
    other = tmp_path / "other.pem"
    run(home, "keys", "new", str(other))
    assert run(home, "keys", "open", str(sealed), "--private-key", str(other)).returncode == ExitCode.STORE
    assert public_text(next(iter(read_private_keys(office).values())).public_key()) == public


@pytest.mark.slow
def test_withdrawing_needs_a_word_and_a_code_that_is_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = respond(home)
    assert run(home, "responses", "withdraw", "32060-01-12-0000", "--yes").returncode == ExitCode.NOT_FOUND
    assert run(home, "responses", "withdraw", "32060-01-12-4711").returncode == ExitCode.USAGE
    assert key in run(home, "responses", "list").stdout
    done = run(home, "responses", "withdraw", "32060-01-12-4711", "--yes")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OK, key)
    assert run(home, "responses", "list").stdout == ""
    with ResponseStore.open(home, read_only=True) as store:
        assert [stone.id for stone in store.tombstones()] == [key]
    assert run(home, "responses", "expire", "--days", "30", "--each-start").returncode == ExitCode.OK
    assert load_settings(home).keep_days == 30


@pytest.mark.slow
def test_a_withdrawal_says_which_backup_still_has_the_response(tmp_path: Path) -> None:
    home, card, drawer = tmp_path / "home", tmp_path / "card", tmp_path / "drawer"
    key = respond(home)
    card.mkdir()
    assert run(home, "store", "backup", "--to", str(card), "--remember").returncode == ExitCode.OK
    card.rename(drawer)
    done = run(home, "responses", "withdraw", "32060-01-12-4711", "--yes")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OK, key)
    assert f"backup in {card} still contains 1" in done.stderr
    assert f"backup in {card} still contains 1" in run(home, "store", "check").stdout
    drawer.rename(card)
    run(home, "responses", "expire", "--days", "30")
    assert "still contains" not in run(home, "store", "check").stdout
    assert all(b"4711" not in path.read_bytes() for path in card.iterdir())
