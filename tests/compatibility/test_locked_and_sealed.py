"""Encrypted data of an earlier version, opened with their passphrase and keys."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from .archive import Unpack
from .golden import same_as_recorded
from .program import nfc, run

pytestmark = pytest.mark.slow


@pytest.fixture
def passphrase(fixture: Unpack) -> tuple[str, Path]:
    return ("--passphrase-file", fixture("keys") / "passphrase")


def exported(home: Path, *options: str | Path) -> str:
    return run("survey-tui", "responses", "export", "--format", "jsonl", *options, home=home).out


def test_a_locked_store_opens_with_its_passphrase(fixture: Unpack, passphrase: tuple[str, Path]) -> None:
    home = fixture("locked")
    same_as_recorded("locked/export.jsonl", exported(home, *passphrase))
    listed = run("survey-tui", "responses", "list", "--json", *passphrase, home=home).out
    same_as_recorded("locked/responses-list.json", listed)
    run("survey-tui", "store", "check", *passphrase, home=home)


def test_the_passphrase_may_be_typed_in_nfc(fixture: Unpack, tmp_path: Path) -> None:
    """The passphrase was set in NFD."""
    composed = tmp_path / "composed"
    composed.write_text(nfc((fixture("keys") / "passphrase").read_text("utf-8")), encoding="utf-8")
    same_as_recorded("locked/export.jsonl", exported(fixture("locked"), "--passphrase-file", composed))


def test_a_wrong_passphrase_opens_nothing(fixture: Unpack, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("mat khau cua may nay\n", encoding="utf-8")
    result = run(
        "survey-tui", "responses", "list", "--passphrase-file", wrong, home=fixture("locked"), status=None
    )
    assert (result.status, result.out) == (5, "")


def test_a_draft_of_a_locked_store_is_finished(fixture: Unpack, passphrase: tuple[str, Path]) -> None:
    home = fixture("locked")
    listed = run("survey-tui", "responses", "list", "--status", "draft", "--json", *passphrase, home=home).out
    (draft,) = (each["id"] for each in json.loads(listed))
    lines = ["1", "1", "5", "", "Vịnh Hạ Long", "", "k", "c"]
    run("survey-tui", "ask", "so_nho", "--response", draft, *passphrase, home=home, lines=lines)
    assert exported(home, *passphrase).count("\n") == 3
    assert "Vịnh Hạ Long".encode() not in (home / "store" / "responses.journal").read_bytes()


def test_the_lock_is_removed(fixture: Unpack, passphrase: tuple[str, Path]) -> None:
    home = fixture("locked")
    run("survey-tui", "lock", "remove", *passphrase, home=home)
    same_as_recorded("locked/export.jsonl", exported(home))
    run("survey-tui", "store", "check", home=home)


def test_a_forgotten_passphrase_is_replaced_with_the_recovery_key(fixture: Unpack, tmp_path: Path) -> None:
    home, new = fixture("locked"), tmp_path / "new"
    new.write_text("một câu mới tinh\n", encoding="utf-8")
    private = fixture("keys") / "recovery.pem"
    run("survey-tui", "lock", "recover", "--private-key", private, "--new-passphrase-file", new, home=home)
    same_as_recorded("locked/export.jsonl", exported(home, "--passphrase-file", new))


def test_exported_sealed_responses_are_unchanged(fixture: Unpack) -> None:
    home = fixture("sealed")
    same_as_recorded("sealed/export.jsonl", exported(home))
    listed = json.loads(run("survey-tui", "responses", "list", "--json", home=home).out)
    hashes = {each["sha256"] for each in listed if each["status"] == "final"}
    lines = exported(home).encode().splitlines(keepends=True)
    assert {hashlib.sha256(line).hexdigest() for line in lines} == hashes
    run("survey-tui", "store", "check", home=home)


@pytest.mark.parametrize(("option", "name"), [((), "opened.jsonl"), (("--events",), "events.txt")])
def test_the_organisation_opens_sealed_responses(
    option: tuple[str, ...], name: str, fixture: Unpack, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.jsonl"
    sealed.write_text(exported(fixture("sealed")), encoding="utf-8")
    private = fixture("keys") / "organisation.pem"
    opened = run(
        "survey-tui", "keys", "open", sealed, "--private-key", private, *option, home=tmp_path / "empty"
    )
    same_as_recorded(f"sealed/{name}", opened.out)


def test_a_new_sealed_response_opens_with_the_old_key(fixture: Unpack, tmp_path: Path) -> None:
    home = fixture("sealed")
    listed = json.loads(run("survey-tui", "responses", "list", "--status", "draft", "--json", home=home).out)
    (draft,) = (each["id"] for each in listed)
    lines = ["1", "1", "5", "", "Vịnh Hạ Long", "", "k", "c"]
    run("survey-tui", "ask", "so_kin", "--response", draft, home=home, lines=lines)
    whole = exported(home)
    assert "Vịnh" not in whole
    sealed = tmp_path / "sealed.jsonl"
    sealed.write_text(whole, encoding="utf-8")
    private = fixture("keys") / "organisation.pem"
    opened = run("survey-tui", "keys", "open", sealed, "--private-key", private, home=home).out
    assert json.loads(opened.splitlines()[-1])["response_id"] == draft
    assert "Vịnh Hạ Long" in opened


def test_keys_are_shown(fixture: Unpack, tmp_path: Path) -> None:
    for name in ("organisation", "recovery"):
        key = fixture("keys") / f"{name}.pem"
        same_as_recorded(
            f"keys/{name}.txt", run("survey-tui", "keys", "show", key, home=tmp_path / "empty").out
        )
