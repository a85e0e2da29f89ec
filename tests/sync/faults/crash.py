"""The server of ``survey-sync serve`` that is killed again and again, in every way there is, with its
database."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.sync.postgres import Postgres

PROGRAM = [sys.executable, "-c", "from survey_sync.cli import main; main()"]
_SECONDS = 60.0


class Place(NamedTuple):
    """A database: ``where`` as the server is told, how many processes serve it, and ``server``, which can be
    killed by itself (``None``: it is a file)."""

    where: str
    processes: int
    server: Postgres | None = None


@contextmanager
def _sqlite(root: Path) -> Iterator[Place]:
    yield Place(str(root / "server.db"), processes=2)


@contextmanager
def _postgresql(root: Path) -> Iterator[Place]:
    with Postgres(root) as server:
        yield Place(server.new(), processes=4, server=server)


DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql}


class Crash:
    """While the ``with`` block runs, something dies every ``rest`` seconds, about: each kind in turn, in an
    order by chance. ``kills`` counts; ``amiss`` says what did not come back."""

    def __init__(self, place: Place, log: Path, chance: random.Random, rest: float) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.place = place
        self.kills: Counter[str] = Counter()
        self.amiss: list[str] = []
        self._log = log
        self._chance = chance
        self._rest = rest
        self._stop = threading.Event()
        self._is_left = False
        self._thread = threading.Thread(target=self._torment)
        self._ways: list[Callable[[], None]] = [self._kill_all, self._kill_one, self._kill_parent]
        if place.server is not None:
            self._ways += [self._kill_database, self._stop_database]

    def __enter__(self) -> Crash:
        self._process = self._start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_left = True
        self._stop.set()
        self._thread.join()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS)
        self._end_group()

    def leave_alone(self) -> None:
        """No more kills, once there was one of each kind; it runs, with all its processes, when this
        returns."""
        self._stop.set()
        self._thread.join()
        if not _until(lambda: len(workers(self._process.pid)) == self.place.processes):
            self.amiss.append("a process of the server that was killed was not replaced")
        if not _until(lambda: self._health() == 200):
            self.amiss.append("the server did not become healthy")

    def faults(self) -> Counter[str]:
        """Requests that failed through a fault of the server's own, by what its log calls them."""
        found: Counter[str] = Counter()
        for line in self._log.read_text(errors="replace").splitlines():
            with suppress(ValueError):
                facts = json.loads(line)
                if facts.get("status") == 500:
                    found[f"{facts['method']} {facts['route']}"] += 1
        return found

    # --- ways to die
    def _torment(self) -> None:
        ways: list[Callable[[], None]] = []
        while True:
            is_over = self._stop.wait(self._chance.uniform(0.5 * self._rest, 1.5 * self._rest))
            if is_over and (self._is_left or len(self.kills) == len(self._ways)):
                return
            ways = ways or self._chance.sample(self._ways, len(self._ways))
            ways.pop()()

    def _kill_all(self) -> None:
        self._end_group()
        self._count("kill -9 of the server")
        self._again()

    def _kill_one(self) -> None:
        running = workers(self._process.pid)
        if running:
            os.kill(self._chance.choice(running), signal.SIGKILL)
            self._count("kill -9 of one of its processes")

    def _kill_parent(self) -> None:
        self._process.kill()
        self._process.wait()
        self._count("kill -9 of the parent of its processes")
        self._again()

    def _kill_database(self) -> None:
        self._without_database(signal.SIGKILL, "kill -9 of PostgreSQL")

    def _stop_database(self) -> None:
        self._without_database(signal.SIGQUIT, "immediate stop of PostgreSQL")

    def _without_database(self, how: signal.Signals, kind: str) -> None:
        assert self.place.server is not None
        self.place.server.kill(how)
        self._count(kind)
        time.sleep(self._chance.uniform(0, 1))
        if self._health() not in {503, 0}:  # 0: all processes are just being replaced
            self.amiss.append("the server seemed healthy without a database")
        self.place.server.start()
        if not _until(lambda: self._health() == 200):
            self.amiss.append(f"the server did not get over a {kind}")

    def _count(self, kind: str) -> None:
        self.kills[kind] += 1

    # --- the process
    def _again(self) -> None:
        time.sleep(self._chance.uniform(0, 0.5))
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        where = ("--port", str(self.port), "--database", self.place.where)
        command = [*PROGRAM, "serve", *where, "--processes", str(self.place.processes)]
        end = time.monotonic() + _SECONDS
        while True:
            with self._log.open("ab") as log:
                process = subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=log, env=environment(), start_new_session=True
                )
            assert process.stdout is not None
            with process.stdout as said:
                if said.readline():  # its address: it listens
                    return process
            process.wait()
            if time.monotonic() > end:
                raise AssertionError(f"the server does not start: {self._log.read_text()[-500:]}")
            time.sleep(0.2)  # the processes of a parent that was killed still finish

    def _end_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _health(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=30) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def environment() -> dict[str, str]:
    """For the programs of both sides."""
    return {**os.environ, "SURVEY_TUI_LANGUAGE": "en", "PYTHONUTF8": "1"}


def workers(parent: int) -> list[int]:
    """The processes that serve, of a server with several. Linux only."""
    found = []
    with suppress(OSError):  # it has just ended
        for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            with suppress(OSError):
                if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes():
                    found.append(int(each))
    return found


def _until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + _SECONDS
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
