"""``kill -9`` at random moments: what was acknowledged is there, and the store opens.

``SURVEY_STORE_KILLS`` sets the number of kills (15 here; thousands for a torture run).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from survey_tui.interview.events import Answered
from survey_tui.store import ResponseStore, check_store

KILLS = int(os.environ.get("SURVEY_STORE_KILLS", "15"))

WORKER = """
import random, sys
from pathlib import Path
from survey_tui.interview.events import Answered, Finalised, Reopened, Started, Visited
from survey_tui.store import ResponseStore

AT = "2026-11-21T08:30:00.000+07:00"
dice = random.Random(int(sys.argv[2]))
store = ResponseStore.open(Path(sys.argv[1]))
assert not store.read_only, store.notices

def said(*words):
    print(*words, flush=True)

counts = {}
while True:
    drafts = [key for key, (status, _) in counts.items() if status == "draft"]
    roll = dice.random()
    if roll < 0.1 or not drafts:
        key = store.new_id()
        store.begin(Started(AT, response_id=key, form_id="f"))
        counts[key] = ("draft", 0)
        said("draft", key)
        continue
    key = dice.choice(drafts)
    if roll < 0.85:
        number = counts[key][1]
        store.record(key, Visited(AT, "a/q"), durable=False)
        store.record(key, Answered(AT, f"a/q{number}", "x" * dice.randrange(9000)))
        counts[key] = ("draft", number + 1)
        said("answer", key)
    elif roll < 0.92:
        store.finalise(key, Finalised(AT), b'{"values":[]}')
        counts[key] = ("final", counts[key][1])
        said("final", key)
    elif roll < 0.95:
        said("discarding", key)
        store.discard_draft(key)
        del counts[key]
        said("discarded", key)
    else:
        compact(store)
"""


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    dice = random.Random(KILLS)
    answers: dict[str, int] = defaultdict(int)
    states: dict[str, str] = {}
    for round_ in range(KILLS):
        for line in _until_killed(tmp_path, round_, dice.uniform(0.0, 0.12)):
            what, key = line.split()
            if what == "answer":
                answers[key] += 1
            else:
                states[key] = what
        assert {finding.code for finding in check_store(tmp_path)} <= {"set_aside", "torn_tail"}
        with ResponseStore.open(tmp_path) as store:
            assert not store.read_only
            _compare(store, answers, states)
            for summary in store.search():
                # An unacknowledged change may have reached the disk; from now on it counts.
                answers[summary.id] = _answers(store, summary.id)
                states[summary.id] = summary.status
            gone = set(states) - {summary.id for summary in store.search()}
            for key in gone:
                del states[key]
                answers.pop(key, None)


def _until_killed(home: Path, seed: int, seconds: float) -> list[str]:
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(home), str(seed)], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        first = worker.stdout.readline()
        time.sleep(seconds)
        worker.send_signal(signal.SIGKILL)
        rest = worker.stdout.read()
    whole = first + rest
    return whole[: whole.rfind("\n") + 1].splitlines()


def _answers(store: ResponseStore, key: str) -> int:
    return sum(isinstance(event, Answered) for event in store.events(key))


def _compare(store: ResponseStore, answers: dict[str, int], states: dict[str, str]) -> None:
    there = {summary.id: summary.status for summary in store.search()}
    for key, state in states.items():
        if state == "discarded":
            assert key not in there
        elif state == "discarding" and key not in there:
            continue
        else:
            assert there[key] == state or (state, there[key]) in {("draft", "final"), ("discarding", "draft")}
            assert answers[key] <= _answers(store, key) <= answers[key] + 1
            if there[key] == "final":
                assert store.final_bytes(key) == b'{"values":[]}'
