"""The life of a response: draft, resumed, final, reopened, sent, received."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, OutcomeRecorded, Reopened, Started, Visited
from survey_tui.store import ResponseStore, check_store
from survey_tui.store.queries import of_form, with_status
from tests.support.store import compact

MOMENT = "2026-11-21T08:30:00.000+07:00"
LATER = "2026-11-21T09:00:00.000+07:00"
CANONICAL = '{"values":[["a/q0","có"],["a/q1",null],["r/p[1]/age","7"]]}'.encode()

Draft = Callable[..., str]


def test_a_draft_is_there_again(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 2, title="Xã hội số", ea="32060-01", household="12")
    store.record(key, Visited(MOMENT, "a/q1"), durable=False)
    store.record(key, OutcomeRecorded(LATER, "completed"))
    store.update_summary(key, answered=2, relevant=9)
    before = store.events(key)
    store.close()
    with ResponseStore.open(tmp_path) as again:
        assert again.events(key) == before
        assert before[-2:] == [Visited(MOMENT, "a/q1"), OutcomeRecorded(LATER, "completed")]
        summary = again.summary(key)
        assert (summary.title, summary.ea, summary.household) == ("Xã hội số", "32060-01", "12")
        assert (summary.answered, summary.relevant, summary.outcome) == (2, 9, "completed")
        assert (summary.started, summary.updated, summary.status) == (MOMENT, LATER, "draft")


def test_visits_wait_for_the_next_answer(store: ResponseStore, draft: Draft, journal_path: Path) -> None:
    key = draft(store, 1)
    before = journal_path.read_bytes()
    store.record(key, Visited(MOMENT, "a/q1"), durable=False)
    assert journal_path.read_bytes() == before
    assert store.events(key)[-1] == Visited(MOMENT, "a/q1")
    store.record(key, Answered(MOMENT, "a/q1", "x"))
    added = journal_path.read_bytes()[len(before) :]
    assert added.count(b"\n") == 1
    assert store.events(key)[-2:] == [Visited(MOMENT, "a/q1"), Answered(MOMENT, "a/q1", "x")]


def test_visits_left_over_are_written_at_the_end(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 1)
    store.record(key, Visited(MOMENT, "a/q7"), durable=False)
    store.close()
    with ResponseStore.open(tmp_path) as again:
        assert again.events(key)[-1] == Visited(MOMENT, "a/q7")


def test_finalising_freezes(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 3)
    events = store.events(key)
    sha256 = store.finalise(key, Finalised(LATER), CANONICAL)
    assert sha256 == hashlib.sha256(CANONICAL).hexdigest()
    for refused in (
        lambda: store.record(key, Answered(LATER, "a/q0", "x")),
        lambda: store.discard_draft(key),
        lambda: store.update_summary(key, answered=1),
        lambda: store.finalise(key, Finalised(LATER), CANONICAL),
    ):
        with pytest.raises(StoreError, match="store_not_a_draft"):
            refused()
    store.close()
    with ResponseStore.open(tmp_path) as again:
        assert again.final_bytes(key) == CANONICAL
        assert again.summary(key).sha256 == sha256
        assert again.events(key) == [*events, Finalised(LATER)]
        assert again.last_saved("short") == {"q0": "có"}
        assert again.last_saved("other") == {}


def test_reopened_until_sent(store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 1)
    with pytest.raises(StoreError, match="store_not_final"):
        store.reopen(key, Reopened(LATER))
    with pytest.raises(StoreError, match="store_not_final"):
        store.final_bytes(key)
    with pytest.raises(StoreError, match="store_not_final"):
        store.handover.mark_sent([key])
    store.finalise(key, Finalised(MOMENT), b"{}")
    store.reopen(key, Reopened(LATER))
    store.record(key, Answered(LATER, "a/q0", "sửa"))
    assert store.summary(key).status == "draft"
    store.finalise(key, Finalised(LATER), CANONICAL)
    assert [type(event).__name__ for event in store.events(key)] == [
        "Started",
        "Answered",
        "Finalised",
        "Reopened",
        "Answered",
        "Finalised",
    ]
    store.handover.mark_sent([key])
    with pytest.raises(StoreError, match="store_already_sent"):
        store.reopen(key, Reopened(LATER))
    store.handover.mark_received({key: "R-1"})
    store.handover.mark_sent([key])
    summary = store.summary(key)
    assert (summary.status, summary.receipt) == ("received", "R-1")
    assert store.final_bytes(key) == CANONICAL


def test_lists(store: ResponseStore, draft: Draft) -> None:
    first, second, third = (draft(store, 1) for _ in range(3))
    store.record(first, Answered(LATER, "a/q0", "x"))
    store.finalise(second, Finalised(MOMENT), b"{}")
    store.discard_draft(third)
    assert [summary.id for summary in store.search()] == [first, second]
    assert [summary.id for summary in store.search(with_status("final"))] == [second]
    assert list(store.search(of_form("other"))) == []
    with pytest.raises(StoreError, match="store_no_response"):
        store.events(third)


def test_lists_are_in_order_across_time_zones_and_clocks_set_back(store: ResponseStore, draft: Draft) -> None:
    moments = {
        draft(store): "2026-11-21T01:00:00.000+00:00",
        draft(store): "2026-11-21T08:30:00.000+07:00",
        draft(store): "2026-11-20T23:45:00.000-03:00",
        draft(store): "1970-01-01T07:00:00.000+07:00",  # an empty battery
    }
    for key, moment in moments.items():
        store.record(key, Answered(moment, "a/q0", "x"))
        store.finalise(key, Finalised(moment), CANONICAL)
    first, second, third, fourth = moments
    assert [summary.id for summary in store.search()] == [third, second, first, fourth]
    assert [len(store.events(key)) for key in moments] == [6] * 4
    assert store.summary(fourth).updated == moments[fourth]
    assert store.last_saved("short") == {"q0": "có"}


def test_an_id_is_used_once(store: ResponseStore, draft: Draft) -> None:
    key = draft(store)
    with pytest.raises(StoreError, match="store_id_taken"):
        store.begin(Started(MOMENT, response_id=key, form_id="short"))


def test_ids_increase_even_when_the_clock_jumps_back(
    store: ResponseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [store.new_id() for _ in range(2000)]
    monkeypatch.setattr("time.time_ns", lambda: 1)
    ids += [store.new_id() for _ in range(2000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    parsed = uuid.UUID(ids[-1])
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)


def test_only_the_owner_can_read(store: ResponseStore, draft: Draft, journal_path: Path) -> None:
    draft(store)
    compact(store)
    assert stat.S_IMODE(journal_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal_path.parent.stat().st_mode) == 0o700
    journal_path.chmod(0o644)
    assert [finding.code for finding in check_store(journal_path.parents[1])] == ["readable_by_others"]


def test_text_that_is_not_text_is_refused(store: ResponseStore, draft: Draft) -> None:
    key = draft(store, 1)
    with pytest.raises(StoreError, match="store_bad_text"):
        store.record(key, Answered(MOMENT, "a/q0", "bí mật \udc80"))
    assert len(store.events(key)) == 2


def test_hostile_text_comes_back_as_it_was(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    text = 'a\tb\nc\r\x00\x1b[31m[red]"\\\u2028' * 50
    key = draft(store, 0, title=text, household=text)
    store.record(key, Answered(MOMENT, text, text))
    store.close()
    assert check_store(tmp_path) == []
    with ResponseStore.open(tmp_path) as again:
        assert again.events(key)[-1] == Answered(MOMENT, text, text)
        assert again.summary(key).title == text


@pytest.mark.slow
def test_what_is_slow_to_import_stays_away(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from survey_tui.store import ResponseStore; "
        "ResponseStore.open(Path(sys.argv[1])).close(); "
        "print([m for m in ('asyncio', 'filelock', 'textual', 'base64') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
