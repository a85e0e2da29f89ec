"""Withdrawal by receipt code, tombstones, and the end of storage."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.console.crash_report import write_report
from survey_tui.errors import StoreError
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore, Seal, Tombstone, check_store
from survey_tui.store.backup_worker import back_up_home
from survey_tui.store.crypto.organisation_keys import new_private_key, public_text

AT = "2026-11-21T09:00:00.000+07:00"
CODE = "32060-01-12-4711"
SECRET = "câu trả lời"


def canonical(code: str) -> bytes:
    return (
        json.dumps({"values": [["m0/withdraw_code", code], ["a/q", SECRET]]}, ensure_ascii=False).encode()
        + b"\n"
    )


def everything(directory: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


@pytest.fixture(params=["open", "sealed"])
def finish(request: pytest.FixtureRequest, draft: Callable[..., str]) -> Callable[[ResponseStore, str], str]:
    key = public_text(new_private_key().public_key())

    def make(store: ResponseStore, code: str) -> str:
        response = draft(store)
        seal = Seal(key, code) if request.param == "sealed" else None
        store.finalise(response, Finalised(AT), canonical(code), seal=seal)
        return response

    return make


@pytest.mark.slow
@pytest.mark.parametrize("typed", [CODE, " 32060-01-12-4711 ", "32060 - 01 - 12 - 4711"])
def test_a_code_finds_its_response_only(
    store: ResponseStore, finish: Callable[[ResponseStore, str], str], typed: str
) -> None:
    wanted, _ = finish(store, CODE), finish(store, "32060-01-12-4712")
    assert store.rights.find(typed) == [wanted]
    assert store.rights.find("32060-01-12-4713") == []
    assert store.rights.find(" ") == []


def test_what_a_crash_left_of_a_copy_goes_with_the_next_start_and_the_next_erasure(
    tmp_path: Path, store: ResponseStore, finish: Callable[[ResponseStore, str], str], journal_path: Path
) -> None:
    """A program that is killed while it rewrites a copy leaves the draft of it."""
    finish(store, CODE)
    draft = journal_path.with_name(".responses.journal.replaced-1.4711.new")
    draft.write_text(SECRET)
    store.rights.withdraw(store.rights.find(CODE), AT)
    assert SECRET.encode() not in everything(tmp_path)
    draft.write_text(SECRET)
    store.close()
    ResponseStore.open(tmp_path).close()
    assert SECRET.encode() not in everything(tmp_path)


def test_what_a_crash_left_of_an_earlier_backup_goes_with_the_next_backup(
    tmp_path: Path, store: ResponseStore, finish: Callable[[ResponseStore, str], str]
) -> None:
    finish(store, CODE)
    card = tmp_path / "card"
    card.mkdir()
    backup = back_up_home(tmp_path, card).path
    draft = backup.with_name(f".{backup.name}.older-1.4711.new")
    draft.write_text(SECRET)
    back_up_home(tmp_path, card)
    assert not draft.exists()


@pytest.mark.slow
def test_what_is_withdrawn_is_gone_from_every_file(
    tmp_path: Path, store: ResponseStore, finish: Callable[[ResponseStore, str], str], journal_path: Path
) -> None:
    response = finish(store, CODE)
    line = next(line for line in journal_path.read_bytes().splitlines(keepends=True) if b"\tput" in line)
    journal_path.with_name("responses.journal.damaged-1").write_bytes(line)
    stones = store.rights.withdraw(store.rights.find(CODE), AT)
    assert stones == store.tombstones() == [Tombstone(id=response, form_id="short", at=AT)]
    found = everything(tmp_path)
    for text in (SECRET, CODE, "sealed", "canonical"):
        assert text.encode() not in found, text
    assert list(store.search()) == []
    with pytest.raises(StoreError, match="store_no_response"):
        store.events(response)
    assert check_store(tmp_path) == []
    store.close()
    with ResponseStore.open(tmp_path) as again:
        assert again.tombstones() == stones
        again.mark_tombstones_received([response])
        assert [stone.received for stone in again.tombstones()] == [True]


def test_a_draft_can_be_withdrawn_and_others_stay(
    tmp_path: Path, store: ResponseStore, draft: Callable[..., str]
) -> None:
    gone, kept = draft(store), draft(store)
    store.rights.withdraw([gone], AT)
    assert [summary.id for summary in store.search()] == [kept]
    assert len(store.events(kept)) == 4
    with pytest.raises(StoreError, match="store_no_response"):
        store.rights.withdraw([gone], AT)


def test_a_tombstone_says_whether_the_server_may_know(
    store: ResponseStore, finish: Callable[[ResponseStore, str], str]
) -> None:
    response = finish(store, CODE)
    store.handover.mark_sent([response])
    assert [stone.known for stone in store.rights.withdraw([response], AT)] == [True]


def test_a_code_of_a_sealed_response_is_not_in_the_file(
    tmp_path: Path, store: ResponseStore, finish: Callable[[ResponseStore, str], str]
) -> None:
    response = finish(store, CODE)
    if store.summary(response).sealed:
        assert CODE.encode() not in everything(tmp_path)
        assert len(store.summary(response).withdraw) == 32


@pytest.mark.slow
def test_received_responses_leave_after_their_time_and_never_before_the_receipt(
    tmp_path: Path,
    store: ResponseStore,
    draft: Callable[..., str],
    finish: Callable[[ResponseStore, str], str],
) -> None:
    received, final, sent = finish(store, "a"), finish(store, "b"), finish(store, "c")
    store.handover.mark_sent([sent, received])
    store.handover.mark_received({received: "r-1"})
    began = draft(store)
    now = dt.datetime.now().astimezone()
    day = dt.timedelta(days=1)
    assert store.rights.expire(30, now + 29 * day) == []
    assert store.rights.expire(30, now - 400 * day) == []  # the clock jumped back
    assert store.rights.expire(30, now + 31 * day) == [received]
    assert {summary.id for summary in store.search()} == {final, sent, began}
    assert store.rights.expire(0, now + 10_000 * day) == []
    assert f"\tresponses\t{received}".encode() not in (tmp_path / "store" / "responses.journal").read_bytes()
    assert store.tombstones() == []


def test_a_disk_that_refuses_changes_nothing(
    store: ResponseStore, draft: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    response = draft(store)

    def refuse(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr("survey_tui.files.append", refuse)
        with pytest.raises(StoreError, match="store_disk_full"):
            store.rights.withdraw([response], AT)
    assert len(store.events(response)) == 4
    assert store.tombstones() == []


# --- backups
@pytest.fixture
def card(tmp_path: Path) -> Path:
    directory = tmp_path / "card"
    directory.mkdir()
    return directory


def owing(store: ResponseStore) -> list[str]:
    return [notice.details["path"] for notice in store.notices if notice.code == "backup_owes"]


def secrets_in(*places: Path) -> list[str]:
    found = b"".join(everything(place) for place in places)
    return [text for text in (SECRET, CODE, "canonical") if text.encode() in found]


def test_what_is_withdrawn_leaves_backups_caches_and_crash_reports(
    tmp_path: Path, draft: Callable[..., str], card: Path
) -> None:
    """By the raw bytes of the home and of the card, when the withdrawal returns."""
    home = tmp_path / "home"
    with ResponseStore.open(home, backup_dir=card) as store:
        response, kept = draft(store), store.new_id()
        store.begin(Started(AT, response_id=kept, form_id="short", form_version="1", commune="32060"))
        store.finalise(response, Finalised(AT), canonical(CODE))
    (backup,) = card.glob("*.journal")
    (card / f"{backup.name}.older-1").write_bytes(backup.read_bytes())
    backup.with_suffix(".new").write_bytes(backup.read_bytes())  # the program was killed there
    (home / "store" / "responses.new").write_bytes(backup.read_bytes())
    write_report(home, ValueError(SECRET, CODE))
    assert secrets_in(card) == [SECRET, CODE, "canonical"]
    with ResponseStore.open(home, backup_dir=card) as store:
        store.rights.withdraw(store.rights.find(CODE), AT)
        assert secrets_in(home, card) == []
        assert owing(store) == []
        assert [summary.id for summary in store.search()] == [kept]
    assert secrets_in(home, card) == []
    assert kept.encode() in everything(card)


@pytest.mark.slow
@pytest.mark.parametrize("remembered", [True, False], ids=["automatic", "once"])
def test_a_card_that_is_out_owes_the_erasure_until_it_is_back(
    tmp_path: Path, finish: Callable[[ResponseStore, str], str], card: Path, remembered: bool
) -> None:
    home, drawer = tmp_path / "home", tmp_path / "drawer"
    place = card if remembered else None
    with ResponseStore.open(home, backup_dir=place) as store:
        response = finish(store, CODE)
        if not remembered:
            back_up_home(home, card)
    assert response.encode() in everything(card)
    card.rename(drawer)
    with ResponseStore.open(home, backup_dir=place) as store:
        store.rights.withdraw(store.rights.find(CODE), AT)
        assert owing(store) == [str(card)]
    assert [finding.code for finding in check_store(home)] == ["backup_owes"]
    card.mkdir()  # another card in its place does not count
    with ResponseStore.open(home, backup_dir=place) as store:
        assert owing(store) == [str(card)]
    shutil.rmtree(card)
    drawer.rename(card)
    with ResponseStore.open(home, backup_dir=place):
        pass
    line = f"\tput\tresponses\t{response}".encode()
    assert line not in everything(card)
    assert secrets_in(home, card) == []
    assert check_store(home) == []


def test_what_expired_leaves_the_backups_too(
    tmp_path: Path, finish: Callable[[ResponseStore, str], str], card: Path
) -> None:
    with ResponseStore.open(tmp_path / "home", backup_dir=card) as store:
        response = finish(store, CODE)
    (backup,) = card.glob("*.journal")
    (card / f"{backup.name}.older-1").write_bytes(backup.read_bytes())
    with ResponseStore.open(tmp_path / "home", backup_dir=card) as store:
        store.handover.mark_received({response: "r-1"})
        assert store.rights.expire(1, dt.datetime.now().astimezone() + dt.timedelta(days=2)) == [response]
    assert f"\tresponses\t{response}".encode() not in everything(card)


@pytest.mark.slow
def test_a_backup_by_hand_settles_what_its_place_owed(
    tmp_path: Path, finish: Callable[[ResponseStore, str], str], card: Path
) -> None:
    home = tmp_path / "home"
    with ResponseStore.open(home) as store:
        finish(store, CODE)
        back_up_home(home, card)
    shutil.rmtree(card)
    with ResponseStore.open(home) as store:
        store.rights.withdraw(store.rights.find(CODE), AT)
        assert owing(store) == [str(card)]
    card.mkdir()
    back_up_home(home, card)
    assert check_store(home) == []
    assert secrets_in(home, card) == []
