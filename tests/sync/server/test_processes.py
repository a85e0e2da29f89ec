"""Several server processes on one database, killed and stopped in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from survey_sync.protocol.hashes import canonical_sha256
from survey_sync.server.config import Config
from survey_sync.server.db import Database

from tests.support.collection_server import PLENTY, Device, Server, Start, frozen

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

PROGRAM = """
import sys
from survey_sync.server.config import Config, RateLimits
from survey_sync.server.serve import ListenOptions, serve

if __name__ == "__main__":
    rates = RateLimits(token_per_minute=1000000, address_per_minute=1000000)
    serve(
        Config(database=sys.argv[1], rates=rates),
        ListenOptions(port=0, processes=int(sys.argv[2])),
        lambda url: print(url, flush=True),
    )
    print("stopped in order", flush=True)
"""


@contextmanager
def process(where: str, directory: Path, number: int = 1) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own; its log is in ``directory``."""
    program = directory / "serve.py"
    program.write_text(PROGRAM)
    with (directory / "log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, program, where, str(number)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    assert started.stdout is not None
    try:
        yield started, started.stdout.readline().strip()
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        started.stdout.close()


@pytest.fixture
def offline(where: str) -> Iterator[Server]:
    """The database without a server: devices can be enrolled."""
    database = Database.open(where)
    with httpx.Client() as client:
        yield Server("", where, database, Config(database=where, rates=PLENTY), client)
    database.close()


def devices(offline: Server, count: int) -> list[str]:
    return [offline.device(name=f"máy {n}").token for n in range(count)]


def push_until_done(
    urls: list[str], token: str, waiting: list[tuple[str, bytes]], receipts: dict[str, str]
) -> None:
    """As a device does: ten at a time, again and again until there is a receipt for each."""
    todo, turn = list(waiting), 0
    while todo:
        turn += 1
        try:
            with httpx.Client(base_url=urls[turn % len(urls)], trust_env=False, timeout=10) as client:
                got = Device(client, token).push(*todo[:10], zipped=True)
        except (httpx.TransportError, AssertionError):
            assert turn < 300
            continue
        for (rid, line), receipt in zip(todo[:10], got, strict=True):
            assert (receipt["id"], receipt["sha256"]) == (rid, canonical_sha256(line))
            assert receipts.setdefault(rid, receipt["receipt"]) == receipt["receipt"]
        todo = todo[10:]


def test_two_processes_store_each_response_once(offline: Server, tmp_path: Path) -> None:
    """Six devices, three of them with the same responses, through two servers on one database."""
    tokens = devices(offline, 6)
    shares = [[frozen(100 * (n % 4) + i) for i in range(1, 61)] for n in range(6)]
    receipts: dict[str, str] = {}
    (tmp_path / "b").mkdir()
    with process(offline.where, tmp_path) as (_, one), process(offline.where, tmp_path / "b") as (_, two):
        threads = [
            threading.Thread(target=push_until_done, args=([one, two], tokens[n], shares[n], receipts))
            for n in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    everything = {rid: line for share in shares for rid, line in share}
    assert offline.stored() == {(rid, canonical_sha256(line)): line for rid, line in everything.items()}
    assert receipts.keys() == everything.keys()
    assert len(set(receipts.values())) == 240


def test_killed_at_any_moment_nothing_acknowledged_is_lost(offline: Server, tmp_path: Path) -> None:
    (token,) = devices(offline, 1)
    waiting = [frozen(n) for n in range(1, 161)]
    receipts: dict[str, str] = {}
    urls = ["http://127.0.0.1:9"]
    thread = threading.Thread(target=push_until_done, args=(urls, token, waiting, receipts))
    for life in range(4):
        with process(offline.where, tmp_path) as (started, url):
            urls[:] = [url]
            if life == 0:
                thread.start()
            if life == 3:
                thread.join(60)
            else:
                threading.Event().wait(0.15 + 0.1 * life)
            acknowledged = dict(receipts)
            os.killpg(started.pid, signal.SIGKILL)
        stored = {rid for rid, _ in offline.stored()}
        assert acknowledged.keys() <= stored
    assert not thread.is_alive()
    assert offline.stored() == {(rid, canonical_sha256(line)): line for rid, line in waiting}


def workers(parent: int) -> list[int]:
    """The processes that serve, of a server with several."""
    found = []
    for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        with suppress(OSError):  # it has just ended
            if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes():
                found.append(int(each))
    return found


def until(true: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def health(url: str) -> int:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/health", trust_env=False, timeout=30).status_code
    return 0


@linux
def test_a_process_that_is_killed_is_replaced(sqlite: str, tmp_path: Path) -> None:
    with process(sqlite, tmp_path, 2) as (started, url):
        until(lambda: len(workers(started.pid)) == 2 and health(url) == 200)
        first = workers(started.pid)[0]
        os.kill(first, signal.SIGSTOP)
        time.sleep(1.5)  # now it is asked how it is, and has 30 s for its answer
        os.kill(first, signal.SIGKILL)
        until(lambda: len(set(workers(started.pid)) - {first}) == 2, 20)
        assert health(url) == 200


@linux
def test_processes_whose_parent_is_killed_let_the_port_go(sqlite: str, tmp_path: Path) -> None:
    with process(sqlite, tmp_path, 2) as (started, url):
        until(lambda: len(workers(started.pid)) == 2 and health(url) == 200)
        started.kill()
        until(lambda: health(url) == 0)
        port = int(url.rpartition(":")[2])
        until(lambda: _is_free(port))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.mark.postgres
@linux
def test_a_database_that_dies_is_waited_for(tmp_path: Path) -> None:
    """Requests are told to come again; a process that is replaced meanwhile starts all the same."""
    from tests.sync.postgres import postgres_or_skip

    with postgres_or_skip(Path(tempfile.gettempdir())) as database:
        where = database.new()
        with process(where, tmp_path, 2) as (started, url):
            until(lambda: len(workers(started.pid)) == 2 and health(url) == 200)
            database.kill()
            assert health(url) == 503
            before = set(workers(started.pid))
            for each in before:
                os.kill(each, signal.SIGKILL)
            until(lambda: len(set(workers(started.pid)) - before) == 2)
            until(lambda: health(url) == 503)
            database.start()
            until(lambda: health(url) == 200)
            database.kill()
            started.terminate()
            assert started.stdout is not None
            assert started.stdout.read() == "stopped in order\n"


@pytest.mark.parametrize("number", [1, 2])
def test_told_to_stop_it_stops_in_order(sqlite: str, tmp_path: Path, number: int) -> None:
    with process(sqlite, tmp_path, number) as (started, url):
        assert httpx.get(f"{url}/health", trust_env=False).json() == {"status": "ok"}
        started.terminate()
        assert started.stdout is not None
        assert started.stdout.read() == "stopped in order\n"
        assert started.wait() == 0
    assert not Path(sqlite + "-wal").exists()


def test_a_port_in_use(sqlite: str, start: Start) -> None:
    from survey_sync.server.problems import ServerError
    from survey_sync.server.serve import ListenOptions, serve

    port = int(start(sqlite).url.rpartition(":")[2])
    with pytest.raises(ServerError, match="server_cannot_listen"):
        serve(Config(database=sqlite), ListenOptions(port=port), print)
    with pytest.raises(ServerError, match="server_needs_tls"):
        serve(Config(database=sqlite), ListenOptions(host="0.0.0.0", port=0), print)
