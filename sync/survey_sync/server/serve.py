"""Server processes: one or several, with or without TLS, until a signal stops them.

SIGTERM and Ctrl-C stop them gracefully: no new connections; running requests have 30 s to finish.
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
from survey_sync.server.runtime import ServerRuntime

_ENVIRONMENT = "SURVEY_SYNC_SERVER"
_GRACE_SECONDS = 30


class ListenOptions(Struct, frozen=True, kw_only=True):
    """Address, processes and TLS.

    Port 0 takes a free one. ``certificate`` and ``key``: PEM files for HTTPS. ``proxies``: addresses of
    trusted proxies (``X-Forwarded-*``). Without a certificate only loopback may be served, unless a proxy in
    front terminates HTTPS (``Config.behind_https``).
    """

    host: str = "127.0.0.1"
    port: int = 8320
    processes: int = 1
    certificate: Path | None = None
    key: Path | None = None
    proxies: tuple[str, ...] = ()


def serve(config: Config, options: ListenOptions, announce: Callable[[str], None]) -> None:
    """Serve until a signal. ``announce`` gets the address once connections are accepted.

    Raises :class:`ServerError` before anything is served: ``server_needs_tls``, ``server_bad_certificate``,
    ``server_cannot_listen`` and those of :meth:`ServerRuntime.start`.
    """
    config = _rates_per_process(config, options.processes)
    ServerRuntime.start(config).close()  # report database errors here, and migrate once
    settings = _uvicorn_settings(config, options)
    with _listen(options) as listener, _graceful_stop():
        announce(_url(options, listener))
        os.environ[_ENVIRONMENT] = msgspec.json.encode(config).decode()
        name = f"{__name__}:{create_worker_app.__name__}"
        uvicorn_config = uvicorn.Config(name, factory=True, workers=options.processes, **settings)
        if options.processes > 1:
            _Processes(uvicorn_config, [listener]).run()
            if database_url(config.database).get_backend_name() == "sqlite":
                # Processes that close at the same time leave the log; the last opener checkpoints it.
                ServerRuntime.start(config).close()
        else:
            uvicorn.Server(uvicorn_config).run([listener])


@contextmanager
def run_in_thread(config: Config, options: ListenOptions) -> Iterator[str]:
    """Run the server in a thread of this process during the block; yields its address."""
    settings = _uvicorn_settings(config, options)
    with _listen(options) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(ServerRuntime.start(config)), **settings))
        thread = threading.Thread(target=server.run, args=([listener],), name="survey-sync serve")
        thread.start()
        try:
            yield _url(options, listener)  # connections wait in the listener until the server accepts them
        finally:
            server.should_exit = True
            thread.join()


class _Processes(Multiprocess):
    """Supervisor that replaces a process that dies or no longer answers."""

    def init_processes(self) -> None:
        super().init_processes()
        self._close_child_pipes()

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        self._close_child_pipes()

    def _close_child_pipes(self) -> None:
        """Close the children's ends of the pipes.

        Otherwise a process that dies during a health check is noticed only after the timeout.
        """
        for process in self.processes:
            process.child_conn.close()


def create_worker_app() -> ASGIApp:
    """The application of a worker process, configured through the environment."""
    log_to_stderr()
    _stop_with_parent()
    config = msgspec.json.decode(os.environ[_ENVIRONMENT], type=Config)
    # A replacement starts, and answers 503, even while the database is down.
    return create_app(ServerRuntime.start(config, checked=True))


def _stop_with_parent() -> None:
    """Stop when the parent is killed; otherwise this process would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="survey-sync parent", daemon=True).start()


def _rates_per_process(config: Config, processes: int) -> Config:
    """Divide the per-process rates by the number of processes."""
    rates = structs.replace(
        config.rates,
        token_per_minute=max(1, config.rates.token_per_minute // processes),
        address_per_minute=max(1, config.rates.address_per_minute // processes),
    )
    return structs.replace(config, rates=rates)


def _uvicorn_settings(config: Config, options: ListenOptions) -> dict[str, Any]:
    if options.certificate is None and not config.behind_https and not _is_loopback(options.host):
        raise ServerError("server_needs_tls", host=options.host)
    settings: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "ws": "none",
        "lifespan": "on",
        "server_header": False,
        "proxy_headers": bool(options.proxies),
        "forwarded_allow_ips": list(options.proxies),
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": _GRACE_SECONDS,
        "timeout_worker_healthcheck": _GRACE_SECONDS,
    }
    if options.certificate is not None:
        _check_certificate(options.certificate, options.key)
        settings |= {"ssl_certfile": options.certificate, "ssl_keyfile": options.key}
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


def _listen(options: ListenOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        listener = socket.create_server((options.host, options.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ServerError(
            "server_cannot_listen", host=options.host, port=options.port, reason=reason
        ) from error
    # Connections inherit it. asyncio sets it only on sockets made with their protocol, which these are not;
    # without it the body of every reply waits 40 ms for the acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(options: ListenOptions, listener: socket.socket) -> str:
    scheme = "https" if options.certificate else "http"
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"{scheme}://{host}:{listener.getsockname()[1]}"


@contextmanager
def _graceful_stop() -> Iterator[None]:
    """Ignore the signal that uvicorn raises again after a graceful stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
