"""The reduced torture run: ``make torture`` is the full one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.torture
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_nothing_acknowledged_is_lost_and_every_store_opens() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.torture", "--reduced", "--seed", "20261121"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].split()[-3:] == ["0", "0", "0"]
