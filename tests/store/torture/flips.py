"""One byte changed anywhere in a journal: always a finding, and nothing wrong is shown as right."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path

from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Event, Finalised
from survey_tui.store import KeyRing, ResponseStore, check_store
from tests.store.torture.bench import AT, Bench, keys_of
from tests.store.torture.operations import OPERATIONS, prepare
from tests.store.torture.places import in_memory, quick_disk
from tests.store.torture.tally import Tally


def flip_bytes(flips: int, seed: int, *, locked: bool = False) -> Tally:
    """Change so many bytes, one at a time, of a journal with responses in every state."""
    dice, tally = random.Random(seed), Tally("one byte changed" + (", locked" if locked else ""))
    with tempfile.TemporaryDirectory(dir=in_memory()) as directory, quick_disk():
        home = Path(directory) / "home"
        path = home / "store" / "responses.journal"
        content = _journal(Path(directory), dice, locked=locked)
        keys = keys_of(home)
        right = _shown(home, keys)
        for _ in range(flips):
            at, change = dice.randrange(len(content)), dice.randrange(1, 256)
            damaged = bytearray(content)
            damaged[at] ^= change
            path.write_bytes(damaged)
            tally.count(_problems(home, keys, right), f"seed {seed}, byte {at} changed by {change}")
    return tally


def _journal(root: Path, dice: random.Random, *, locked: bool) -> bytes:
    """Short answers, so that most of what is hit is structure."""
    bench = Bench(root, dice)
    prepare(bench, locked=locked)
    by_name = {operation.name: operation for operation in OPERATIONS}
    for name in ("receipts", "insert", "seal", "insert", "withdraw"):
        by_name[name].run(bench)
    for key in [bench.begun() for _ in range(3)]:
        for _ in range(3):
            bench.answered(key, 20)
    store, key = bench.open(), bench.keys("draft")[-1]
    store.record(key, Answered(AT, "a/q0", "sửa"))
    store.finalise(key, Finalised(AT), '{"values":[["a/q0","sửa"]]}'.encode())
    bench.close()
    return (root / "home" / "store" / "responses.journal").read_bytes()


def _shown(home: Path, keys: KeyRing) -> dict[str, tuple[list[Event], bytes]]:
    """What can be read of each response."""
    shown = {}
    with ResponseStore.open(home, read_only=True, keys=keys) as store:
        for summary in store.search():
            try:
                frozen = store.final_bytes(summary.id) if summary.status != "draft" else b""
                shown[summary.id] = (store.events(summary.id), frozen)
            except StoreError:
                continue
    return shown


def _problems(
    home: Path, keys: KeyRing, right: dict[str, tuple[list[Event], bytes]]
) -> list[tuple[str, str]]:
    found = []
    try:
        if not [finding for finding in check_store(home, keys) if finding.severity != "info"]:
            found.append(("wrong", "no finding"))
        # A response that was withdrawn or discarded may come back when the line that says so is lost.
        found += [
            ("wrong", key) for key, shown in _shown(home, keys).items() if right.get(key, shown) != shown
        ]
    except StoreError as error:
        found.append(("unreadable", str(error)))
    return found


if __name__ == "__main__":
    for locked in (False, True):
        print(json.dumps(vars(flip_bytes(int(sys.argv[1]) // 2, int(sys.argv[2]), locked=locked))))
