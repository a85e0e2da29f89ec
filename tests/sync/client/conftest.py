"""Fixtures: a real server and a device, and the programs as a person runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import Home, Run, Server, real_server, run_program


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests of a module: each looks at its own homes."""
    with real_server(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def run() -> Run:
    """The programs as a person runs them: ``run(program, *arguments, at=home, status=0)``."""
    return run_program
