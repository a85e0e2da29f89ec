"""``make demo`` is what a newcomer sees first: it has to work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.server
@pytest.mark.slow
def test_the_whole_way_in_one_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.sync.demo", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "interviews 9 · on the server 9 · receipts on the devices 9" in done.stdout
    assert "every response exactly once" in done.stdout
    assert "<table" in (tmp_path / "coordinator.html").read_text(encoding="utf-8")
