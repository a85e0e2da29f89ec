"""Many devices, one server, a line that does everything wrong, and kills on both sides.

``python -m tests.sync.faults.torture --database postgresql`` takes some minutes, ``--reduced`` less than one;
``--seed N`` repeats the dice. Afterwards every response is on the server exactly once, byte for byte, and
every device knows it. Prints a table of what was tried; exit status 1 when something is amiss. Linux only.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.support.devices import Home, Server
from tests.sync.faults.agreement import disagreements
from tests.sync.faults.crash import DATABASES, Crash
from tests.sync.faults.device import Device, unforeseen
from tests.sync.faults.proxy import Dice, FaultProxy, Shape


class Size(NamedTuple):
    """``responses`` and ``attachments`` of each device. ``crawling``: responses of one more device, behind a
    line of 2 KB/s with 1 s latency. ``rest``: seconds between two deaths of the server, of a part of it or of
    its database, about. ``patience``: of a push."""

    devices: int
    responses: int
    attachments: int
    crawling: int
    rest: float
    patience: float


FULL = Size(devices=20, responses=500, attachments=3, crawling=40, rest=6.0, patience=20.0)
REDUCED = Size(devices=4, responses=12, attachments=1, crawling=1, rest=4.0, patience=2.0)

WEIGHTS = {
    "none": 30.0,
    "drop": 30.0,
    "cut_before_request": 4.0,
    "cut_in_request": 4.0,
    "cut_after_request": 6.0,
    "cut_in_reply": 5.0,
    "cut_after_reply": 3.0,
    "delay": 4.0,
    "corrupt_request": 4.0,
    "corrupt_reply": 4.0,
    "portal": 3.0,
    "redirect": 1.0,
    "error_500": 2.0,
    "busy_503": 1.0,
}
"""Of a hundred exchanges. 30 in 100 connections are dropped before anything is said."""


class Outcome(NamedTuple):
    """``what`` was tried; ``amiss`` names what is wrong: nothing, it is hoped."""

    what: str
    done: Counter[str]
    responses: int
    seconds: float
    amiss: list[str]


def torture(size: Size, seed: int, database: str) -> Outcome:
    """Run it on one of ``DATABASES``. Interrupted, it ends everything that it has started."""
    begun = time.monotonic()
    chance = random.Random(seed)
    # Beside the project and not in /tmp, which may be a disk in memory.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".torture-") as directory:
        root = Path(directory)
        root.chmod(0o711)  # PostgreSQL may have to run as somebody else
        with DATABASES[database](root) as place:
            dice = random.Random(chance.random())
            with Crash(place, root / "server.log", dice, size.rest) as crash:
                done = _push_all(root, crash, size, chance)
                crash.leave_alone()
                homes = [Home(path) for path in sorted(root.glob("device-*"))]
                amiss = [*crash.amiss, *disagreements(_server(crash), homes)]
            amiss += [f"{count} times 500: {what}" for what, count in crash.faults().items()]
        done += crash.kills
        count = sum(len(home.statuses()) for home in homes)
        done["attachments"] = len(list(root.glob("device-*/attachments/*/*.jpg")))
    what = f"{place.processes} processes on {database}"
    return Outcome(what, done, count, time.monotonic() - begun, amiss + unforeseen(done))


def _server(crash: Crash) -> Server:
    return Server(f"http://127.0.0.1:{crash.port}", crash.place.where)


def _push_all(root: Path, crash: Crash, size: Size, chance: random.Random) -> Counter[str]:
    upstream = ("127.0.0.1", crash.port)
    crawl = Shape(latency=0.5, rate=2000)
    stop = threading.Event()
    with (
        FaultProxy(upstream, Dice(WEIGHTS, seed=chance.randrange(10**9))) as bad,
        FaultProxy(upstream, shape=crawl) as slow,
        ThreadPoolExecutor(8) as pool,
    ):
        paths = [root / f"device-{n:02}" for n in range(size.devices)]
        load = (size.responses, size.attachments)
        jobs = [Device(path, bad.url, *load, size.patience) for path in paths]
        crawling = Device(root / "device-crawling", slow.url, size.crawling, 0, 60.0, is_killed=False)
        jobs.insert(0, crawling)
        running = [pool.submit(job.run, _server(crash), stop) for job in jobs]
        try:
            done = sum((each.result() for each in running), Counter[str]())
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
        done += bad.done
        done["2 KB/s with 1 s latency"] = sum(slow.done.values())
    return done


def table(outcome: Outcome) -> str:
    """For people."""
    rows = [f"{count:>8}  {kind}" for kind, count in sorted(outcome.done.items())]
    verdict = (
        "exactly once, byte for byte, every device agrees" if not outcome.amiss else "NOT AS IT SHOULD BE"
    )
    head = f"{outcome.what}, {outcome.responses} responses in {outcome.seconds:.0f} s: {verdict}"
    return "\n".join([head, *rows, *outcome.amiss[:20]])


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync.faults.torture")
    parser.add_argument("--reduced", action="store_true")
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", file=sys.stderr)
    # Start-up of hundreds of processes from sources without .pyc would be most of the time.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "survey_tui", "sync"], check=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop, it clears up as after Ctrl-C
    outcome = torture(REDUCED if arguments.reduced else FULL, arguments.seed, arguments.database)
    print(table(outcome))
    return 1 if outcome.amiss else 0


if __name__ == "__main__":
    sys.exit(main())
