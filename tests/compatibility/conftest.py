"""Copies of the fixtures, one for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .archive import Unpack, unpack


@pytest.fixture
def fixture(tmp_path: Path) -> Unpack:
    """``fixture(NAME)``: a directory with the content of ``data/NAME.tar.xz``, the same within a test."""

    def get(name: str) -> Path:
        folder = tmp_path / name
        return folder if folder.exists() else unpack(name, folder)

    return get


@pytest.fixture
def field(fixture: Unpack) -> Path:
    """The home of a surveyor's device."""
    return fixture("field")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A function that creates an empty PostgreSQL database and returns its URL."""
    from tests.sync.postgres import postgres_or_skip  # not for Windows

    with postgres_or_skip(Path(tempfile.gettempdir())) as server:
        yield server.new
