"""Database: engine, read and write transactions, bulk insert, sequence numbers.

Writers take turns, in this process by a lock and among processes by the database (SQLite's ``BEGIN
IMMEDIATE``, a PostgreSQL advisory lock): what a writer has read is still true at its commit, two batches with
the same ids cannot deadlock, and numbers follow the order of commits (decision 0011). Decompressing, hashing
and decoding happen before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from survey_sync.server.db.migrations import migrate
from survey_sync.server.db.tables import counters
from survey_sync.server.problems import ServerError

_WRITER = 0x5355_5256_4559  # the key of the advisory lock: "SURVEY"
_WRITES = "survey_writes"
_BUSY_MS = 30_000
_POOL = 16

_WRITERS_TURN = text(
    "SELECT set_config('lock_timeout', '30s', true),"
    " set_config('idle_in_transaction_session_timeout', '60s', true), pg_advisory_xact_lock(:key)"
)
"""Waits as long as SQLite does; ends the transaction of a host that has vanished from the network."""


class Database:
    """An engine with its writer lock. Safe for threads."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine: Engine = create_engine(url, **_options(url))
        self._turn = threading.Lock()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _on_sqlite_connect)
            event.listen(self.engine, "begin", _on_sqlite_begin)

    @classmethod
    def open(cls, location: str, *, checked: bool = False) -> Self:
        """Open, create and migrate. ``location``: path of an SQLite file, or a ``postgresql://`` URL.

        ``checked``: another process of this server did that already; the database is not contacted.

        Raises ``ServerError``: ``server_bad_database`` (not understood), ``server_no_database`` (cannot be
        reached or opened), ``server_newer_database``.
        """
        database = cls(database_url(location))
        if checked:
            return database
        try:
            if database.is_sqlite:
                _create_private(Path(str(database.url.database)))
            with database.write() as connection:
                migrate(connection)
        except OperationalError as error:
            database.close()
            shown = database.url.render_as_string(hide_password=True)
            raise ServerError("server_no_database", database=shown, reason=str(error.orig).strip()) from error
        except ServerError:
            database.close()
            raise
        return database

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file on this machine."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction on one state of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """An exclusive writing transaction: durable at the end of the block, rolled back if it raises."""
        with self._turn, self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(_WRITERS_TURN, {"key": _WRITER})
                yield connection

    def purge_erased(self) -> None:
        """Remove erased content from SQLite's log too; in PostgreSQL, vacuum does that eventually."""
        if self.is_sqlite:
            with self._turn, self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections; SQLite checkpoints its log."""
        self.engine.dispose()


def database_url(location: str) -> URL:
    """Parse a path, ``sqlite:///path`` or ``postgresql://user@host/name``."""
    if "://" not in location:
        return URL.create("sqlite", database=str(Path(location).absolute()))
    try:
        url = make_url(location)
    except ArgumentError as error:
        raise ServerError("server_bad_database", database=location.partition("://")[0] + "://…") from error
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database not in {None, "", ":memory:"}:
        return url
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    raise ServerError("server_bad_database", database=url.render_as_string(hide_password=True))


def _create_private(path: Path) -> None:
    """Create the file with mode 0600; SQLite's log gets the same mode."""
    with suppress(OSError):  # SQLite reports what is wrong with the path
        path.touch(mode=0o600)


def _options(url: URL) -> dict[str, Any]:
    # Parameters hold answers: they must not get into exceptions and logs.
    shared: dict[str, Any] = {"hide_parameters": True, "pool_size": _POOL, "max_overflow": _POOL}
    if url.get_backend_name() == "sqlite":
        return shared
    # Six processes fit into the 100 connections that PostgreSQL allows by default.
    few = {"pool_size": _POOL // 2, "max_overflow": _POOL // 2}
    # A database whose machine vanished is noticed after a minute, not after two hours.
    alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    times = {"connect_timeout": 10, "tcp_user_timeout": 60_000, **alive}
    return {**shared, **few, "pool_pre_ping": True, "connect_args": times}


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin in _on_sqlite_begin
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=8000",  # 32 MB: few commits must also fold the log into the file
        "secure_delete=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_PLACE = {"qmark": "?", "pyformat": "%s", "format": "%s"}


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given in the order of the table's columns, in a third of the time of a Core insert."""
    names = ", ".join(connection.dialect.identifier_preparer.quote(column.name) for column in table.columns)
    places = ", ".join([_PLACE[connection.dialect.paramstyle]] * len(table.columns))
    if rows:
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({places})", list(rows))


def next_numbers(connection: Connection, name: str, count: int) -> range:
    """Reserve ``count`` numbers of a counter; inside a writing transaction only."""
    if not count:
        return range(0)
    value = counters.c.value
    last: int = connection.execute(
        counters.update().where(counters.c.name == name).values(value=value + count).returning(value)
    ).scalar_one()
    return range(last - count + 1, last + 1)
