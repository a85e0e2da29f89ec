"""Saving one answer, with few and many responses, against a plain append and fsync of the same bytes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

from benchmarks.figures import Figure, interleaved, seconds
from survey_tui.interview.events import Answered, Finalised, Started
from survey_tui.store import NO_KEYS, ResponseStore
from survey_tui.store.crypto.device_lock import unlock

REPEATS = 200
PASSPHRASE = "a few words in a row"
AT = "2026-11-21T08:30:00.000+07:00"
CANONICAL = b'{"values":[' + b",".join(b'["a/question_%03d","answer"]' % n for n in range(90)) + b"]}\n"


def measure() -> list[Figure]:
    few = _against_raw_append(10)
    many = _against_raw_append(20_000)
    locked = _against_raw_append(10, locked=True)
    return [
        Figure("autosave, 10 responses stored", *few, "ms", "append + fsync of the same bytes", 1.5),
        Figure("autosave, 20,000 responses stored", *many, "ms", "append + fsync of the same bytes", 1.5),
        Figure("autosave, store locked", *locked, "ms", "append + fsync of the same bytes", 2.5),
        Figure(
            "autosave ratio, 20,000 stored", many[0] / many[1], few[0] / few[1], "×", "ratio with 10", 1.2
        ),
    ]


def _against_raw_append(stored: int, *, locked: bool = False) -> tuple[float, float]:
    """Median milliseconds of one durable answer, and of the plain append."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as directory:
        home = Path(directory)
        # Filled without syncing, which is not what is measured.
        with mock.patch("os.fsync"), ResponseStore.open(home) as store:
            for _ in range(stored):
                _store_one(store)
            if locked:
                store.passphrase_lock.set_passphrase(PASSPHRASE)
        with ResponseStore.open(home, keys=unlock(home, PASSPHRASE) if locked else NO_KEYS) as store:
            draft = store.new_id()
            store.begin(_started(draft))
            journal = next((home / "store").glob("*.journal"))
            before = journal.stat().st_size
            store.record(draft, _answer(0))
            line = os.urandom(journal.stat().st_size - before)
            raw = os.open(home / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            answers = iter(range(1, REPEATS + 2))

            def append() -> None:
                os.write(raw, line)
                os.fsync(raw)

            ours, baseline = interleaved(
                lambda: seconds(lambda: store.record(draft, _answer(next(answers)))),
                lambda: seconds(append),
                REPEATS,
            )
            os.close(raw)
    return ours * 1000, baseline * 1000


def _store_one(store: ResponseStore) -> None:
    response = store.new_id()
    store.begin(_started(response))
    store.finalise(response, Finalised(AT), CANONICAL)


def _started(response: str) -> Started:
    return Started(AT, response_id=response, form_id="bench", commune="32059")


def _answer(number: int) -> Answered:
    return Answered(AT, f"a/question_{number % 90:03}", "answer")
