"""Older stores are brought up to date, the old file stays; newer ones are only read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered
from survey_tui.store import ResponseStore, check_store, repair_store

VERSION_0 = Path(__file__).parent / "version-0.journal"
MOMENT = "2026-11-21T08:30:00.000+07:00"


@pytest.fixture
def old(journal_path: Path) -> Path:
    journal_path.parent.mkdir(mode=0o700)
    shutil.copyfile(VERSION_0, journal_path)
    journal_path.chmod(0o600)
    return journal_path


def test_a_store_of_version_0(tmp_path: Path, old: Path) -> None:
    with ResponseStore.open(tmp_path) as store:
        assert [notice.code for notice in store.notices] == ["migrated"]
        assert not store.read_only
        by_household = {summary.household: summary for summary in store.search()}
        assert {number: found.status for number, found in by_household.items()} == {
            "1": "draft",
            "2": "received",
            "4": "final",
        }
        draft, received = by_household["1"], by_household["2"]
        answers = [event for event in store.events(draft.id) if isinstance(event, Answered)]
        assert [(event.path, event.text) for event in answers] == [("a/q0", "có"), ("a/q1", "Lê Thị Ánh")]
        assert store.final_bytes(received.id) == '{"values":[["a/q0","không"]]}'.encode()
        assert received.receipt == "R-1"
        store.record(draft.id, Answered(MOMENT, "a/q2", "mới"))
    (kept,) = old.parent.glob("*.version-0-1")
    assert kept.read_bytes() == VERSION_0.read_bytes()
    assert [finding.code for finding in check_store(tmp_path)] == ["set_aside"]
    with ResponseStore.open(tmp_path) as store:
        assert store.notices == ()
        assert len(store.events(draft.id)) == 4
        assert [document["n"] for document in store.db.table("other")] == [7]


def test_reading_only_changes_nothing(tmp_path: Path, old: Path) -> None:
    with ResponseStore.open(tmp_path, read_only=True) as store:
        assert [notice.code for notice in store.notices] == ["older_version"]
        assert list(store.search()) == []
    assert [finding.code for finding in check_store(tmp_path)] == ["older_version"]
    with pytest.raises(StoreError, match="store_older_version"):
        repair_store(tmp_path)
    assert old.read_bytes() == VERSION_0.read_bytes()


def test_a_torn_end_is_left_out(tmp_path: Path, old: Path) -> None:
    old.write_bytes(VERSION_0.read_bytes() + b"12345678\t11\tadd\tresp")
    with ResponseStore.open(tmp_path) as store:
        assert len(store.search()) == 3


def test_a_damaged_old_store_stays_as_it_is(tmp_path: Path, old: Path) -> None:
    content = bytearray(VERSION_0.read_bytes())
    content[len(content) // 2] ^= 1
    old.write_bytes(content)
    with ResponseStore.open(tmp_path) as store:
        assert store.read_only
        assert {notice.code for notice in store.notices} == {"migration_failed", "older_version"}
    assert old.read_bytes() == content
    assert not list(old.parent.glob("*.new"))


@pytest.mark.parametrize("call", ["write", "fsync", "link", "replace"])
def test_a_disk_that_refuses(tmp_path: Path, old: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        with ResponseStore.open(tmp_path) as store:
            assert store.read_only
    assert old.read_bytes() == VERSION_0.read_bytes()
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
        assert len(store.search()) == 3
