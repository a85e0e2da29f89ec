"""The test suite: time limits, markers, hypothesis profiles, and targets of the Makefile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from tests.support.hypothesis_profiles import DEV_EXAMPLES
from tests.support.markers import NOT_QUICK

ROOT = Path(__file__).parents[2]
BUILT_IN = {"asyncio", "filterwarnings", "parametrize", "skip", "skipif", "timeout", "usefixtures", "xfail"}
VARIABLES = {"CI", "HYPOTHESIS_PROFILE", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"}

HANGING = """
import threading, time
import pytest
from hypothesis import given, settings, strategies as st

@pytest.fixture
def stuck():
    yield
    time.sleep(600)

def test_hangs():
    while True:
        try:
            time.sleep(600)
        except Exception:
            pass

def test_waits_for_a_thread():
    thread = threading.Thread(target=time.sleep, args=(600,), daemon=True)
    thread.start()
    thread.join()

async def test_hangs_in_a_loop():
    import asyncio
    await asyncio.sleep(600)

@settings(deadline=None)
@given(st.integers())
def test_hangs_with_every_example(number):
    time.sleep(600)

def test_hangs_in_its_clean_up(stuck):
    pass

def test_fails_and_hangs_in_its_clean_up(stuck):
    assert False

def test_passes():
    pass
"""

EXAMPLES = """
from hypothesis import given, settings, strategies as st

seen = []

@settings(max_examples=60)
@given(st.integers())
def test_counts(number):
    seen.append(number)

@given(st.integers())
def test_counts_too(number):
    seen.append(number)

def test_says():
    print("examples:", len(seen))
"""

SLOW = """
import time
import pytest

def test_dawdles():
    time.sleep(1.1)

@pytest.mark.slow
def test_dawdles_and_is_marked():
    time.sleep(1.1)
"""


def run_pytest(folder: Path, text: str, *options: str, **environment: str) -> str:
    """Output of a test run of its own, over one file with this text."""
    path = folder / "test_it.py"
    path.write_text(text, encoding="utf-8")
    settings = ("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "tests.support.suite")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-p", "no:cacheprovider", *options, str(path)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in VARIABLES} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_test_that_hangs_fails_and_the_run_goes_on(tmp_path: Path, processes: str) -> None:
    said = run_pytest(tmp_path, HANGING, "-n", processes, "--timeout", "0.5")
    assert re.search(r"5 failed, 2 passed, 2 errors in", said), said
    assert said.count("TestTimeoutError: still running after 0.5 s") >= 6
    assert "worker" not in said.replace("2 workers", "")


@pytest.mark.slow
def test_a_quick_run_tries_few_examples_and_a_whole_run_all(tmp_path: Path) -> None:
    def examples(*options: str, **environment: str) -> int:
        found = re.search(r"examples: (\d+)", run_pytest(tmp_path, EXAMPLES, "-s", *options, **environment))
        assert found is not None
        return int(found[1])

    assert examples(HYPOTHESIS_PROFILE="dev") == examples("--hypothesis-profile=dev") == 2 * DEV_EXAMPLES
    assert examples() == examples(CI="true") == 60 + 100


@pytest.mark.slow
def test_continuous_integration_lists_slow_tests_without_a_marker(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, SLOW, "-n", "2", CI="true")
    _, heading, report = said.partition("over 1 s without a marker")
    assert heading
    assert re.findall(r" s  (\S+)", report) == ["test_it.py::test_dawdles"]
    assert heading not in run_pytest(tmp_path, SLOW)


def test_every_marker_in_use_is_registered_and_every_registered_one_in_use() -> None:
    texts = (
        path.read_text(encoding="utf-8")
        for path in (*ROOT.glob("tests/**/*.py"), *ROOT.glob("plugins/*/tests/*.py"))
    )
    used = set(chain.from_iterable(re.findall(r"pytest\.mark\.(\w+)", text) for text in texts))
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"][
        "ini_options"
    ]
    registered = {line.partition(":")[0] for line in options["markers"]}
    assert used - BUILT_IN <= registered
    assert registered == used - BUILT_IN | set(NOT_QUICK)


def test_the_makefile_describes_every_target_and_excludes_every_marker() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+(?:-%)?):(?!=)", text, re.MULTILINE))
    explained = set(re.findall(r"^([a-z]+(?:-%)?):.*## \S", text, re.MULTILINE))
    assert targets == explained
    left_out = re.search(r"^QUICK = (.*)$", text, re.MULTILINE)
    assert left_out is not None
    assert left_out[1] == " and ".join(f"not {marker}" for marker in NOT_QUICK)
