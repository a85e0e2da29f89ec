"""Loss of power after every call of a working day, in all the ways of :mod:`disk`."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path

from survey_tui.errors import StoreError
from tests.store.torture.bench import Bench, Book, Problem, problems_in
from tests.store.torture.disk import VARIANTS, lay_out, state_after
from tests.store.torture.operations import OPENING, OPERATIONS, fill, furnish, problems_of_places
from tests.store.torture.places import in_memory, quick_disk
from tests.store.torture.recorder import Recorder
from tests.store.torture.tally import Tally


def lose_power(rounds: int, seed: int, states: int = 0) -> list[Tally]:
    """Record a day of ``rounds`` times every operation, then lose the power after each call.

    ``states`` limits how many states are looked at (0: every call in every way). One tally a way.
    """
    dice = random.Random(seed)
    tallies = {variant.name: Tally(f"power lost, {variant.name}") for variant in VARIANTS}
    with tempfile.TemporaryDirectory() as directory, quick_disk():
        recorder = _recorded_day(Path(directory), rounds, dice)
        chosen = [(length, variant) for length in range(len(recorder.trace) + 1) for variant in VARIANTS]
        if states and states < len(chosen):
            chosen = dice.sample(chosen, states)
        books = _books(recorder)
        for length, variant in chosen:
            state = state_after(recorder, length, variant, dice)
            found = _problems_in(state, directory, books[length])
            tallies[variant.name].count(found, f"after call {length} of seed {seed}: {books[length].doing}")
    return list(tallies.values())


def _recorded_day(root: Path, rounds: int, dice: random.Random) -> Recorder:
    bench = Bench(root, dice)
    furnish(bench)
    recorder = Recorder(root)
    bench.tell = lambda line: recorder.note(bench.book.copy())
    with recorder.recording():
        OPENING.run(bench)
        for _ in range(rounds):
            fill(bench)
            for operation in dice.sample(OPERATIONS, len(OPERATIONS)):
                try:
                    operation.run(bench)
                except StoreError as error:
                    raise AssertionError(operation.name) from error
        bench.close()
    return recorder


def _books(recorder: Recorder) -> list[Book]:
    """What the book says after each call."""
    books = [Book()]
    for call in recorder.trace:
        books.append(call.note if call.kind == "note" else books[-1])
    return books


def _problems_in(state: dict[str, bytes | None], old_root: str, book: Book) -> list[Problem]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as directory:
        root = Path(directory)
        lay_out(state, old_root, root)
        found, actual = problems_in(root, book)
        if not found:
            settled = book.copy()
            settled.settle(actual)
            found += problems_of_places(root, settled)
        return found


if __name__ == "__main__":
    for tally in lose_power(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])):
        print(json.dumps(vars(tally)))
