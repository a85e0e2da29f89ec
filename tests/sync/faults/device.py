"""A device of the torture: a home with finished responses and attachments, and pushes that are killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from survey_sync.client import credentials
from survey_sync.client.credentials import Credentials
from survey_sync.client.enrolment import enrol

from survey_tui.errors import ExitCode
from tests.support.devices import Home, Server
from tests.sync.client.bundles import attach
from tests.sync.faults.crash import PROGRAM, environment

_RUNS = "runs of a device: "
_FORESEEN = (ExitCode.OK, ExitCode.WAITING)


class Device(NamedTuple):
    """One that fills its home and pushes until all has arrived, through ``url``."""

    path: Path
    url: str
    responses: int
    attachments: int
    patience: float
    is_killed: bool = True

    def run(self, server: Server, stop: threading.Event) -> Counter[str]:
        """How its runs ended."""
        chance = random.Random(self.path.name)
        home = Home(self.path)
        _enrol(server, home, self.url, stop)
        ids = home.fill(self.responses, chance)
        for rid in chance.sample(ids, self.attachments):
            attach(home, rid, "photo.jpg", chance.randbytes(chance.randrange(300_000)))
        done: Counter[str] = Counter()
        for attempt in range(400):
            # Every second run is killed, at any moment of it.
            seconds = chance.uniform(0.3, 2.5) if self.is_killed and attempt % 2 == 0 else 1e9
            status = self._push(seconds, stop)
            done["kill -9 of a device" if status < 0 else _RUNS + _name(status)] += 1
            if status > 0 and status not in _FORESEEN:
                print((self.path / "stderr.log").read_text(errors="replace")[-3000:], file=sys.stderr)
            if status == 0 or stop.is_set():
                break
        print(f"{self.path.name}: {dict(done)}", file=sys.stderr, flush=True)
        return done

    def _push(self, seconds: float, stop: threading.Event) -> int:
        push = ("push", "--patience", str(self.patience), "--json")
        command = [*PROGRAM, "--home", str(self.path), *push]
        end = time.monotonic() + seconds
        with (
            (self.path / "stderr.log").open("ab") as log,
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment()) as process,
        ):
            while process.poll() is None:
                if stop.wait(0.05) or time.monotonic() > end:
                    process.kill()
            return process.wait()


def unforeseen(done: Counter[str]) -> list[str]:
    """Ends of runs that no fault of the line explains."""
    foreseen = {_RUNS + _name(status) for status in _FORESEEN}
    return [f"{done[kind]} {kind}" for kind in done if kind.startswith(_RUNS) and kind not in foreseen]


def _name(status: int) -> str:
    return ExitCode(status).name.lower()


def _enrol(server: Server, home: Home, url: str, stop: threading.Event) -> None:
    for _ in range(200):
        try:
            given = enrol(home.folder, server.url, server.code(), home.path.name)
            break
        except Exception:  # killed just now, or its database
            if stop.wait(0.3):
                raise
    else:
        raise AssertionError("no enrolment")
    facts = {"token": given.token, "device_id": given.device_id, "role": given.role}
    credentials.save(home.folder, Credentials(url=url, **facts))  # type: ignore[arg-type]
