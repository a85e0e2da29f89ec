"""Opening a store of 20,000 responses, its memory, the first page of a list, a search and a query."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from tinydb import where

from benchmarks.figures import Figure, interleaved, seconds
from survey_tui.interview.events import Answered, Finalised, Started
from survey_tui.store import ResponseStore
from survey_tui.store.queries import pending
from survey_tui.vietnamese.match import match

STORED = 20_000
ANSWERS = 30
PAGE = 50
REPEATS = 7
AT = "2026-11-21T08:30:00.000+07:00"
CANONICAL = b'{"values":[' + b",".join(b'["a/question_%03d","answer"]' % n for n in range(90)) + b"]}\n"

# Peak memory (KiB) of a program that has opened a store, and that has then shown the first page of its list.
PEAK = """
import sys
from pathlib import Path
from survey_tui.store import ResponseStore
def peak():
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
with ResponseStore.open(Path(sys.argv[1]), read_only=True) as store:
    opened = peak()
    page = list(store.search()[:50])
    print(opened, peak())
"""


def measure() -> list[Figure]:
    with _filled(STORED) as home, _filled(0) as empty:
        journal = home / "store" / "responses.journal"
        opening, reading = _against(home, journal.read_bytes)
        with ResponseStore.open(home, read_only=True) as store:
            listing = seconds_of(lambda: list(store.search()[:PAGE]))
            searching = seconds_of(lambda: _found(store))
            querying = seconds_of(lambda: store.count(pending() & (where("household") == "7")))
        (opened, listed), (opened_empty, listed_empty) = _peaks(home), _peaks(empty)
        megabytes = journal.stat().st_size / 1e6
    name = f"{STORED:,} responses"
    return [
        Figure(f"opening {name}, {megabytes:.0f} MB", opening, reading, "ms", "reading the bytes", 6.0),
        Figure(f"first page of {name}", listing, opening, "ms", "opening the store", 2.0),
        Figure(f"search in {name}", searching, opening, "ms", "opening the store", 2.0),
        Figure(f"query over two fields of {name}", querying, opening, "ms", "opening the store", 0.5),
        Figure(f"memory, {name}", opened - opened_empty, 20.0, "MiB", "20 MiB over an empty store", 1.0),
        Figure(
            "memory, its list shown", listed - listed_empty, 20.0, "MiB", "20 MiB over an empty store", 1.0
        ),
    ]


def seconds_of(action: object) -> float:
    """Median milliseconds."""
    assert callable(action)
    times = sorted(seconds(action) for _ in range(REPEATS))
    return times[REPEATS // 2] * 1000


def _against(home: Path, read: object) -> tuple[float, float]:
    assert callable(read)

    def opened() -> float:
        gc.collect()
        store: list[ResponseStore] = []
        taken = seconds(lambda: store.append(ResponseStore.open(home, read_only=True)))
        store[0].close()
        return taken

    ours, baseline = interleaved(opened, lambda: seconds(read), REPEATS)
    return ours * 1000, baseline * 1000


def _found(store: ResponseStore) -> list[str]:
    """Search as Home does: in the columns of its list, without diacritics."""
    return [
        summary.id
        for summary in store.search()
        if match("ho 17 khanh", f"Hộ {summary.household} Khánh An {summary.title}")
    ]


def _peaks(home: Path) -> tuple[float, float]:
    """MiB when opened, and when the list was shown; medians of three."""
    command = [sys.executable, "-c", PEAK, str(home)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(3)]
    opened, listed = zip(*(map(int, run.split()) for run in runs), strict=True)
    return sorted(opened)[1] / 1024, sorted(listed)[1] / 1024


@contextmanager
def _filled(stored: int) -> Iterator[Path]:
    """A home with so many responses: nine of ten finished, the others drafts of thirty answers."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as directory:
        home = Path(directory)
        # Filled without syncing, which is not what is measured.
        with mock.patch("os.fsync"), ResponseStore.open(home) as store:
            for number in range(stored):
                _store_one(store, number)
        yield home


def _store_one(store: ResponseStore, number: int) -> None:
    key = store.new_id()
    store.begin(
        Started(AT, response_id=key, form_id="bench", commune="32059"),
        title="Khảo sát xã hội số",
        ea="32059-01",
        household=str(number % 99 + 1),
    )
    if number % 10:
        store.finalise(key, Finalised(AT), CANONICAL)
        return
    for question in range(ANSWERS):
        store.record(key, Answered(AT, f"a/question_{question:03}", "answer"))
