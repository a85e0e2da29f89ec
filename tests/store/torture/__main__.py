"""``make torture``: everything at its full size, some minutes; ``python -m tests.store.torture --reduced``
takes under a minute. Prints a table; exit status 1 when it is not clean. ``--seed N`` repeats a run."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from typing import NamedTuple

import msgspec

from tests.store.torture.tally import Tally, table


class Size(NamedTuple):
    """How much of each: kills, rounds of the recorded day and states looked at (0: all), share of the faults,
    seconds of two programs, bytes changed."""

    kills: int
    rounds: int
    states: int
    faults: float
    seconds: float
    flips: int


FULL = Size(kills=2600, rounds=4, states=0, faults=1.0, seconds=60, flips=10_000)
REDUCED = Size(kills=130, rounds=2, states=700, faults=0.025, seconds=8, flips=600)


def torture(size: Size, seed: int) -> list[Tally]:
    """Run all, one after the other, each in a process of its own: some of them fork."""
    runs = (
        ("kills", size.kills, seed),
        ("power", size.rounds, seed, size.states),
        ("faults", seed, size.faults),
        ("hammer", size.seconds, seed),
        ("flips", size.flips, seed),
    )
    return [tally for name, *arguments in runs for tally in _run(name, *arguments)]


def _run(name: str, *arguments: float) -> list[Tally]:
    start = time.monotonic()
    command = [sys.executable, "-m", f"tests.store.torture.{name}", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    tallies = [msgspec.json.decode(line, type=Tally) for line in done.stdout.splitlines()]
    if not sum(tally.tried for tally in tallies):
        raise AssertionError(f"{name}: nothing was tried")
    return tallies


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.store.torture")
    parser.add_argument("--reduced", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", file=sys.stderr)
    tallies = torture(REDUCED if arguments.reduced else FULL, arguments.seed)
    print(table(tallies))
    return 0 if all(tally.clean for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
