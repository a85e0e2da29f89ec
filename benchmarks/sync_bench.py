"""Shared parts of the sync benchmarks: homes with realistic responses, a server process, one gzip of all."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from survey_sync.client import credentials
from survey_sync.client.enrolment import enrol
from survey_sync.client.exchange import Exchange
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload import UploadRules
from survey_sync.client.upload_report import UploadReport
from survey_sync.protocol.messages import NewCode
from survey_sync.server import admin

from survey_tui.fieldwork.interviews import Visit
from survey_tui.interview.events import Finalised, Started
from survey_tui.places import Places
from survey_tui.plugins import Plugins
from survey_tui.plugins.survey_catalogue import Surveys
from survey_tui.store import ResponseStore
from tests.sync.demo.households import interview

__all__ = ["Device", "Samples", "one_gzip", "server_process", "server_with_pid"]

AT = "2026-11-21T08:30:00.000+07:00"


class Samples:
    """Responses of the national instrument with the answers of simulated interviews, shuffled."""

    def __init__(self, root: Path, interviews: int = 12) -> None:
        surveys = Surveys(Plugins.load(safe_mode=True), root / "cache", str)
        form = surveys.compiled_form("xa_hoi_so", "32059", {"communes": Places().table()})
        home = root / "samples"
        with mock.patch("os.fsync"), ResponseStore.open(home) as store:
            for number in range(interviews):
                visit = Visit(commune="32059", area="32059-01", household=str(number + 1), surveyor="CM001")
                interview(store, form, visit, "d", number)
            self._bodies = [json.loads(store.final_bytes(each.id)) for each in store.search()]

    def canonical_bytes(self, rid: str, chance: random.Random) -> bytes:
        """Canonical bytes of one response."""
        body = dict(chance.choice(self._bodies))
        others = chance.sample(self._bodies, 3)
        pool = [dict(other["values"]) for other in others]
        body["response_id"] = rid
        body["values"] = [[path, chance.choice(pool).get(path, value)] for path, value in body["values"]]
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode() + b"\n"


class Device:
    """A home with ``count`` final responses."""

    def __init__(self, path: Path, samples: Samples, count: int, seed: int = 1) -> None:
        self.home = path
        self.canonical: list[bytes] = []
        chance = random.Random(seed)
        with mock.patch("os.fsync"), ResponseStore.open(path) as store:
            for _ in range(count):
                rid = store.new_id()
                line = samples.canonical_bytes(rid, chance)
                self.canonical.append(line)
                store.begin(Started(AT, response_id=rid, form_id="xa_hoi_so", commune="32059"))
                store.finalise(rid, Finalised(AT), line)

    def enrol(self, database: str, url: str) -> None:
        code = admin.issue_enrolment_code(database, NewCode(surveyor="CM001")).code
        enrol(SyncHome(self.home), url, code, self.home.name)

    def push(self, url: str = "") -> UploadReport:
        from msgspec.structs import replace

        given = credentials.load(SyncHome(self.home))
        given = replace(given, url=url or given.url)
        opener = lambda: ResponseStore.open(self.home, exclusive=False)  # noqa: E731
        report = Exchange(self.home, opener, given, rules=UploadRules(deadline=60)).run()
        assert report.error is None, report
        return report


def one_gzip(canonical: list[bytes]) -> bytes:
    """All responses as one compressed file."""
    return gzip.compress(b"".join(canonical), 6)


@contextmanager
def server_process(database: str) -> Iterator[str]:
    """``survey-sync serve`` with its default database; its address."""
    with server_with_pid(database) as (url, _):
        yield url


@contextmanager
def server_with_pid(database: str) -> Iterator[tuple[str, int]]:
    """As :func:`server_process`, with the process id."""
    program = "from survey_sync.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", "--port", "0", "--database", database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()
