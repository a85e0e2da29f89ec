"""Two programs at one store for a while, each killed and started again in the middle of its work.

One interviews (it is the exclusive one), the other marks what is finished as received, begins responses of
its own, and compacts. A new process leaves the responses of the one before it alone, so that what the book
says of them stays.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from survey_tui.store import ResponseStore
from survey_tui.store.queries import with_status
from tests.store.torture.bench import Bench, Book, Fact, Problem, problems_in
from tests.store.torture.tally import Tally
from tests.support.store import compact

_LONGEST_SILENCE = 20.0  # seconds without a change: longer than any lock is waited for


@dataclass
class Program:
    """One of the two, in its present process; ``books`` are those of all its processes."""

    work: Callable[[Bench], None]
    books: list[Book] = field(default_factory=list)
    process: int = 0
    reading: int = -1
    rest: bytes = b""
    heard: float = 0.0
    changes: int = 0


def hammer(seconds: float, seed: int) -> Tally:
    """Hammer so long; ``tried`` counts the kills."""
    dice, tally = random.Random(seed), Tally("two programs, one killed at a time")
    programs = [Program(_interview), Program(_sync)]
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for program in programs:
            _start(program, root, dice.randrange(1 << 32))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(dice.uniform(0, 0.25))
            for program in programs:
                _listen(program)
            program = dice.choice(programs)
            silent = [p for p in programs if time.monotonic() - p.heard > _LONGEST_SILENCE]
            tally.count([("wrong", "deadlock")] * len(silent), f"seed {seed}")
            _kill(program)
            _start(program, root, dice.randrange(1 << 32))
        for program in programs:
            _kill(program)
        problems = _compared(root, [book for program in programs for book in program.books])
        tally.count(problems, f"seed {seed}, {[program.changes for program in programs]} changes")
        if not all(program.changes for program in programs):
            tally.count([("wrong", "a program that did nothing")], f"seed {seed}")
    return tally


def _interview(bench: Bench) -> None:
    drafts = bench.keys("draft")
    roll = bench.dice.random()
    if not drafts or roll < 0.15:
        bench.begun()
    elif roll < 0.9:
        bench.answered(bench.dice.choice(drafts))
    elif roll < 0.98:
        bench.finalised(bench.dice.choice(drafts))
    else:
        compact(bench.open())


def _sync(bench: Bench) -> None:
    store, roll = bench.open(), bench.dice.random()
    if roll < 0.2:
        store.refresh()
        final = [summary.id for summary in store.search(with_status("final"))][:3]
        after = {key: Fact("received", -1) for key in final}
        bench.change("receipts", after, lambda: store.handover.mark_received(dict.fromkeys(final, "R")))
    elif roll < 0.97:
        drafts = bench.keys("draft")
        bench.answered(bench.dice.choice(drafts)) if drafts and roll < 0.8 else bench.begun()
    else:
        compact(store)


def _start(program: Program, root: Path, seed: int) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _run(program, root, seed, writing)
    os.close(writing)
    os.set_blocking(reading, False)
    program.process, program.reading, program.rest = child, reading, b""
    program.heard = time.monotonic()
    program.books.append(Book())


def _run(program: Program, root: Path, seed: int, writing: int) -> None:
    """In the child: work until killed. Never returns."""
    bench = Bench(root, random.Random(seed), None, lambda line: _say(writing, line))
    try:
        bench.store = ResponseStore.open(bench.home, exclusive=program.work is _interview)
        while True:
            program.work(bench)
    except BaseException as error:
        _say(writing, ["doing", f"{type(error).__name__} {error}", {}])
        _say(writing, ["failed"])
    finally:
        os._exit(1)


def _say(writing: int, line: list[object]) -> None:
    os.write(writing, json.dumps(line).encode() + b"\n")


def _listen(program: Program) -> None:
    with suppress(BlockingIOError):
        while chunk := os.read(program.reading, 1 << 16):
            program.rest += chunk
            program.heard = time.monotonic()
    *lines, program.rest = program.rest.split(b"\n")
    for line in lines:
        words = json.loads(line)
        program.changes += words[0] == "done"
        if words[0] == "failed":
            program.books[-1].backed_up[program.books[-1].doing] = Fact("failed")
        else:
            program.books[-1].read(words)


def _kill(program: Program) -> None:
    os.kill(program.process, signal.SIGKILL)
    os.waitpid(program.process, 0)
    _listen(program)
    os.close(program.reading)


def _compared(root: Path, books: list[Book]) -> list[Problem]:
    """Every book against the store. A receipt may have come for any finished response."""
    problems, actual = problems_in(root, Book())
    found = [problem for problem in problems if "never begun" not in problem[1]]
    owners: dict[str, int] = {}
    for number, book in enumerate(books):
        found += [("wrong", f"a program ended: {what}") for what in book.backed_up]
        for key, fact in book.facts.items():
            allowed = [fact, *([book.perhaps[key]] if key in book.perhaps else [])]
            if fact.answers < 0:  # a receipt for the other program's response
                found += (
                    [("lost", f"receipt of {key}")]
                    if actual.get(key, Fact("gone")).status != "received"
                    else []
                )
                continue
            if owners.setdefault(key, number) != number:
                found.append(("wrong", f"{key} was begun twice"))
            if not any(_may_be(actual.get(key), each) for each in allowed):
                found.append(("lost", f"{key}: {allowed} is {actual.get(key)}"))
    begun = {key for book in books for key in (*book.facts, *book.perhaps)}
    return [*found, *(("wrong", f"{key} was never begun") for key in actual.keys() - begun)]


def _may_be(actual: Fact | None, wanted: Fact) -> bool:
    if actual is None or actual.answers != wanted.answers:
        return False
    return actual.status == wanted.status or (actual.status, wanted.status) == ("received", "final")


if __name__ == "__main__":
    print(json.dumps(vars(hammer(float(sys.argv[1]), int(sys.argv[2])))))
