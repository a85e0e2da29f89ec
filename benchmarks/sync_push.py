"""Sending 1,000 responses on loopback, against one POST of the same bytes, and one request each."""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send
from survey_sync.client import credentials
from survey_sync.client.sync_home import SyncHome
from survey_sync.protocol.hashes import canonical_slice, content_digest

from benchmarks.figures import Figure, seconds
from benchmarks.sync_bench import Device, Samples, one_gzip, server_process
from tests.sync.faults.proxy import FaultProxy

COUNT, REPEATS, ONE_BY_ONE, DEVICES = 1000, 3, 200, 8


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as directory:
        root = Path(directory)
        samples = Samples(root)
        database = str(root / "server.db")
        with server_process(database) as url, _bare_endpoint() as bare:
            runs = [_run(root / f"d{n}", samples, database, url, bare) for n in range(REPEATS + 1)][1:]
            ours, raw, single, wire, packed = (
                statistics.median(column) for column in zip(*runs, strict=True)
            )
            rate = _many_devices(root, samples, database, url)
    each, one = ours * 1000 / COUNT, single * 1000
    return [
        Figure("sync: bytes on the wire, 1,000 responses", wire / 1000, packed / 1000, "KB", "one gzip", 1.1),
        Figure("sync: 1,000 responses pushed", ours * 1000, raw * 1000, "ms", "one POST, bare endpoint", 3.0),
        Figure("sync: a response in a batch", each, one, "ms", "one request each", 0.1),
        Figure("sync: 2,000 responses/s; 8 devices", 2000.0, rate, "/s", "what the server stored", 1.0),
    ]


def _run(home: Path, samples: Samples, database: str, url: str, bare: str) -> tuple[float, ...]:
    """(seconds of our push, of a raw POST, of one request a response; bytes on the wire, of one gzip)."""
    device = Device(home, samples, COUNT, seed=hash(home.name) % 1000)
    device.enrol(database, url)
    packed = one_gzip(device.canonical)
    raw = seconds(lambda: httpx.post(bare, content=packed).raise_for_status())
    ours = seconds(device.push)
    other = Device(home.with_name(home.name + "w"), samples, COUNT, seed=3)
    other.enrol(database, url)
    with FaultProxy(("127.0.0.1", int(url.rpartition(":")[2]))) as proxy:
        other.push(proxy.url)
        up = proxy.sent
    single = _one_by_one(home.with_name(home.name + "s"), samples, database, url)
    return ours, raw, single, float(up), float(len(one_gzip(other.canonical)))


def _one_by_one(home: Path, samples: Samples, database: str, url: str) -> float:
    """Seconds for each response when it is a request of its own, on one connection."""
    device = Device(home, samples, ONE_BY_ONE, seed=5)
    device.enrol(database, url)
    token = credentials.load(SyncHome(home)).token
    with httpx.Client(
        base_url=url, headers={"Survey-Sync": "1", "Authorization": f"Bearer {token}"}
    ) as client:
        begun = time.perf_counter()
        for line in device.canonical:
            rid = json.loads(line)["response_id"]
            body = b'{"responses":[{"id":"%s","body":%s}]}' % (rid.encode(), canonical_slice(line))
            headers = {"Content-Type": "application/json", "Content-Digest": content_digest(body)}
            client.post("/v1/responses", content=body, headers=headers).raise_for_status()
        return (time.perf_counter() - begun) / ONE_BY_ONE


def _many_devices(root: Path, samples: Samples, database: str, url: str) -> float:
    """Responses per second that the server stores durably, from eight devices in this process."""
    devices = [Device(root / f"m{n}", samples, 500, seed=n) for n in range(DEVICES)]
    for device in devices:
        device.enrol(database, url)
    begun = time.perf_counter()
    with ThreadPoolExecutor(DEVICES) as pool:
        reports = list(pool.map(lambda device: device.push(), devices))
    arrived: int = sum(report.delivered for report in reports)
    return arrived / (time.perf_counter() - begun)


@contextmanager
def _bare_endpoint() -> Iterator[str]:
    """An ASGI endpoint that reads a body and replies with status 200."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join()
