"""The first line of a locked journal is lost: the copy beside it opens the store, and a repair mends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Event
from survey_tui.store import ResponseStore, check_store, is_locked, repair_store
from survey_tui.store.backup import back_up, restore_store
from survey_tui.store.crypto.device_lock import read_lock_parameters, unlock
from survey_tui.store.crypto.passphrase import Cost
from survey_tui.store.crypto.records import DeviceKeys
from survey_tui.store.journal.header_copy import header_copy_path, read_header_copy, write_header_copy
from tests.support.store import compact

PASSPHRASE = "bốn từ ghép lại"
CHEAP = Cost(memory=64, passes=1)
Draft = Callable[..., str]


def opened(home: Path, passphrase: str = PASSPHRASE) -> DeviceKeys:
    return unlock(home, passphrase, best=CHEAP)


@pytest.fixture
def events(tmp_path: Path, draft: Draft) -> dict[str, list[Event]]:
    """A locked store, compacted since; what is in it."""
    with ResponseStore.open(tmp_path) as store:
        store.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
        for _ in range(2):
            draft(store)
            compact(store)
        draft(store)
        return {summary.id: store.events(summary.id) for summary in store.search()}


def shown(home: Path, keys: DeviceKeys) -> dict[str, list[Event]]:
    with ResponseStore.open(home, keys=keys) as store:
        return {summary.id: store.events(summary.id) for summary in store.search()}


@pytest.mark.slow
def test_every_byte_of_the_first_line(
    tmp_path: Path, events: dict[str, list[Event]], journal_path: Path
) -> None:
    content = journal_path.read_bytes()
    for place in range(content.index(b"\n") + 1):
        damaged = bytearray(content)
        damaged[place] ^= 1 + place % 255
        journal_path.write_bytes(damaged)
        assert is_locked(tmp_path), place
        with pytest.raises(StoreError, match="lock_passphrase_needed"):
            check_store(tmp_path)
        keys = opened(tmp_path)
        assert "spare_header" in [finding.code for finding in check_store(tmp_path, keys)], place
        assert shown(tmp_path, keys) == events, place


@pytest.mark.parametrize("cut", ["line", "line feed", "half", "zeros"])
def test_repair_writes_the_header_again(
    tmp_path: Path, events: dict[str, list[Event]], journal_path: Path, cut: str
) -> None:
    first, _, rest = journal_path.read_bytes().partition(b"\n")
    lost = {"line": b"", "line feed": first, "half": first[:90] + b"\n", "zeros": bytes(len(first)) + b"\n"}
    journal_path.write_bytes(lost[cut] + rest)
    keys = opened(tmp_path)
    with ResponseStore.open(tmp_path, keys=keys) as store:
        assert store.read_only
    report = repair_store(tmp_path, keys)
    assert report.responses == len(events)
    assert report.doubtful == ()
    assert [finding.code for finding in check_store(tmp_path, keys) if finding.severity != "info"] == []
    assert shown(tmp_path, opened(tmp_path)) == events


def test_without_the_copy_nothing_is_moved(
    tmp_path: Path, events: dict[str, list[Event]], journal_path: Path
) -> None:
    keys = opened(tmp_path)
    journal_path.write_bytes(b"x" + journal_path.read_bytes()[1:])
    header_copy_path(journal_path).write_bytes(b"x")
    before = journal_path.read_bytes()
    with pytest.raises(StoreError, match="lock_damaged"):
        repair_store(tmp_path, keys)
    assert journal_path.read_bytes() == before


def test_the_copy_follows_the_lock(
    tmp_path: Path, events: dict[str, list[Event]], journal_path: Path
) -> None:
    header_copy_path(journal_path).unlink()
    with ResponseStore.open(tmp_path, keys=opened(tmp_path)) as store:
        (first,) = read_header_copy(journal_path)
        store.passphrase_lock.set_passphrase("một mật khẩu khác", cost=CHEAP)
        (second,) = read_header_copy(journal_path)
        assert first.lock != second.lock
        store.passphrase_lock.remove_passphrase()
        assert not header_copy_path(journal_path).exists()


def test_a_change_of_the_passphrase_that_was_cut_short(
    tmp_path: Path, events: dict[str, list[Event]], journal_path: Path
) -> None:
    """Both copies are there, the old file too, and then its first line is lost: the old passphrase opens."""
    before, (old,) = journal_path.read_bytes(), read_header_copy(journal_path)
    with ResponseStore.open(tmp_path, keys=opened(tmp_path)) as store:
        store.passphrase_lock.set_passphrase("một mật khẩu khác", cost=CHEAP)
    write_header_copy(journal_path, *read_header_copy(journal_path), old)
    journal_path.write_bytes(b"x" + before[1:])
    assert shown(tmp_path, opened(tmp_path)) == events
    journal_path.write_bytes(before)
    shown(tmp_path, opened(tmp_path))
    assert [copy.lock for copy in read_header_copy(journal_path)] == [old.lock]


def test_a_plain_store_does_not_believe_a_copy(tmp_path: Path, draft: Draft, journal_path: Path) -> None:
    """Locking was cut short, then the first line of the plain file is lost."""
    with ResponseStore.open(tmp_path / "other") as other:
        other.passphrase_lock.set_passphrase(PASSPHRASE, cost=CHEAP)
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
    header_copy_path(journal_path).write_bytes(
        header_copy_path(tmp_path / "other/store/responses.journal").read_bytes()
    )
    journal_path.write_bytes(b"x" + journal_path.read_bytes()[1:])
    assert not is_locked(tmp_path)
    assert read_lock_parameters(tmp_path) is None
    repair_store(tmp_path)
    with ResponseStore.open(tmp_path) as store:
        assert len(store.events(key)) == 4
    assert not header_copy_path(journal_path).exists()


def test_a_backup_has_the_copy_too(
    tmp_path: Path, events: dict[str, list[Event]], journal_path: Path
) -> None:
    card = tmp_path / "card"
    card.mkdir()
    backup = back_up(journal_path, card).path
    backup.write_bytes(b"x" + backup.read_bytes()[1:])
    elsewhere = tmp_path / "elsewhere"
    restore_store(elsewhere, backup)
    repair_store(elsewhere, opened(elsewhere))
    assert shown(elsewhere, opened(elsewhere)) == events
