"""On a full disk the response at hand can be finished and marked as handed over; nothing new begins."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_tui.store import ResponseStore, check_store
from survey_tui.store.journal.writer import RESERVE_BYTES

MOMENT = "2026-11-21T08:30:00.000+07:00"

Draft = Callable[..., str]

# Runs in a mount namespace of its own, on a file system of two megabytes.
ON_A_SMALL_DISK = """
import json, os, sys
from pathlib import Path
from survey_tui.errors import StoreError
from survey_tui.interview.events import Answered, Finalised, Started
from survey_tui.store import ResponseStore, check_store

AT, home = "2026-11-21T08:30:00.000+07:00", Path(sys.argv[1])
facts = {}

def begin(store):
    key = store.new_id()
    store.begin(Started(AT, response_id=key, form_id="f"))
    return key

def fill(size):
    with (home / "other").open("ab", buffering=0) as other:
        try:
            while True:
                other.write(bytes(size))
        except OSError:
            pass

with ResponseStore.open(home) as store:
    key = begin(store)
    fill(4096), fill(1)
    facts["notices before"] = [notice.code for notice in store.notices]
    for number in range(120):
        store.record(key, Answered(AT, f"a/q{number}", "x" * 80))
    facts["notices"] = [notice.code for notice in store.notices]
    fill(4096), fill(1)  # somebody else takes the rest
    try:
        begin(store)
    except StoreError as error:
        facts["another"] = error.code
os.truncate(home / "other", (home / "other").stat().st_size - 65536)
with ResponseStore.open(home) as store:
    store.finalise(key, Finalised(AT), b"{}")
    store.handover.mark_received({key: "R-1"})
    facts["events"] = len(store.events(key))
(home / "other").unlink()
with ResponseStore.open(home) as store:
    begin(store)
    facts["notices after"] = [notice.code for notice in store.notices]
facts["findings"] = [finding.code for finding in check_store(home)]
print(json.dumps(facts))
"""


def _small_disk_is_possible() -> bool:
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not _small_disk_is_possible(), reason="needs a file system of its own")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o size=2m none {tmp_path} && exec {sys.executable} - {tmp_path}"
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", mount],
        input=ON_A_SMALL_DISK,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "notices before": [],
        "notices": ["reserve_used"],
        "another": "store_disk_nearly_full",
        "events": 122,
        "notices after": [],
        "findings": [],
    }


def test_the_reserve_is_made_with_the_first_response(
    tmp_path: Path, store: ResponseStore, draft: Draft
) -> None:
    reserve = tmp_path / "store" / "responses.reserve"
    assert not reserve.exists()
    draft(store)
    assert reserve.stat().st_size == RESERVE_BYTES
    assert reserve.stat().st_mode & 0o077 == 0
    reserve.write_bytes(b"cut short")
    draft(store)
    assert reserve.stat().st_size == RESERVE_BYTES
    assert check_store(tmp_path) == []
