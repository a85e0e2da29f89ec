"""Many devices, one server, a line that does everything wrong, and kills on both sides.

``python -m tests.sync.faults.torture`` takes some minutes, ``--reduced`` less than one; ``--seed N`` repeats
the dice. Afterwards every response is on the server exactly once, byte for byte, and every device knows it.
Prints a table of what was tried; exit status 1 when something is amiss.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from survey_sync.client import credentials
from survey_sync.client.credentials import Credentials
from survey_sync.client.enrol import enrol

from tests.sync.client.conftest import Home, Server
from tests.sync.faults.proxy import Dice, FaultProxy, Shape

__all__ = ["FULL", "REDUCED", "Outcome", "Size", "table", "torture"]


class Size(NamedTuple):
    """``crawling``: responses of one more device, behind a line of 2 KB/s with 1 s latency. ``rest``: seconds
    between two kills of the server, about."""

    devices: int
    responses: int
    crawling: int
    rest: float


FULL = Size(devices=20, responses=500, crawling=40, rest=20.0)
REDUCED = Size(devices=4, responses=40, crawling=1, rest=8.0)

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
    """``amiss`` names what is wrong: nothing, it is hoped."""

    done: Counter[str]
    responses: int
    seconds: float
    amiss: list[str]


class _Crash:
    """The server as a process that is killed and started again."""

    def __init__(self, root: Path, chance: random.Random, rest: float) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.database = str(root / "server.db")
        self.kills = 0
        self._chance = chance
        self._rest = rest
        self._stop = threading.Event()
        self._process = self._start()

    def __enter__(self) -> _Crash:
        self._thread = threading.Thread(target=self._torment, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave_alone()
        self._process.terminate()
        self._process.wait()

    def leave_alone(self) -> None:
        """No more kills; it runs when this returns."""
        self._stop.set()
        self._thread.join()

    def _torment(self) -> None:
        while not self._stop.wait(self._chance.uniform(0.5 * self._rest, 1.5 * self._rest)):
            self._process.kill()
            self._process.wait()
            self.kills += 1
            time.sleep(self._chance.uniform(0, 0.5))
            self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [*_PROGRAM, "serve", "--port", str(self.port), "--database", self.database]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )
        assert process.stdout is not None
        process.stdout.readline()  # its address: it listens
        return process


_PROGRAM = [sys.executable, "-c", "from survey_sync.cli import main; main()"]


def _environment() -> dict[str, str]:
    return {**os.environ, "SURVEY_TUI_LANGUAGE": "en", "PYTHONUTF8": "1"}


def torture(size: Size, seed: int) -> Outcome:
    """Run it."""
    begun = time.monotonic()
    chance = random.Random(seed)
    # Beside the project and not in /tmp, which may be a disk in memory.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".torture-") as directory:
        root = Path(directory)
        with _Crash(root, random.Random(chance.random()), size.rest) as crash:
            done = _push_all(root, crash, size, chance)
            crash.leave_alone()
            homes = [Home(path) for path in sorted(root.glob("device-*"))]
            done["kills of the server"] = crash.kills
            amiss = _amiss(Server(f"http://127.0.0.1:{crash.port}", crash.database), homes)
        count = sum(len(home.statuses()) for home in homes)
    return Outcome(done, count, time.monotonic() - begun, amiss)


def _push_all(root: Path, crash: _Crash, size: Size, chance: random.Random) -> Counter[str]:
    upstream = ("127.0.0.1", crash.port)
    server = Server(f"http://127.0.0.1:{crash.port}", crash.database)
    crawl = Shape(latency=0.5, rate=2000)
    with (
        FaultProxy(upstream, Dice(WEIGHTS, seed=chance.randrange(10**9))) as bad,
        FaultProxy(upstream, shape=crawl) as slow,
        ThreadPoolExecutor(8) as pool,
    ):
        jobs = [(f"device-{n:02}", bad.url, size.responses) for n in range(size.devices)]
        jobs.insert(0, ("device-crawling", slow.url, size.crawling))
        kills = pool.map(
            lambda job: _device(server, root / job[0], job[1], job[2], random.Random(job[0])), jobs
        )
        done = Counter({"kills of a device": sum(kills)})
        done += bad.done
        done["2 KB/s with 1 s latency"] = sum(slow.done.values())
    return done


def _device(server: Server, path: Path, url: str, count: int, chance: random.Random) -> int:
    """Fill a home, push until all has arrived; how often it was killed meanwhile."""
    home = Home(path)
    _enrol(server, home, url)
    home.fill(count, chance)
    kills = 0
    for attempt in range(400):
        process = subprocess.Popen(
            [*_PROGRAM, "--home", str(path), "push", "--patience", "20", "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        # Crawling takes its time; others are killed in every second run, at any moment of it.
        if attempt % 2 == 0 and "crawling" not in path.name:
            try:
                process.wait(chance.uniform(0.3, 2.5))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
        if process.wait() == 0:
            break
    print(f"{path.name}: {attempt + 1} runs, {kills} kills", file=sys.stderr, flush=True)
    return kills


def _enrol(server: Server, home: Home, url: str) -> None:
    for _ in range(60):
        try:
            given = enrol(home.folder, server.url, server.code(), home.path.name)
            break
        except Exception:
            time.sleep(0.3)
    else:
        raise AssertionError("no enrolment")
    facts = {"token": given.token, "device_id": given.device_id, "role": given.role}
    credentials.save(home.folder, Credentials(url=url, **facts))  # type: ignore[arg-type]


def _amiss(server: Server, homes: list[Home]) -> list[str]:
    """Everything that is not as it should be."""
    found = []
    stored = server.stored(*homes)
    for home in homes:
        statuses = home.statuses()
        behind = sum(status != "received" for status in statuses.values())
        if behind:
            found.append(f"{home.path.name}: {behind} responses without a receipt")
        for rid, line in home.bytes_of().items():
            versions = stored.pop(rid, [])
            if versions != [line]:
                found.append(f"{home.path.name}: {rid} is there {len(versions)} times, or with other bytes")
    found += [f"{rid} came from nowhere" for rid in stored]
    return found


def table(outcome: Outcome) -> str:
    """For people."""
    rows = [f"{count:>8}  {kind}" for kind, count in sorted(outcome.done.items())]
    verdict = (
        "exactly once, byte for byte, every device agrees" if not outcome.amiss else "NOT AS IT SHOULD BE"
    )
    head = f"{outcome.responses} responses in {outcome.seconds:.0f} s: {verdict}"
    return "\n".join([head, *rows, *outcome.amiss[:20]])


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync.faults.torture")
    parser.add_argument("--reduced", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", file=sys.stderr)
    # Start-up of hundreds of processes from sources without .pyc would be most of the time.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "survey_tui", "sync"], check=False)
    outcome = torture(REDUCED if arguments.reduced else FULL, arguments.seed)
    print(table(outcome))
    return 1 if outcome.amiss else 0


if __name__ == "__main__":
    sys.exit(main())
