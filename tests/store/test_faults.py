"""Full, dying and read-only disks: the answer is refused, everything acknowledged before stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from survey_tui import files as store_files
from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised
from survey_tui.store import ResponseStore, check_store
from tests.support.store import compact

MOMENT = "2026-11-21T08:30:00.000+07:00"

Draft = Callable[..., str]


class FailingDisk:
    """Lets ``calls`` calls of ``os.<name>`` pass, then fails; a failing write takes half its bytes first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, number: int, calls: int) -> None:
        self.left = calls
        self._real = getattr(os, name)
        self._number = number
        self._halved = False
        monkeypatch.setattr(os, name, self.write if name == "write" else self.other)

    def write(self, descriptor: int, data: bytes) -> int:
        if self.left > 0:
            self.left -= 1
            return int(self._real(descriptor, data))
        if not self._halved and len(data) > 1:
            self._halved = True
            return int(self._real(descriptor, data[: len(data) // 2]))
        raise OSError(self._number, os.strerror(self._number))

    def other(self, *arguments: object) -> object:
        if self.left > 0:
            self.left -= 1
            return self._real(*arguments)
        raise OSError(self._number, os.strerror(self._number))


CODES = {
    errno.ENOSPC: "store_disk_full",
    errno.EDQUOT: "store_disk_full",
    errno.EIO: "store_io",
    errno.EROFS: "store_not_writable",
}


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_refused_answer_leaves_no_trace(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
        before, summary = store.events(key), store.summary(key)
        content = (tmp_path / "store" / "responses.journal").read_bytes()
        with monkeypatch.context() as patch:
            FailingDisk(patch, call, number, 0)
            with pytest.raises(StoreError) as refused:
                store.record(key, Answered(MOMENT, "a/q9", "bí mật"))
        assert refused.value.code == CODES[number]
        assert "bí mật" not in str(refused.value)
        assert refused.value.__cause__ is None
        assert store.events(key) == before
        assert store.summary(key) == summary
        assert (tmp_path / "store" / "responses.journal").read_bytes() == content
        store.record(key, Answered(MOMENT, "a/q9", "lại"))  # there is room again
    with ResponseStore.open(tmp_path) as store:
        assert store.notices == ()
        assert store.events(key) == [*before, Answered(MOMENT, "a/q9", "lại")]


def test_a_disk_that_refuses_to_cut_back_too(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a failed write left stays behind for a while; the next write removes it before it appends."""
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
        before = store.events(key)
        with monkeypatch.context() as patch:
            FailingDisk(patch, "write", errno.EIO, 0)
            FailingDisk(patch, "ftruncate", errno.EIO, 0)
            for _ in range(2):
                with pytest.raises(StoreError, match="store_io"):
                    store.record(key, Answered(MOMENT, "a/q9", "x"))
        assert store.events(key) == before
        store.record(key, Answered(MOMENT, "a/q9", "y"))
    with ResponseStore.open(tmp_path) as store:
        assert store.notices == ()
        assert store.events(key) == [*before, Answered(MOMENT, "a/q9", "y")]


def test_an_interrupted_write_is_taken_back(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", interrupt)
            with pytest.raises(KeyboardInterrupt):
                store.record(key, Answered(MOMENT, "a/q9", "x"))
        store.record(key, Answered(MOMENT, "a/q9", "y"))
        events = store.events(key)
    assert check_store(tmp_path) == []
    with ResponseStore.open(tmp_path) as store:
        assert store.events(key) == events
        assert [event.text for event in events if isinstance(event, Answered)][3:] == ["y"]


@pytest.mark.slow
@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace", "ftruncate"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_fault_at_any_call_of_compaction(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    for calls in range(4):
        home = tmp_path / str(calls)
        with ResponseStore.open(home) as store:
            key = draft(store)
            events = store.events(key)
            with monkeypatch.context() as patch:
                FailingDisk(patch, call, number, calls)
                with suppress(StoreError):
                    compact(store)
            assert store.events(key) == events
            with suppress(StoreError):  # read-only when the new file's name may not be on the disk
                store.record(key, Answered(MOMENT, "a/q9", "y"))
                assert not store.read_only
            events = store.events(key)
        with ResponseStore.open(home) as store:
            assert store.notices == ()
            assert store.events(key) == events


@pytest.mark.slow
@pytest.mark.parametrize("call", ["open", "write", "fsync", "mkdir"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_fault_at_any_call_of_opening(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    for calls in range(5):
        home = tmp_path / str(calls)
        with monkeypatch.context() as patch:
            FailingDisk(patch, call, number, calls)
            with ResponseStore.open(home) as store:
                assert store.read_only == bool(store.notices)
                if store.read_only:
                    with pytest.raises(StoreError, match="store_read_only"):
                        draft(store)
        with ResponseStore.open(home) as store:
            assert not store.read_only
            draft(store)


def test_a_torn_tail_on_a_full_disk_is_not_cut(
    tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
    path = tmp_path / "store" / "responses.journal"
    torn = path.read_bytes()[:-5]
    path.write_bytes(torn)
    with monkeypatch.context() as patch:
        FailingDisk(patch, "write", errno.ENOSPC, 0)
        with ResponseStore.open(tmp_path) as store:
            assert store.read_only
            assert len(store.events(key)) == 3
    assert path.read_bytes() == torn
    assert [p.name for p in path.parent.iterdir() if "torn" in p.name] == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Started
from survey_tui.store import ResponseStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
with ResponseStore.open(Path(sys.argv[1])) as store:
    key = store.new_id()
    store.begin(Started("2026-11-21T08:30:00.000+07:00", response_id=key, form_id="f"))
    done = 0
    try:
        while True:
            store.record(key, Answered("2026-11-21T08:30:00.000+07:00", f"a/q{done}", "x" * (done % 700)))
            done += 1
    except StoreError as error:
        print(error.code, done, len(store.events(key)))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """The kernel itself takes a part of a line and refuses the rest."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    code, answers, events = done.stdout.split()
    assert code == "store_disk_full"
    assert int(events) == int(answers) + 1
    with ResponseStore.open(tmp_path) as store:
        assert store.notices == ()
        (summary,) = store.search()
        assert len(store.events(summary.id)) == int(answers) + 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_write_permission(tmp_path: Path, draft: Draft) -> None:
    with ResponseStore.open(tmp_path) as store:
        key = draft(store)
    (tmp_path / "store" / "responses.journal").chmod(0o400)
    with ResponseStore.open(tmp_path) as store:
        assert [notice.code for notice in store.notices] == ["not_writable"]
        assert len(store.events(key)) == 4


def test_names_are_synced(tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new journal, and one that compaction put in place, have their directory entry on disk."""
    synced: list[Path] = []
    real = store_files.sync_directory

    def note(path: Path) -> None:
        synced.append(path)
        real(path)

    monkeypatch.setattr(store_files, "sync_directory", note)
    with ResponseStore.open(tmp_path / "home") as store:
        assert set(synced) == {tmp_path, tmp_path / "home", tmp_path / "home" / "store"}
        synced.clear()
        store.finalise(draft(store), Finalised(MOMENT), b"{}")
        compact(store)
        assert synced == [tmp_path / "home" / "store"]
