"""One writer at a time; a second program reads, and follows."""

from __future__ import annotations

import errno
import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised
from survey_tui.store import ResponseStore, repair_store

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
            second.compact()
        store.record(first, Answered(MOMENT, "a/q0", "mới"))
        new = draft(store)
        second.refresh()
        assert second.events(first) == store.events(first)
        assert second.events(new) == store.events(new)
        store.finalise(first, Finalised(MOMENT), b"{}")
        store.compact()
        second.refresh()
        assert second.final_bytes(first) == b"{}"
        assert second.summaries() == store.summaries()
        with pytest.raises(StoreError, match="store_in_use"):
            repair_store(tmp_path)


def test_offsets_of_before_a_compaction_never_give_another_response(
    tmp_path: Path, store: ResponseStore, draft: Draft
) -> None:
    keys = [draft(store) for _ in range(5)]
    with ResponseStore.open(tmp_path) as second:
        events = {key: store.events(key) for key in keys}
        store.discard_draft(keys[0])
        store.compact()
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
        assert reader.summaries() == []
        assert not (tmp_path / "home").exists()
        with ResponseStore.open(tmp_path / "home") as writer:
            draft(writer)
        reader.refresh()
        assert len(reader.summaries()) == 1


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


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOTSUP, errno.EINVAL])
def test_storage_without_locks(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
        assert [notice.code for notice in store.notices] == ["soft_lock"]
        draft(store)
        with ResponseStore.open(tmp_path) as second:
            assert second.read_only
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
