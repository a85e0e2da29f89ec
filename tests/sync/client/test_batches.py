"""Two requests at a time over a quick line; whatever happens to one of them, everything arrives once."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from survey_sync.client.batches import BatchSizer
from survey_sync.client.outbox import Outbox

from survey_tui.errors import ExitCode
from tests.support.devices import Home, Server
from tests.sync.faults.proxy import Fault, FaultProxy


def small_batches(home: Home) -> None:
    with Outbox(home.folder.outbox(), writable=True) as outbox:
        outbox.store_batch_size(1200)


class Meeting:
    """A plan under which a batch waits a little for another one; ``met``: two were there at once.

    ``faults`` come to the first batches after the question for the terms and one that shows the line.
    """

    def __init__(self, *faults: Fault) -> None:
        self.met = False
        self._count = itertools.count(-2)
        self._both = threading.Barrier(2)
        self._faults = faults

    def __call__(self) -> Fault:
        number = next(self._count)
        if number >= 0 and not self.met:
            try:
                self._both.wait(0.5)  # a line that keeps one waiting for longer is not quick
                self.met = True
            except threading.BrokenBarrierError:
                self._both.reset()
        return self._faults[number] if 0 <= number < len(self._faults) else Fault()


def test_two_requests_are_under_way(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 120)
    small_batches(home)
    plan = Meeting()
    with FaultProxy(server.address, plan) as proxy:
        report = home.push(url=proxy.url)
    assert plan.met
    assert report.counts == {"stored": 120}


@pytest.mark.parametrize(
    "kind", ["cut_in_request", "cut_after_request", "cut_in_reply", "corrupt_reply", "error_500"]
)
@pytest.mark.parametrize("which", [{0}, {1}, {0, 1}])
def test_a_fault_of_either_costs_nothing(server: Server, tmp_path: Path, kind: str, which: set[int]) -> None:
    home = server.device(tmp_path / "a", 120)
    small_batches(home)
    plan = Meeting(*(Fault(kind) if number in which else Fault() for number in range(2)))
    with FaultProxy(server.address, plan) as proxy:
        report = home.push(url=proxy.url, deadline=20)
    assert report.exit_code == ExitCode.OK, report
    assert report.delivered == 120
    assert server.stored(home) == {rid: [line] for rid, line in home.bytes_of().items()}
    assert set(home.statuses().values()) == {"received"}


def test_a_batch_accepted_during_a_failure_is_not_sent_again(server: Server, tmp_path: Path) -> None:
    home = server.device(tmp_path / "a", 120)
    small_batches(home)
    plan = Meeting(Fault("cut_before_request"), Fault())
    with FaultProxy(server.address, plan) as proxy:
        report = home.push(url=proxy.url, deadline=20)
    assert report.counts == {"stored": 120}  # and none "present"


def test_one_at_a_time_after_a_failure_and_over_a_slow_line() -> None:
    sizer = BatchSizer(first_reply_seconds=0.02)
    assert sizer.is_quick
    sizer.record_failure()
    assert not sizer.is_quick
    sizer.record_reply(1000, 0.3)
    assert sizer.is_quick
    sizer.record_reply(1000, 3.0)
    assert not sizer.is_quick
    assert not BatchSizer(first_reply_seconds=0.3).is_quick


@given(st.lists(st.one_of(st.none(), st.tuples(st.integers(1, 1 << 21), st.floats(0.001, 100))), max_size=60))
def test_batches_stay_within_bounds(steps: list[tuple[int, float] | None]) -> None:
    sizer = BatchSizer()
    for step in steps:
        before = sizer.size
        if step is None:
            sizer.record_failure()
            assert sizer.size <= before
        else:
            sizer.record_reply(*step)
        assert 1 << 10 <= sizer.size <= 1 << 20
