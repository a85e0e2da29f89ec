"""Devices with finished responses, a real collection server, and the programs as a person runs them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from survey_sync.client import credentials
from survey_sync.client.credentials import Credentials
from survey_sync.client.enrolment import enrol
from survey_sync.client.exchange import Exchange
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload import UploadRules
from survey_sync.client.upload_report import UploadProgress, UploadReport
from survey_sync.protocol.messages import NewCode, Role
from survey_sync.server import admin
from survey_sync.server.config import Config
from survey_sync.server.db import Database
from survey_sync.server.serve import ListenOptions, run_in_thread

from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore
from survey_tui.store.queries import final
from tests.support.collection_server import PLENTY, frozen

AT = "2026-11-21T08:30:00.000+07:00"


Run = Callable[..., subprocess.CompletedProcess[str]]


class Home:
    """A device."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = SyncHome(path)

    def open(self) -> ResponseStore:
        return ResponseStore.open(self.path, exclusive=False)

    def fill(self, count: int, chance: random.Random | None = None, **facts: str) -> list[str]:
        """Finished responses; their ids. With ``chance`` each says something else, which compresses badly."""
        ids = []
        with ResponseStore.open(self.path) as store:
            for _ in range(count):
                rid = store.new_id()
                ids.append(rid)
                if chance is not None:
                    facts["text"] = f"{chance.getrandbits(8000):x}"
                _, line = frozen(response_id=rid, **facts)
                store.begin(
                    Started(AT, response_id=rid, form_id="xa_hoi_so", commune="32047", username="anh")
                )
                store.finalise(rid, Finalised(AT), line)
        return ids

    def statuses(self) -> dict[str, str]:
        with ResponseStore.open(self.path, read_only=True) as store:
            return {summary.id: summary.status for summary in store.search()}

    def bytes_of(self) -> dict[str, bytes]:
        with ResponseStore.open(self.path, read_only=True) as store:
            found = store.search(final())
            return {summary.id: store.final_bytes(summary.id) for summary in found}

    def push(
        self,
        *,
        deadline: float = 0.0,
        limit_bytes: int | None = None,
        url: str = "",
        on_progress: Callable[[UploadProgress], None] | None = None,
    ) -> UploadReport:
        given = credentials.load(self.folder)
        if url:
            given = Credentials(url=url, token=given.token, device_id=given.device_id, role=given.role)
        rules = UploadRules(deadline=deadline, limit_bytes=limit_bytes)
        return Exchange(self.path, self.open, given, rules=rules, on_progress=on_progress).run()

    def believe(self, url: str) -> None:
        """Enrolled at ``url``, without asking it."""
        credentials.save(
            self.folder, Credentials(url=url, token="svs1_secret", device_id="d", role="surveyor")
        )


class Server:
    """The real one, in a thread."""

    def __init__(self, url: str, database: str) -> None:
        self.url = url
        self.database = database

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.url.rpartition(":")[2])

    def code(self, role: Role = "surveyor", surveyor: str = "anh") -> str:
        return admin.issue_enrolment_code(self.database, NewCode(role=role, surveyor=surveyor)).code

    def device(self, path: Path, count: int = 0, *, role: Role = "surveyor", surveyor: str = "anh") -> Home:
        home = Home(path)
        enrol(home.folder, self.url, self.code(role, surveyor), path.name)
        if count:
            home.fill(count)
        return home

    def stored(self, *homes: Home) -> dict[str, list[bytes]]:
        """Id → every version that is there of what these homes hold, in the order in which they came."""
        from sqlalchemy import select
        from survey_sync.server.db.tables import bodies, responses

        database = Database.open(self.database)
        try:
            with database.read() as connection:
                rows = connection.execute(
                    select(responses.c.id, bodies.c.body)
                    .join_from(responses, bodies, responses.c.seq == bodies.c.seq)
                    .order_by(responses.c.seq)
                ).all()
        finally:
            database.close()
        found: dict[str, list[bytes]] = {}
        wanted = {rid for home in homes for rid in home.statuses()}
        for rid, body in rows:
            if rid in wanted:
                found.setdefault(rid, []).append(bytes(body))
        return found


@contextmanager
def real_server(path: Path) -> Iterator[Server]:
    database = str(path / "server.db")
    with run_in_thread(Config(database=database, rates=PLENTY), ListenOptions(port=0)) as url:
        yield Server(url, database)


def run_program(
    program: str,
    *arguments: str,
    at: Path,
    status: int | None = 0,
    language: str = "en",
    typed: bytes = b"",
) -> subprocess.CompletedProcess[str]:
    """Run ``survey-sync`` or ``survey-tui`` in a process of its own; ``status`` is what it must end with, if
    that matters."""
    environment = {
        "PATH": os.environ["PATH"],
        "SURVEY_TUI_HOME": str(at),
        "SURVEY_TUI_LANGUAGE": language,
        "PYTHONUTF8": "1",
    }
    module = {"survey-tui": "survey_tui.__main__", "survey-sync": "survey_sync.cli"}[program]
    line = [sys.executable, "-c", f"from {module} import main; main()", *arguments]
    done = subprocess.run(line, env=environment, capture_output=True, input=typed, check=False, timeout=60)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err
    assert "svs1_" not in out + err  # never the token
    assert status in {None, done.returncode}, err + out
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)
