"""Compaction drops what later lines replaced, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, Reopened
from survey_tui.store import ResponseStore, check_store
from tests.support.store import compact

MOMENT = "2026-11-21T08:30:00.000+07:00"

Draft = Callable[..., str]


def _everything(store: ResponseStore) -> list[object]:
    return [
        (summary, store.events(summary.id), store.final_bytes(summary.id) if summary.sha256 else b"")
        for summary in store.search()
    ]


def test_all_that_counts_stays(
    tmp_path: Path, store: ResponseStore, draft: Draft, journal_path: Path
) -> None:
    plain, final, reopened, received, gone = (draft(store, 5, household=str(n)) for n in range(5))
    for key in (final, reopened, received):
        store.finalise(key, Finalised(MOMENT), b'{"values":[]}')
    store.reopen(reopened, Reopened(MOMENT))
    store.record(reopened, Answered(MOMENT, "a/q0", "sửa"))
    store.update_summary(plain, answered=5, relevant=7)
    store.handover.mark_sent([received])
    store.handover.mark_received({received: "R-7"})
    store.discard_draft(gone)
    before, size = _everything(store), journal_path.stat().st_size
    for generation in (2, 3):
        compact(store)
        assert _everything(store) == before
        assert journal_path.stat().st_size < size
        assert f'"generation":{generation}'.encode() in journal_path.read_bytes()
        assert gone.encode() not in journal_path.read_bytes()
    store.record(plain, Answered(MOMENT, "a/q0", "tiếp"))
    after = _everything(store)
    store.close()
    assert check_store(tmp_path) == []
    with ResponseStore.open(tmp_path) as again:
        assert _everything(again) == after


def test_it_happens_by_itself(tmp_path: Path, draft: Draft, journal_path: Path) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store, 0)
        for number in range(30):
            store.record(key, Answered(MOMENT, f"a/q{number}", "x" * 50_000))
        store.finalise(key, Finalised(MOMENT), b"{}")
        assert journal_path.stat().st_size > 1_400_000
    assert journal_path.stat().st_size < 50_000
    with ResponseStore.open(tmp_path) as store:
        assert len(store.events(key)) == 32


def test_a_damaged_line_is_not_copied(store: ResponseStore, draft: Draft, journal_path: Path) -> None:
    """Damage that appears while the store is open stops the compaction; the old file stays."""
    key = draft(store)
    content = bytearray(journal_path.read_bytes())
    content[-20] ^= 1
    journal_path.write_bytes(content)
    with pytest.raises(StoreError, match="store_damaged"):
        compact(store)
    with pytest.raises(StoreError, match="store_damaged"):
        store.events(key)
    assert journal_path.read_bytes() == content


def test_what_a_crash_left_of_it_is_cleared_away(tmp_path: Path, draft: Draft) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
    leftover = tmp_path / "store" / "responses.new"
    leftover.write_bytes(b"half a file")
    with ResponseStore.open(tmp_path) as store:
        assert not leftover.exists()
        assert len(store.events(key)) == 4
