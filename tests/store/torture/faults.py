"""ENOSPC, EIO and EROFS at every call of every operation, once or from then on."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias
from unittest import mock

from survey_tui.errors import StoreError
from survey_tui.store import backup
from survey_tui.store.journal import compaction, reader
from tests.store.torture.bench import Bench, Problem, problems_in
from tests.store.torture.operations import OPERATIONS, Operation, prepare, problems_of_places
from tests.store.torture.places import in_memory, quick_disk
from tests.store.torture.tally import Tally

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS)
_CALLS = (
    "open",
    "write",
    "fsync",
    "ftruncate",
    "replace",
    "unlink",
    "link",
    "mkdir",
    "posix_fallocate",
    "stat",
)


Trial: TypeAlias = "Callable[..., tuple[FaultyDisk, list[Problem]]]"


class FaultyDisk:
    """Lets ``calls`` calls pass; the next one fails, and all after it if it is for good. A failing write may
    take half of its bytes first. ``seen`` counts the calls."""

    def __init__(self, root: Path, number: int, calls: int, *, for_good: bool) -> None:
        self.seen = 0
        self._root = str(root)
        self._number = number
        self._calls = calls
        self._for_good = for_good

    def due(self) -> bool:
        """Count a call; whether it fails."""
        self.seen += 1
        return self.seen > self._calls if self._for_good else self.seen == self._calls + 1

    def error(self) -> OSError:
        """What the call says."""
        return OSError(self._number, os.strerror(self._number))

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Patch the system's calls, and reading."""
        wrapped: dict[str, Any] = {name: self._wrapped(name) for name in _CALLS}
        opening = self._reading()
        with (
            mock.patch.multiple(os, **wrapped),
            mock.patch.object(reader, "open_for_reading", opening),
            mock.patch.object(compaction, "open_for_reading", opening),
            mock.patch.object(backup, "open_for_reading", opening),
            mock.patch.object(backup, "open_for_reading", opening),
        ):
            yield

    def _wrapped(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **named: Any) -> Any:
            place = arguments[0]
            if not isinstance(place, int) and not str(place).startswith(self._root):
                return real(*arguments, **named)
            if not self.due() or (name == "stat" and self._number != errno.EIO):
                return real(*arguments, **named)
            if name == "write" and len(arguments[1]) > 1 and self.seen % 2:
                return real(place, bytes(arguments[1])[: len(arguments[1]) // 2])
            raise self.error()

        return call

    def _reading(self) -> Callable[[Path], io.FileIO]:
        disk = self

        class FaultyFile(io.FileIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if disk.due() and disk._number == errno.EIO:  # reading knows no other error
                    raise disk.error()
                return super().read(-1 if size is None else size) or b""

            def readinto(self, buffer: Any, /) -> int:
                if disk.due() and disk._number == errno.EIO:
                    raise disk.error()
                return super().readinto(buffer) or 0

        return lambda path: FaultyFile(path, "rb")


def inject_everywhere(seed: int, share: float = 1.0) -> list[Tally]:
    """Every error at every call of every operation, or a ``share`` of them by chance. One tally an error."""
    dice = random.Random(seed)
    tallies = {number: Tally(f"{errno.errorcode[number]} at every call") for number in ERRORS}
    with quick_disk():
        for operation, locked in product(OPERATIONS, (False, True)):
            tried = partial(_tried, operation, locked)
            for number, call, for_good in _chosen(tried, dice, share):
                story = f"{operation.name}, call {call}{' and all after it' if for_good else ''}"
                story += ", locked" if locked else ""
                tallies[number].count(tried(number, call, for_good=for_good)[1], story)
    return list(tallies.values())


def _chosen(tried: Trial, dice: random.Random, share: float) -> list[tuple[int, int, bool]]:
    disk, _ = tried(errno.EIO, 1 << 30, for_good=True)
    every = [(n, call, good) for n in ERRORS for call in range(disk.seen) for good in (False, True)]
    return every if share >= 1 else dice.sample(every, max(1, round(len(every) * share)))


def _tried(
    operation: Operation, locked: bool, number: int, call: int, *, for_good: bool
) -> tuple[FaultyDisk, list[Problem]]:
    """Do it on a prepared store with this fault, go on working, then look at the store."""
    found: list[Problem] = []
    with tempfile.TemporaryDirectory(dir=in_memory()) as directory:
        root = Path(directory)
        bench = Bench(root, random.Random(call))
        prepare(bench, locked=locked)
        disk = FaultyDisk(root, number, call, for_good=for_good)
        try:
            with disk.in_force(), suppress(StoreError):
                operation.run(bench)
            _go_on(bench)
            bench.close()
        except Exception as error:
            found.append(("wrong", f"{type(error).__name__}: {error}"))
        after, actual = problems_in(root, bench.book)
        settled = bench.book.copy()
        settled.settle(actual)
        return disk, [*found, *after, *problems_of_places(root, settled)]


def _go_on(bench: Bench) -> None:
    """The fault is over: answers are taken again, or the store says that it is read-only."""
    with suppress(StoreError):
        bench.open()
        for key in bench.keys("draft")[:2]:
            bench.answered(key, 40)


if __name__ == "__main__":
    for tally in inject_everywhere(int(sys.argv[1]), float(sys.argv[2])):
        print(json.dumps(vars(tally)))
