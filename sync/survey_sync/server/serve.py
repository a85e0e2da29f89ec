"""Running the server: one process or several, with or without TLS, until it is told to stop.

SIGTERM and Ctrl-C end it gracefully: no new connections, what has begun is finished (for at most 30 s).
"""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from msgspec import Struct, structs
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from survey_sync.server.asgi import create_app
from survey_sync.server.config import Config
from survey_sync.server.db.database import database_url
from survey_sync.server.monitoring import log_to_stderr
from survey_sync.server.problems import ServerError
from survey_sync.server.runtime import ServerState

_ENVIRONMENT = "SURVEY_SYNC_SERVER"
_GRACE_SECONDS = 30


class Listening(Struct, frozen=True, kw_only=True):
    """Where and how to listen.

    Port 0 takes a free one. ``certificate`` and ``key``: PEM files for HTTPS. ``proxies``: addresses of
    proxies whose ``X-Forwarded-*`` headers are believed. Without a certificate only loopback may be served,
    unless a proxy in front speaks HTTPS (``Config.behind_https``)."""

    host: str = "127.0.0.1"
    port: int = 8320
    processes: int = 1
    certificate: Path | None = None
    key: Path | None = None
    proxies: tuple[str, ...] = ()


def serve(config: Config, listening: Listening, announce: Callable[[str], None]) -> None:
    """Serve until told to stop. ``announce`` gets the address, once, when connections are taken.

    Raises :class:`ServerError` before anything is served: ``server_needs_tls``, ``server_bad_certificate``,
    ``server_cannot_listen`` and those of :meth:`Database.open`.
    """
    config = _for_each(config, listening.processes)
    ServerState.start(config).close()  # faults of the database show here, and migration happens once
    settings = _settings(config, listening)
    with _listen(listening) as listener, _stopping_quietly():
        announce(_url(listening, listener))
        os.environ[_ENVIRONMENT] = msgspec.json.encode(config).decode()
        name = f"{__name__}:{application.__name__}"
        uvicorn_config = uvicorn.Config(name, factory=True, workers=listening.processes, **settings)
        if listening.processes > 1:
            _Processes(uvicorn_config, [listener]).run()
            if database_url(config.database).get_backend_name() == "sqlite":
                # Processes that close at one time leave its log to each other; the last opener folds it in.
                ServerState.start(config).close()
        else:
            uvicorn.Server(uvicorn_config).run([listener])


@contextmanager
def running(config: Config, listening: Listening) -> Iterator[str]:
    """The server in a thread of this process while the block runs; gives its address."""
    settings = _settings(config, listening)
    with _listen(listening) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(ServerState.start(config)), **settings))
        thread = threading.Thread(target=server.run, args=([listener],), name="survey-sync serve")
        thread.start()
        try:
            yield _url(listening, listener)  # connections wait in the listener until the server takes them
        finally:
            server.should_exit = True
            thread.join()


class _Processes(Multiprocess):
    """Replaces a process that dies or no longer answers."""

    def init_processes(self) -> None:
        super().init_processes()
        self._let_go()

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        self._let_go()

    def _let_go(self) -> None:
        """Of the end of each pipe that is a process's own: else one that dies while it is asked how it is
        would be missed only when the time for its answer is over."""
        for process in self.processes:
            process.child_conn.close()


def application() -> ASGIApp:
    """What each process runs, configured by the process that started it."""
    log_to_stderr()
    _stop_with_parent()
    config = msgspec.json.decode(os.environ[_ENVIRONMENT], type=Config)
    # One that replaces a dead one starts, and says 503, even while the database is down.
    return create_app(ServerState.start(config, checked=True))


def _stop_with_parent() -> None:
    """Processes whose parent was killed would keep the port, so that no new server could start."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="survey-sync parent", daemon=True).start()


def _for_each(config: Config, processes: int) -> Config:
    """Rates that each process counts for itself are shared out."""
    rates = structs.replace(
        config.rates,
        token_per_minute=max(1, config.rates.token_per_minute // processes),
        address_per_minute=max(1, config.rates.address_per_minute // processes),
    )
    return structs.replace(config, rates=rates)


def _settings(config: Config, listening: Listening) -> dict[str, Any]:
    if listening.certificate is None and not config.behind_https and not _is_loopback(listening.host):
        raise ServerError("server_needs_tls", host=listening.host)
    settings: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "ws": "none",
        "lifespan": "on",
        "server_header": False,
        "proxy_headers": bool(listening.proxies),
        "forwarded_allow_ips": list(listening.proxies),
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": _GRACE_SECONDS,
        "timeout_worker_healthcheck": _GRACE_SECONDS,
    }
    if listening.certificate is not None:
        _check_certificate(listening.certificate, listening.key)
        settings |= {"ssl_certfile": listening.certificate, "ssl_keyfile": listening.key}
    return settings


def _check_certificate(certificate: Path, key: Path | None) -> None:
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or type(error).__name__
        raise ServerError("server_bad_certificate", path=certificate, reason=reason) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(listening: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    try:
        listener = socket.create_server((listening.host, listening.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServerError(
            "server_cannot_listen", host=listening.host, port=listening.port, reason=reason
        ) from error
    # Connections inherit it. asyncio sets it only on sockets made with their protocol, which these are not;
    # without it the body of every reply waits 40 ms for the acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listening: Listening, listener: socket.socket) -> str:
    scheme = "https" if listening.certificate else "http"
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    return f"{scheme}://{host}:{listener.getsockname()[1]}"


@contextmanager
def _stopping_quietly() -> Iterator[None]:
    """uvicorn raises the signal anew after it has stopped; having stopped in order is a success."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
