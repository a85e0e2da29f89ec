"""``kill -9`` at random moments of every operation, in processes that are forked to be killed."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.store.torture.bench import Bench, Book, problems_in
from tests.store.torture.operations import OPERATIONS, Operation, prepare, problems_of_places
from tests.store.torture.tally import Tally

_KILLS_A_HOME = 25
_LONGEST = 0.02  # seconds of work before a kill


def kill_at_random(kills: int, seed: int) -> list[Tally]:
    """Kill so often, each operation in its turn; one tally an operation."""
    dice = random.Random(seed)
    tallies = {operation.name: Tally(f"kill -9 during {operation.name}") for operation in OPERATIONS}
    done = 0
    while done < kills:
        with tempfile.TemporaryDirectory() as directory:
            root, book = Path(directory), Book()
            bench = Bench(root, dice, book)
            prepare(bench, locked=done // _KILLS_A_HOME % 2 == 0)
            bench.close()
            for _ in range(min(_KILLS_A_HOME, kills - done)):
                operation = OPERATIONS[done % len(OPERATIONS)]
                _one_kill(root, book, operation, dice, tallies)
                done += 1
    return list(tallies.values())


def _one_kill(
    root: Path, book: Book, operation: Operation, dice: random.Random, tallies: dict[str, Tally]
) -> None:
    """Kill once; what was under way says whose tally it is."""
    seed, patience = dice.randrange(1 << 32), dice.uniform(0, _LONGEST)
    for line in _until_killed(root, book, operation, seed, patience):
        book.read(line)
    hit = book.doing or operation.name
    found, actual = problems_in(root, book)
    book.settle(actual)
    found += problems_of_places(root, book)
    if hit not in tallies:  # the child came to an end of its own
        found, hit = [*found, ("wrong", hit)], operation.name
    tallies[hit].count(found, f"seed {seed}, after {patience:.4f} s")


def _until_killed(
    root: Path, book: Book, operation: Operation, seed: int, patience: float
) -> Iterator[list[object]]:
    """The lines that a process wrote into its book until it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _work(root, book, operation, seed, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        select.select([stream], [], [], 30)
        time.sleep(patience)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        written = stream.read()
    for line in written[: written.rfind(b"\n") + 1].splitlines():
        yield json.loads(line)


def _work(root: Path, book: Book, operation: Operation, seed: int, writing: int) -> None:
    """In the child: do it until the end comes. Never returns."""
    dice = random.Random(seed)
    bench = Bench(root, dice, book, lambda line: _say(writing, line))
    try:
        while True:
            operation.run(bench)
            for _ in range(dice.randrange(3)):
                dice.choice(OPERATIONS).run(bench)
    except BaseException as error:  # the parent is told, and looks at the store
        _say(writing, ["doing", f"{operation.name}: {type(error).__name__} {error}", {}])
        time.sleep(60)
    finally:
        os._exit(1)


def _say(writing: int, line: list[object]) -> None:
    os.write(writing, json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    for tally in kill_at_random(int(sys.argv[1]), int(sys.argv[2])):
        print(json.dumps(vars(tally)))
