"""Sealed responses: what is left on the device, and what the office opens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from survey_tui.errors import StoreError
from survey_tui.interview.events import Finalised, Reopened
from survey_tui.store import ResponseStore, Seal, check_store
from survey_tui.store.crypto.organisation_keys import key_id, new_private_key, public_text
from survey_tui.store.crypto.sealing import is_sealed, open_envelope

AT = "2026-11-21T09:00:00.000+07:00"
SECRET = "bí mật của hộ số mười hai"
CANONICAL = (
    json.dumps({"values": [["a/q0", SECRET]]}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
)


@pytest.fixture(scope="module")
def office() -> X25519PrivateKey:
    return new_private_key()


@pytest.fixture
def seal(office: X25519PrivateKey) -> Seal:
    return Seal(public_text(office.public_key()), "32060-01-12-4711")


def everything(directory: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file())


def open_sealed(frozen: bytes, private_key: X25519PrivateKey) -> bytes:
    return open_envelope(frozen, {key_id(public_text(private_key.public_key())): private_key}).canonical


def finish(store: ResponseStore, draft: Callable[..., str], seal: Seal) -> str:
    key = draft(store, 3, title="Khảo sát", household="12", ea="32060-01")
    store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    return key


def test_the_office_opens_what_the_device_cannot(
    store: ResponseStore, draft: Callable[..., str], seal: Seal, office: X25519PrivateKey
) -> None:
    key = draft(store, 3)
    events = store.events(key)
    digest = store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    frozen = store.final_bytes(key)
    assert digest == hashlib.sha256(frozen).hexdigest() == store.summary(key).sha256
    assert frozen.count(b"\n") == 1
    assert frozen.endswith(b"}\n")
    assert is_sealed(frozen)
    assert open_sealed(frozen, office) == CANONICAL
    opened = open_envelope(frozen, {key_id(seal.key): office})
    assert opened.events == [*events, Finalised(AT)]
    assert store.events(key) == []


def test_what_stays_readable(store: ResponseStore, draft: Callable[..., str], seal: Seal) -> None:
    key = finish(store, draft, seal)
    envelope = json.loads(store.final_bytes(key))
    sealed = envelope.pop("sealed")
    assert list(envelope) == sorted(envelope)
    assert envelope == {
        "commune": "32060",
        "finished": AT,
        "form_id": "short",
        "form_version": "1",
        "key_id": key_id(seal.key),
        "response_id": key,
        "seal": "hpke-base-x25519-sha256-chacha20poly1305/1",
        "started": "2026-11-21T08:30:00.000+07:00",
        "status": "final",
    }
    assert len(sealed) > 100
    summary = store.summary(key)
    assert (summary.ea, summary.household, summary.username, summary.outcome) == ("", "", "", "")
    assert summary.sealed == key_id(seal.key)


@pytest.mark.slow
@pytest.mark.parametrize(
    "field", ["form_id", "form_version", "response_id", "commune", "started", "finished"]
)
def test_what_is_readable_cannot_be_changed(
    store: ResponseStore, draft: Callable[..., str], seal: Seal, office: X25519PrivateKey, field: str
) -> None:
    envelope = json.loads(store.final_bytes(finish(store, draft, seal)))
    envelope[field] += "x"
    with pytest.raises(StoreError, match="seal_not_opened"):
        open_sealed(json.dumps(envelope).encode(), office)


def test_another_key_does_not_open_it(store: ResponseStore, draft: Callable[..., str], seal: Seal) -> None:
    frozen = store.final_bytes(finish(store, draft, seal))
    with pytest.raises(StoreError, match="seal_other_key"):
        open_sealed(frozen, new_private_key())
    with pytest.raises(StoreError, match="seal_not_opened"):
        open_envelope(frozen, {key_id(seal.key): new_private_key()})
    with pytest.raises(StoreError, match="seal_not_an_envelope"):
        open_sealed(CANONICAL, new_private_key())


def test_the_plaintext_leaves_the_disk_at_once(
    tmp_path: Path, store: ResponseStore, draft: Callable[..., str], seal: Seal
) -> None:
    key = draft(store, 3, household="hộ mười hai")
    assert "câu trả lời 2".encode() in everything(tmp_path)
    generation = store._journal.generation
    store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    for text in ("câu trả lời", SECRET, "hộ mười hai", "a/q0", seal.code):
        assert text.encode() not in everything(tmp_path), text
    assert store._journal.generation == generation + 1
    assert check_store(tmp_path) == []


def test_copies_of_the_draft_go_too(
    tmp_path: Path, store: ResponseStore, draft: Callable[..., str], seal: Seal, journal_path: Path
) -> None:
    key, other = draft(store, 2), draft(store, 2)
    lines = journal_path.read_bytes().splitlines(keepends=True)
    about = [line for line in lines if key.encode() in line]
    kept = next(line for line in lines if other.encode() in line)
    torn = journal_path.with_name("responses.journal.torn-1")
    torn.write_bytes(about[-1][: -len(about[-1]) // 4])
    damaged = journal_path.with_name("responses.journal.damaged-1")
    damaged.write_bytes(about[0] + kept)
    store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    assert not torn.exists()
    assert damaged.read_bytes() == kept


def test_a_sealed_response_is_not_reopened_and_can_be_sent(
    tmp_path: Path, store: ResponseStore, draft: Callable[..., str], seal: Seal
) -> None:
    key = finish(store, draft, seal)
    with pytest.raises(StoreError, match="store_sealed"):
        store.reopen(key, Reopened(AT))
    assert store.last_saved("short") == {}
    store.handover.mark_sent([key])
    store.handover.mark_received({key: "r-1"})
    store.close()
    with ResponseStore.open(tmp_path) as again:
        assert again.summary(key).status == "received"
        assert is_sealed(again.final_bytes(key))


def test_erasing_that_the_disk_refused_is_done_at_the_next_start(
    tmp_path: Path, draft: Callable[..., str], seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ResponseStore.open(tmp_path)
    key = draft(store)

    def full(*_: object) -> None:
        raise StoreError("store_disk_full", path="")

    with monkeypatch.context() as patch:
        patch.setattr("survey_tui.store.erasure.rewrite", full)
        store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    assert "erasure_owed" in [notice.code for notice in store.notices]
    assert "câu trả lời".encode() in everything(tmp_path)
    store.close()
    with ResponseStore.open(tmp_path) as again:
        assert again.summary(key).status == "final"
        assert "câu trả lời".encode() not in everything(tmp_path)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store counts as one in which writing anew takes seconds."""
    monkeypatch.setattr("survey_tui.store.erasure._LARGE_BYTES", 0)


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.usefixtures("large")
def test_in_a_large_store_the_plaintext_leaves_at_the_end_of_the_program(
    tmp_path: Path, draft: Callable[..., str], seal: Seal, killed: bool
) -> None:
    """Or at the next start, if there was no end."""
    store = ResponseStore.open(tmp_path)
    key, generation = draft(store), store._journal.generation
    store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
    assert store._journal.generation == generation
    assert store.events(key) == []
    assert [finding.code for finding in check_store(tmp_path)] == ["erasure_pending"]
    if killed:
        store.db.close()  # nothing of what the end does
        ResponseStore.open(tmp_path)
    else:
        store.close()
    for text in ("câu trả lời", SECRET, "a/q0", seal.code):
        assert text.encode() not in everything(tmp_path), text
    assert check_store(tmp_path) == []


@pytest.mark.slow
@pytest.mark.usefixtures("large")
def test_no_more_than_seven_wait(
    tmp_path: Path, store: ResponseStore, draft: Callable[..., str], seal: Seal
) -> None:
    for number in range(8):
        key = draft(store)
        store.finalise(key, Finalised(AT), CANONICAL, seal=seal)
        assert ("câu trả lời".encode() in everything(tmp_path)) == (number < 7)


@pytest.mark.usefixtures("large")
def test_a_withdrawal_never_waits(
    tmp_path: Path, store: ResponseStore, draft: Callable[..., str], seal: Seal
) -> None:
    sealed = draft(store)
    store.finalise(sealed, Finalised(AT), CANONICAL, seal=seal)
    store.rights.withdraw([sealed], AT)
    assert "câu trả lời".encode() not in everything(tmp_path)
