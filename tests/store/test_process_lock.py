"""One writer at a time; a second program reads, and follows."""

from __future__ import annotations

import errno
import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, Reopened, Visited
from survey_tui.store import ResponseStore, check_store, repair_store
from tests.support.store import compact

MOMENT = "2026-11-21T08:30:00.000+07:00"

Draft = Callable[..., str]

HOLD = """
import sys, time
from pathlib import Path
from survey_tui.store import ResponseStore
store = ResponseStore.open(Path(sys.argv[1]))
print(store.read_only, flush=True)
time.sleep(60)
"""


def test_the_second_reads_and_follows(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    first = draft(store)
    with ResponseStore.open(tmp_path) as second:
        assert second.read_only
        assert [notice.code for notice in second.notices] == ["in_use"]
        with pytest.raises(StoreError, match="store_read_only"):
            draft(second)
        with pytest.raises(StoreError, match="store_read_only"):
            compact(second)
        store.record(first, Answered(MOMENT, "a/q0", "mới"))
        new = draft(store)
        second.refresh()
        assert second.events(first) == store.events(first)
        assert second.events(new) == store.events(new)
        store.finalise(first, Finalised(MOMENT), b"{}")
        compact(store)
        second.refresh()
        assert second.final_bytes(first) == b"{}"
        assert list(second.search()) == list(store.search())
        with pytest.raises(StoreError, match="store_in_use"):
            repair_store(tmp_path)


def test_sync_writes_during_an_interview(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    done, going, reopened = draft(store), draft(store), draft(store)
    for key in (done, reopened):
        store.finalise(key, Finalised(MOMENT), b"{}")
    with ResponseStore.open(tmp_path, exclusive=False) as sync:
        assert not sync.read_only
        assert sync.notices == ()
        store.record(going, Visited(MOMENT, "a/q1"), durable=False)
        store.update_summary(going, answered=3, relevant=9)
        sync.handover.mark_sent([done])
        store.record(going, Answered(MOMENT, "a/q1", "mới"))  # takes up the mark first
        assert store.summary(done).status == "sent"
        assert store.summary(going).answered == 3
        store.reopen(reopened, Reopened(MOMENT))
        with pytest.raises(StoreError, match="store_not_final"):
            sync.handover.mark_sent([reopened])
        sync.handover.mark_received({done: "R-1"})
        compact(sync)
        store.record(going, Answered(MOMENT, "a/q2", "sau khi dồn"))
        assert sync.refresh()
        assert not sync.refresh()
        assert sync.events(going) == store.events(going)
        assert [type(event).__name__ for event in store.events(going)[-3:]] == ["Visited", *["Answered"] * 2]
        assert store.summary(done).receipt == "R-1"
    assert check_store(tmp_path) == []


def test_a_draft_that_another_program_took_away(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    key, other = draft(store), draft(store)
    with ResponseStore.open(tmp_path, exclusive=False) as sync:
        sync.discard_draft(key)
        sync.finalise(other, Finalised(MOMENT), b"{}")
        with pytest.raises(StoreError, match="store_no_response"):
            store.record(key, Answered(MOMENT, "a/q0", "x"))
        with pytest.raises(StoreError, match="store_not_a_draft"):
            store.record(other, Answered(MOMENT, "a/q0", "x"))
        assert list(store.search()) == list(sync.search())


def test_what_a_killed_program_left_is_set_aside(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    """A program beside this one died in the middle of a line; the next write keeps the torn part."""
    key = draft(store)
    path = tmp_path / "store" / "responses.journal"
    with path.open("ab") as file:
        file.write(b"89abcdef\t5\tadd\tresponses\thalf a li")
    store.record(key, Answered(MOMENT, "a/q0", "y"))
    assert [notice.code for notice in store.notices] == ["torn"]
    assert [finding.code for finding in check_store(tmp_path)] == ["set_aside"]
    assert len(store.events(key)) == 5


def test_damage_by_another_program_stops_writing(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    key = draft(store)
    events = store.events(key)
    with (tmp_path / "store" / "responses.journal").open("ab") as file:
        file.write(b"89abcdef\t5\tadd\tresponses\tno line at all\n")
    with pytest.raises(StoreError, match="store_read_only"):
        store.record(key, Answered(MOMENT, "a/q0", "y"))
    assert store.read_only
    assert "damaged" in {notice.code for notice in store.notices}
    assert store.summary(key).status == "draft"
    with suppress(StoreError):  # which draft the line was about nobody knows
        assert store.events(key) == events


def test_a_journal_that_was_taken_away_is_no_place_for_answers(
    tmp_path: Path, store: ResponseStore, draft: Draft
) -> None:
    key = draft(store)
    (tmp_path / "store" / "responses.journal").unlink()
    with pytest.raises(StoreError, match="store_io"):
        store.record(key, Answered(MOMENT, "a/q0", "y"))


def test_a_reader_sees_that_a_line_was_taken_back(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    """Another line of the same length in the place of the last one that was read."""
    key = draft(store)
    path = tmp_path / "store" / "responses.journal"
    before = path.read_bytes()
    with ResponseStore.open(tmp_path, read_only=True) as reader:
        store.record(key, Answered(MOMENT, "a/q0", "a"))
        reader.refresh()
        path.write_bytes(before)
        with ResponseStore.open(tmp_path, exclusive=False) as other:
            other.record(key, Answered(MOMENT, "a/q0", "b"))
        assert reader.refresh()
        assert reader.events(key)[-1] == Answered(MOMENT, "a/q0", "b")


def test_offsets_of_before_a_compaction_never_give_another_response(
    tmp_path: Path, store: ResponseStore, draft: Draft
) -> None:
    keys = [draft(store) for _ in range(5)]
    with ResponseStore.open(tmp_path) as second:
        events = {key: store.events(key) for key in keys}
        store.discard_draft(keys[0])
        compact(store)
        assert {key: second.events(key) for key in keys} == events  # the old file, still open


def test_reading_while_a_line_is_being_written(tmp_path: Path, store: ResponseStore, draft: Draft) -> None:
    key = draft(store)
    path = tmp_path / "store" / "responses.journal"
    with ResponseStore.open(tmp_path) as second:
        store.record(key, Answered(MOMENT, "a/q0", "mới"))
        whole = path.read_bytes()
        path.write_bytes(whole[:-10])
        second.refresh()
        assert len(second.events(key)) == 4
        path.write_bytes(whole)
        second.refresh()
        assert len(second.events(key)) == 5
        assert [notice.code for notice in second.notices] == ["in_use"]


def test_a_reader_of_an_empty_home_creates_nothing(tmp_path: Path, draft: Draft) -> None:
    with ResponseStore.open(tmp_path / "home", read_only=True) as reader:
        assert list(reader.search()) == []
        assert not (tmp_path / "home").exists()
        with ResponseStore.open(tmp_path / "home") as writer:
            draft(writer)
        reader.refresh()
        assert len(reader.search()) == 1


def test_the_lock_of_a_killed_program_is_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "False\n"
        with ResponseStore.open(tmp_path) as store:
            assert store.read_only
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only


@pytest.fixture(params=[errno.ENOSYS, errno.ENOTSUP, errno.EINVAL])
def no_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(request.param, "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.mark.usefixtures("no_locks")
def test_storage_without_locks(tmp_path: Path, draft: Draft) -> None:
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
        assert [notice.code for notice in store.notices] == ["soft_lock"]
        key = draft(store)
        with ResponseStore.open(tmp_path) as second:
            assert second.read_only
        with ResponseStore.open(tmp_path, exclusive=False) as sync:
            sync.record(key, Answered(MOMENT, "a/q0", "x"))
            store.record(key, Answered(MOMENT, "a/q0", "y"))
            assert len(store.events(key)) == 6
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
    assert not list((tmp_path / "store").glob("*.soft"))


HOLD_SOFTLY = """
import fcntl, errno, os, sys
from pathlib import Path
def refuse(descriptor, operation):
    raise OSError(errno.ENOSYS, "no locks here")
fcntl.flock = refuse
from survey_tui.store import ResponseStore
store = ResponseStore.open(Path(sys.argv[1]))
with store._journal.writing():
    print(store.read_only, flush=True)
    os.read(0, 1)
"""


@pytest.mark.slow
@pytest.mark.usefixtures("no_locks")
def test_the_lock_file_of_a_killed_program_is_taken_over(tmp_path: Path, draft: Draft) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_SOFTLY, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "False\n"
        with ResponseStore.open(tmp_path) as second:
            assert second.read_only
            assert [notice.code for notice in second.notices] == ["soft_lock", "in_use"]
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert len(list((tmp_path / "store").glob("*.soft"))) == 2
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
        draft(store)
