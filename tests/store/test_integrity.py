"""Cut anywhere, changed anywhere: earlier lines stay, and nothing wrong is shown as right."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Event, Finalised, Visited
from survey_tui.store import ResponseStore, check_store, repair_store
from survey_tui.store.queries import drafts

MOMENT = "2026-11-21T08:30:00.000+07:00"
FLIPS = int(os.environ.get("SURVEY_STORE_FLIPS", "400"))


def put_journal(home: Path, data: bytes) -> None:
    """A home whose journal has just these bytes, for its owner only."""
    (home / "store").mkdir(parents=True, exist_ok=True)
    path = home / "store" / "responses.journal"
    path.unlink(missing_ok=True)  # ext4 syncs a file that is emptied and written again
    path.write_bytes(data)
    path.chmod(0o600)


@pytest.fixture
def journal(tmp_path: Path, draft: Callable[..., str]) -> bytes:
    """A journal with a final response, two drafts with corrected answers, a discarded one."""
    home = tmp_path / "origin"
    with ResponseStore.open(home) as store:
        keys = [draft(store, 4, title="Xã hội số", household=str(number)) for number in range(4)]
        store.finalise(keys[0], Finalised(MOMENT), '{"values":[["a/q0","có"]]}'.encode())
        store.record(keys[1], Answered(MOMENT, "a/q0", "sửa lại"))
        store.handover.mark_sent([keys[0]])
        store.discard_draft(keys[3])
        store.record(keys[2], Answered(MOMENT, "a/q1", "sửa lại"))
        store.record(keys[1], Answered(MOMENT, "a/q1", "sửa nữa"))
    return (home / "store" / "responses.journal").read_bytes()


def _shown(store: ResponseStore) -> dict[str, list[Event]]:
    """What each readable response says."""
    shown = {}
    for summary in store.search():
        try:
            shown[summary.id] = store.events(summary.id)
            if summary.status != "draft":
                store.final_bytes(summary.id)
        except StoreError:
            shown.pop(summary.id, None)
    return shown


def _opened(home: Path, data: bytes, *, read_only: bool = False) -> ResponseStore:
    put_journal(home, data)
    return ResponseStore.open(home, read_only=read_only)


@pytest.mark.slow
def test_cut_at_every_byte(tmp_path: Path, journal: bytes) -> None:
    ends = [0, *(at + 1 for at, byte in enumerate(journal) if byte == ord("\n"))]
    at_end: dict[int, dict[str, list[Event]]] = {}
    for cut in range(len(journal) + 1):
        with _opened(tmp_path, journal[:cut], read_only=True) as store:
            assert store.notices == ()
            if cut in ends:
                at_end[cut] = _shown(store)
            assert _shown(store) == at_end[max(end for end in ends if end <= cut)]


@pytest.mark.slow
def test_cut_and_opened_for_writing(tmp_path: Path, journal: bytes) -> None:
    """The torn line goes into a copy (every 23rd place and around line ends, as each costs five syncs)."""
    ends = [0, *(at + 1 for at, byte in enumerate(journal) if byte == ord("\n"))]
    near = {end + step for end in ends[:4] for step in (-1, 0, 1)}
    for cut in sorted({*range(0, len(journal), 23), *near} - {-1}):
        whole = max(end for end in ends if end <= cut)
        with _opened(tmp_path, journal[:whole], read_only=True) as store:
            before = _shown(store)
        with _opened(tmp_path, journal[:cut]) as store:
            assert _shown(store) == before
            assert not store.read_only
            assert [notice.code for notice in store.notices] == ([] if cut == whole else ["torn"])
        copies = list((tmp_path / "store").glob("*.torn-*"))
        assert [copy.read_bytes() for copy in copies] == ([] if cut == whole else [journal[whole:cut]])
        for copy in copies:
            copy.unlink()


def test_goes_on_after_a_torn_tail(tmp_path: Path, journal: bytes, draft: Callable[..., str]) -> None:
    with _opened(tmp_path, journal[:-7]) as store:
        key = draft(store)
        before = _shown(store)
    with ResponseStore.open(tmp_path) as store:
        assert store.notices == ()
        assert _shown(store) == before
        assert len(store.events(key)) == 4


@pytest.mark.slow
def test_random_flips_are_always_found(tmp_path: Path, journal: bytes) -> None:
    """One byte changed anywhere: a finding, and no response that reads otherwise than before."""
    right = _shown(_opened(tmp_path / "right", journal, read_only=True))
    dice = random.Random(20261121)
    for _ in range(FLIPS):
        at, change = dice.randrange(len(journal)), dice.randrange(1, 256)
        damaged = bytearray(journal)
        damaged[at] ^= change
        home = tmp_path / "damaged"
        put_journal(home, bytes(damaged))
        findings = check_store(home)
        assert [f for f in findings if f.severity != "info"], (at, change)
        with ResponseStore.open(home, read_only=True) as store:
            for key, events in _shown(store).items():
                # A response that was discarded may come back when the line that says so is lost.
                assert events == right.get(key, events), (at, change)


@pytest.mark.slow
def test_every_byte_of_the_middle(tmp_path: Path, journal: bytes) -> None:
    """Whatever byte of a middle line changes, the other responses stay readable and the store says so."""
    lines = journal.splitlines(keepends=True)
    start = sum(map(len, lines[:7]))
    right = _shown(_opened(tmp_path / "right", journal, read_only=True))
    for at in range(start, start + len(lines[7])):
        damaged = bytearray(journal)
        damaged[at] ^= 0x01
        with _opened(tmp_path / "middle", bytes(damaged)) as store:
            assert store.read_only
            assert "damaged" in {notice.code for notice in store.notices}
            shown = _shown(store)
            assert len(shown) >= len(right) - 1
            assert all(right[key] == events for key, events in shown.items() if key in right)


@pytest.mark.slow
def test_repair_keeps_everything_sound_and_sets_the_rest_aside(tmp_path: Path, journal: bytes) -> None:
    right = _shown(_opened(tmp_path / "right", journal, read_only=True))
    lines = journal.splitlines(keepends=True)
    for number in range(1, len(lines)):
        home = tmp_path / f"line-{number}"
        bad = lines[number][:30] + b"#" + lines[number][31:]
        put_journal(home, b"".join([*lines[:number], bad, *lines[number + 1 :]]))
        report = repair_store(home)
        assert any(finding.line == number + 1 for finding in report.findings)
        assert bad in b"".join(copy.read_bytes() for copy in report.quarantined)
        assert {f.code for f in check_store(home)} <= {"set_aside"}
        with ResponseStore.open(home) as store:
            assert not store.read_only
            for key, events in _shown(store).items():
                if key in right and key not in report.doubtful:
                    assert events == right[key]
            for summary in store.search(drafts()):
                store.record(summary.id, Visited(MOMENT, "a/q9"))
                assert store.events(summary.id)[-1] == Visited(MOMENT, "a/q9")


def test_repair_of_a_sound_store_changes_nothing(tmp_path: Path, journal: bytes) -> None:
    put_journal(tmp_path, journal)
    report = repair_store(tmp_path)
    assert report.findings == ()
    assert report.quarantined == ()
    assert (tmp_path / "store" / "responses.journal").read_bytes() == journal


def test_repair_keeps_a_torn_tail(tmp_path: Path, journal: bytes) -> None:
    put_journal(tmp_path, journal[:-9])
    assert [finding.code for finding in check_store(tmp_path)] == ["torn_tail"]
    (copy,) = repair_store(tmp_path).quarantined
    assert journal.endswith(copy.read_bytes() + journal[-9:])


def test_lost_and_repeated_lines(tmp_path: Path, journal: bytes) -> None:
    lines = journal.splitlines(keepends=True)
    put_journal(tmp_path, b"".join(lines[:5] + lines[6:]))
    assert "missing" in {finding.code for finding in check_store(tmp_path)}
    put_journal(tmp_path, b"".join([*lines, lines[5]]))
    assert [finding.code for finding in check_store(tmp_path)] == ["out_of_order"]
    assert ResponseStore.open(tmp_path).read_only


def test_a_sector_that_never_reached_the_disk(tmp_path: Path, journal: bytes) -> None:
    """The last line has its line feed but zeros in its middle: a torn write, not damage."""
    put_journal(tmp_path, journal[:-60] + bytes(40) + journal[-20:])
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
        assert [notice.code for notice in store.notices] == ["torn"]


def test_zeros_in_the_middle_are_damage(tmp_path: Path, journal: bytes) -> None:
    """What a torn write looks like is damage when sound lines follow; whose lines they were, nobody knows."""
    lines = journal.splitlines(keepends=True)
    holes = [bytes(len(line) - 1) + b"\n" for line in lines[-4:-1]]
    put_journal(tmp_path, b"".join([*lines[:-4], *holes, lines[-1]]))
    with ResponseStore.open(tmp_path) as store:
        assert store.read_only
        assert all(store.summary(key).status != "draft" for key in _shown(store))
    (copy,) = repair_store(tmp_path).quarantined
    assert copy.read_bytes() == b"".join(holes)
    with ResponseStore.open(tmp_path) as store:
        assert not store.read_only
        assert len(_shown(store)) == len(store.search()) > 1


@pytest.mark.slow
def test_a_change_of_several_lines_counts_as_a_whole(tmp_path: Path, draft: Callable[..., str]) -> None:
    with ResponseStore.open(tmp_path / "origin") as store:
        keys = [draft(store) for _ in range(3)]
        for key in keys:
            store.finalise(key, Finalised(MOMENT), b"{}")
        before = (tmp_path / "origin" / "store" / "responses.journal").read_bytes()
        store.handover.mark_received({key: f"R-{key}" for key in keys})
    after = (tmp_path / "origin" / "store" / "responses.journal").read_bytes()
    for cut in range(len(before), len(after)):
        with _opened(tmp_path / "cut", after[:cut]) as store:
            assert {summary.status for summary in store.search()} == {"final"}
            store.handover.mark_sent(keys)
            assert {summary.status for summary in store.search()} == {"sent"}


def test_a_newer_version_is_read_only(tmp_path: Path, journal: bytes) -> None:
    from survey_tui.store.journal.format import FileHeader, header_line

    rest = journal[journal.index(b"\n") + 1 :]
    put_journal(tmp_path, header_line(FileHeader(version=99)) + rest)
    with ResponseStore.open(tmp_path) as store:
        assert store.read_only
        assert [notice.code for notice in store.notices] == ["newer_version"]
        with pytest.raises(StoreError, match="store_read_only"):
            store.finalise(store.search(drafts())[0].id, Finalised(MOMENT), b"{}")
    with pytest.raises(StoreError, match="store_newer_version"):
        repair_store(tmp_path)


def test_not_a_journal_at_all(tmp_path: Path) -> None:
    put_journal(tmp_path, b"hello\nworld\n" * 20)
    with ResponseStore.open(tmp_path) as store:
        assert store.read_only
        assert list(store.search()) == []
