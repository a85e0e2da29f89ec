"""The second place: grows by what is new, is read back, and never costs an answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised
from survey_tui.store import ResponseStore, check_store
from survey_tui.store.backup import back_up, restore_store
from survey_tui.store.backup_worker import back_up_home
from tests.support.store import compact

MOMENT = "2026-11-21T08:30:00.000+07:00"

Draft = Callable[..., str]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    directory = tmp_path / "card"
    directory.mkdir()
    return directory


def _only(card: Path) -> Path:
    (backup,) = card.glob("*.journal")
    return backup


def test_it_grows_by_what_is_new(
    tmp_path: Path, store: ResponseStore, draft: Draft, card: Path, journal_path: Path
) -> None:
    key = draft(store)
    first = back_up(journal_path, card)
    assert (first.appended, first.written) == (False, journal_path.stat().st_size)
    assert _only(card).stat().st_mode & 0o077 == 0
    before = journal_path.stat().st_size
    store.record(key, Answered(MOMENT, "a/q0", "mới"))
    second = back_up(journal_path, card)
    assert (second.appended, second.written) == (True, journal_path.stat().st_size - before)
    assert back_up(journal_path, card).written == 0
    compact(store)
    third = back_up(journal_path, card)
    assert not third.appended
    assert third.kept is None
    assert _only(card).read_bytes() == journal_path.read_bytes()


def test_a_torn_backup_is_repaired(
    tmp_path: Path, store: ResponseStore, draft: Draft, card: Path, journal_path: Path
) -> None:
    draft(store)
    back_up(journal_path, card)
    whole = _only(card).read_bytes()
    for cut in range(0, len(whole), 97):
        _only(card).write_bytes(whole[:cut])
        back_up(journal_path, card)
        assert _only(card).read_bytes() == whole


def test_a_backup_with_more_than_the_store_is_kept(
    tmp_path: Path, store: ResponseStore, draft: Draft, card: Path, journal_path: Path
) -> None:
    """The file system brought an old state of the store back: its backup has the answers."""
    key = draft(store)
    before = journal_path.read_bytes()
    store.record(key, Answered(MOMENT, "a/q0", "only on the card"))
    back_up(journal_path, card)
    longer = _only(card).read_bytes()
    store.close()
    journal_path.write_bytes(before)
    report = back_up(journal_path, card)
    assert report.kept is not None
    assert report.kept.read_bytes() == longer
    assert _only(card).read_bytes() == before


def test_damage_never_reaches_the_backup(
    tmp_path: Path, store: ResponseStore, draft: Draft, card: Path, journal_path: Path
) -> None:
    draft(store)
    back_up(journal_path, card)
    good = _only(card).read_bytes()
    draft(store)
    compact(store)
    content = bytearray(journal_path.read_bytes())
    content[-40] ^= 1
    journal_path.write_bytes(content)
    with pytest.raises(StoreError, match="store_damaged"):
        back_up(journal_path, card)
    assert _only(card).read_bytes() == good
    assert [path.name for path in card.iterdir()] == [_only(card).name]


def test_what_is_read_back_is_compared(
    store: ResponseStore, draft: Draft, card: Path, journal_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that takes everything and keeps something else."""
    draft(store)
    real = os.write

    def lie(descriptor: int, data: bytes) -> int:
        return real(descriptor, bytes(data).replace(b"tr", b"tR"))

    monkeypatch.setattr(os, "write", lie)
    with pytest.raises(StoreError, match="store_backup_unread"):
        back_up(journal_path, card)
    assert list(card.iterdir()) == []


def test_it_happens_by_itself(tmp_path: Path, draft: Draft, card: Path) -> None:
    with ResponseStore.open(tmp_path, backup_dir=card) as store:
        key = draft(store)
        store.finalise(key, Finalised(MOMENT), b"{}")
        draft(store)
        events = {summary.id: store.events(summary.id) for summary in store.search()}
    assert store.notices == ()
    restored = tmp_path / "other device"
    restore_store(restored, _only(card))
    with ResponseStore.open(restored, backup_dir=card) as store:
        assert {summary.id: store.events(summary.id) for summary in store.search()} == events
        draft(store)
    assert len(list(card.iterdir())) == 1


def test_a_missing_card_is_a_notice_and_nothing_else(tmp_path: Path, draft: Draft, card: Path) -> None:
    card.rmdir()
    with ResponseStore.open(tmp_path, backup_dir=card) as store:
        key = draft(store)
        store.finalise(key, Finalised(MOMENT), b"{}")
        end = time.monotonic() + 10
        while not store.notices and time.monotonic() < end:
            time.sleep(0.005)
        assert [notice.code for notice in store.notices] == ["backup_missing"]
        card.mkdir()
    assert store.notices == ()
    assert _only(card).exists()


def test_what_is_withdrawn_leaves_the_backups(tmp_path: Path, draft: Draft, card: Path) -> None:
    with ResponseStore.open(tmp_path, backup_dir=card) as store:
        key = draft(store)
    backup = _only(card)
    (card / f"{backup.name}.older-1").write_bytes(backup.read_bytes())
    with ResponseStore.open(tmp_path, backup_dir=card) as store:
        store.rights.withdraw([key], MOMENT)
    for path in card.iterdir():
        assert "câu trả lời" not in path.read_text(encoding="utf-8")


def test_restoring_keeps_what_was_there(
    tmp_path: Path, store: ResponseStore, draft: Draft, card: Path, journal_path: Path
) -> None:
    key = draft(store)
    back_up_home(tmp_path, card)
    draft(store)
    with pytest.raises(StoreError, match="store_in_use"):
        restore_store(tmp_path, _only(card))
    store.close()
    now = journal_path.read_bytes()
    report = restore_store(tmp_path, _only(card))
    assert report.kept is not None
    assert report.kept.read_bytes() == now
    assert [finding.code for finding in check_store(tmp_path)] == ["set_aside"]
    with ResponseStore.open(tmp_path) as again:
        assert [summary.id for summary in again.search()] == [key]


@pytest.mark.parametrize("content", [b"", b"hello\n", b"12345678\t0\topen\t\t\t{}\t\n"])
def test_what_is_no_backup_is_refused(tmp_path: Path, journal_path: Path, content: bytes) -> None:
    source = tmp_path / "file"
    source.write_bytes(content)
    with pytest.raises(StoreError, match="store_not_a_backup"):
        restore_store(tmp_path, source)
    assert not journal_path.exists()


def test_a_damaged_backup_is_refused(
    tmp_path: Path, store: ResponseStore, draft: Draft, card: Path, journal_path: Path
) -> None:
    draft(store)
    back_up(journal_path, card)
    store.close()
    content = bytearray(_only(card).read_bytes())
    content[-40] ^= 1
    _only(card).write_bytes(content)
    now = journal_path.read_bytes()
    with pytest.raises(StoreError, match="store_damaged"):
        restore_store(tmp_path, _only(card))
    assert journal_path.read_bytes() == now
    assert not list(journal_path.parent.glob("*.new"))
