"""Fixtures: a real server on loopback, over each kind of database."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from survey_sync.protocol.hashes import canonical_sha256
from survey_sync.server import admin
from survey_sync.server.config import Config
from survey_sync.server.db import Database
from survey_sync.server.serve import ListenOptions, run_in_thread

from tests.support.collection_server import PLENTY, Browse, Make, Server, Start, frozen


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Gives the URL of a new, empty database of a real PostgreSQL."""
    from tests.sync.postgres import postgres_or_skip  # not for Windows

    with postgres_or_skip(Path(tempfile.gettempdir())) as server:
        yield server.new


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database is: each kind in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "server.db")
    url: str = request.getfixturevalue("postgres")()
    return url


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """Where an SQLite database is."""
    return str(tmp_path / "server.db")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers that stop at the end: ``start(where, **Config)``."""
    with ExitStack() as stack:

        def begin(where: str, **facts: Any) -> Server:
            config = Config(**{"database": where, "rates": PLENTY, **facts})
            database = Database.open(where)
            stack.callback(database.close)
            url = stack.enter_context(run_in_thread(config, ListenOptions(port=0)))
            client = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
            return Server(url, where, database, config, client)

        yield begin


@pytest.fixture
def server(start: Start, sqlite: str) -> Server:
    """A server on SQLite."""
    return start(sqlite)


@pytest.fixture
def both(start: Start, where: str) -> Server:
    """A server on each kind of database in turn."""
    return start(where)


@pytest.fixture
def make() -> Make:
    """Makes responses: see :func:`frozen`."""
    return frozen


@pytest.fixture
def sha() -> Callable[[bytes], str]:
    """The hash of frozen bytes."""
    return canonical_sha256


@pytest.fixture
def browse() -> Iterator[Browse]:
    """Signs somebody in: ``browse(server, role)`` gives a client with the cookie."""
    clients: list[httpx.Client] = []

    def begin(server: Server, role: str = "coordinator", name: str | None = None) -> httpx.Client:
        client = httpx.Client(base_url=server.url, follow_redirects=True, trust_env=False)
        clients.append(client)
        name = name or f"chị {role}"
        password = admin.add_account(server.where, name, role)  # type: ignore[arg-type]
        reply = client.post("/login", data={"name": name, "password": password})
        assert reply.url.path == "/"
        return client

    yield begin
    for client in clients:
        client.close()
