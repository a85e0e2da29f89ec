"""500 responses over a weak mobile network (300 ms, 2 % loss), against the ideal time; memory of both sides.

The network is the tests' proxy: 150 ms each way, 40 KB/s (the throughput of TCP at that delay and loss by
Mathis' formula), and one segment in 50 delayed by a retransmission. Ideal: the same responses, compressed
once, at 40 KB/s without loss, with one round trip to connect and one for the reply.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, seconds
from benchmarks.sync_bench import Device, Samples, one_gzip, server_with_pid
from tests.sync.faults.proxy import FaultProxy, Shape

COUNT, LATENCY, RATE, LOSS = 500, 0.15, 40_000.0, 0.02

_PEAK = """
import sys
from pathlib import Path
{work}
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) / 1024)
"""
_PUSH = """
from survey_sync.client import credentials
from survey_sync.client.exchange import Exchange
from survey_sync.client.sync_home import SyncHome
from survey_tui.store import ResponseStore
home = Path(sys.argv[1])
given = credentials.load(SyncHome(home))
report = Exchange(home, lambda: ResponseStore.open(home, exclusive=False), given).run()
assert report.error is None and report.delivered, report
"""


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as directory:
        root = Path(directory)
        samples = Samples(root)
        database = str(root / "server.db")
        with server_with_pid(database) as (url, server):
            device = Device(root / "weak", samples, COUNT)
            device.enrol(database, url)
            shape = Shape(latency=LATENCY, rate=RATE, loss=LOSS)
            with FaultProxy(("127.0.0.1", int(url.rpartition(":")[2])), shape=shape) as proxy:
                ours = seconds(lambda: device.push(proxy.url))
            ideal = len(one_gzip(device.canonical)) / RATE + 4 * LATENCY
            many = Device(root / "many", samples, 2000)
            many.enrol(database, url)
            client = _peak(_PUSH, str(many.home))
            bare = _peak("import httpx; httpx.Client(verify=False)", "")
            served = _peak_of(server)
            empty = _peak("import sqlalchemy.dialects.sqlite, starlette.applications, uvicorn.server", "")
    return [
        Figure("sync: 500 responses, 300 ms and 2 % loss", ours, ideal, "s", "the ideal transfer", 1.5),
        Figure(
            "sync: peak memory, 2,000 responses pushed", client, bare, "MiB", "import httpx, one client", None
        ),
        Figure(
            "sync: peak memory, server, 2,500 stored", served, empty, "MiB", "imports of its libraries", None
        ),
    ]


def _peak_of(process: int) -> float:
    """Peak memory of a process (MiB)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _peak(work: str, argument: str) -> float:
    code = _PEAK.format(work=work)
    done = subprocess.run([sys.executable, "-c", code, argument], capture_output=True, text=True, check=True)
    return float(done.stdout)
