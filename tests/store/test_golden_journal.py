"""The journal's bytes stay what version 0.1.0 wrote: one script of every kind of change, compared with the
files that version left."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from survey_tui.interview.events import (
    Answered,
    Finalised,
    FormChanged,
    OutcomeRecorded,
    Reopened,
    Started,
    Visited,
)
from survey_tui.store import CollectedResponse, ResponseStore
from survey_tui.store import handover as handover_module

GOLDEN = Path(__file__).parent / "golden"
MOMENT = "2026-11-21T08:30:00.000+07:00"
CANONICAL = '{"values":[["a/q","Nguyễn \\"Thị\\" \\\\ \\u0001 /"]]}\n'.encode()
HOSTILE = 'a\tb\nc\r\x00\x1b\x7f"\\/\u2028 Hộ 𝕏'
IDS = [f"0198c5a2-7c1e-7a31-9d0e-{number:012d}" for number in range(9)]


@contextmanager
def _nothing_by_chance() -> Iterator[None]:
    compress = zlib.compress
    clock = mock.Mock(wraps=dt, datetime=mock.Mock(wraps=dt.datetime))
    now = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    clock.datetime.now.return_value.astimezone.return_value = now
    with ExitStack() as stack:
        stack.enter_context(mock.patch("os.urandom", lambda length: bytes(range(length))))
        stack.enter_context(mock.patch("zlib.compress", lambda data, _level: compress(data, 0)))
        stack.enter_context(mock.patch.object(handover_module, "dt", clock))
        yield


def _started(key: str, form: str = "short") -> Started:
    return Started(MOMENT, response_id=key, form_id=form, form_version="1", commune="32060", username="AB123")


def _fill(store: ResponseStore) -> None:
    first, second, third, fourth = IDS[:4]
    store.begin(_started(first), title="Khảo sát", ea="32060-01", household="7")
    store.record(first, Visited(MOMENT, "a/q"), durable=False)
    store.update_summary(first, answered=1, relevant=12)
    store.record(first, Answered(MOMENT, "a/q", HOSTILE))
    store.update_summary(first, household=HOSTILE, answered=2)
    store.flush()
    store.record(first, Visited(MOMENT, "a/r"), durable=False)
    store.flush()
    store.record(first, OutcomeRecorded(MOMENT, "absent"))
    store.record(first, FormChanged(MOMENT, form_version="2", form_sha256="00"))
    store.finalise(first, Finalised(MOMENT), CANONICAL)
    store.reopen(first, Reopened(MOMENT))
    store.record(first, Answered(MOMENT, "a/q", "lại"))
    store.finalise(first, Finalised(MOMENT), CANONICAL)
    for key in (second, third):
        store.begin(_started(key, "other"), household="1")
        store.finalise(key, Finalised(MOMENT), CANONICAL)
    store.begin(_started(fourth))
    store.discard_draft(fourth)


def _hand_over(store: ResponseStore) -> None:
    first, second, third = IDS[:3]
    store.handover.mark_sent([first, second])
    store.handover.mark_sent([second, third])
    store.handover.mark_received({second: "r2", third: 'r"3'})
    store.begin(_started(IDS[6]), household="đang hỏi")
    collected = [
        CollectedResponse(
            started=_started(key),
            finished=Finalised(MOMENT),
            canonical=CANONICAL,
            title="Phiếu máy khác",
            household=household,
        )
        for key, household in ((IDS[4], ""), (IDS[5], HOSTILE), (IDS[6], "9"))
    ]
    store.handover.collect(collected)


def _erase(store: ResponseStore) -> None:
    store.rights.withdraw([IDS[0], IDS[4]], MOMENT)
    store.begin(_started(IDS[7]))
    store.rights.withdraw([IDS[7]], MOMENT)
    store.rights.expire(30, dt.datetime(2027, 6, 1, tzinfo=dt.UTC))


def write_journals(directory: Path) -> Iterator[tuple[str, bytes]]:
    with _nothing_by_chance(), ResponseStore.open(directory) as store:
        path = directory / "store" / "responses.journal"
        for name, step in (("filled", _fill), ("handed_over", _hand_over), ("erased", _erase)):
            step(store)
            yield f"{name}.journal", path.read_bytes()


def test_the_journal_has_the_bytes_of_the_first_version(tmp_path: Path) -> None:
    written = dict(write_journals(tmp_path))
    assert sorted(written) == sorted(path.name for path in GOLDEN.glob("*.journal"))
    for name, content in written.items():
        assert content == (GOLDEN / name).read_bytes(), name
