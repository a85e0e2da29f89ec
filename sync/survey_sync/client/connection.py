"""HTTP client of the collection server. Replies are validated before they are used; the only importer of
httpx.

Certificates are checked against the system's (``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are respected), proxies
are taken from the environment (``HTTPS_PROXY``, ``NO_PROXY`` …), redirects are never followed, and replies
are read up to a limit in bytes and in time, so that a hostile or broken server cannot block the device.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

import msgspec
from msgspec import Struct

from survey_sync.client.credentials import is_loopback
from survey_sync.client.errors import (
    EnrolmentError,
    ForeignReplyError,
    RetryableError,
    ServerProblemError,
    SyncError,
    TrustError,
)
from survey_sync.client.retry import retry_after
from survey_sync.protocol.hashes import content_digest, parse_digest
from survey_sync.protocol.messages import (
    CONTENT_DIGEST,
    MEDIA_TYPE,
    PROBLEM_MEDIA_TYPE,
    PROTOCOL,
    PROTOCOL_HEADER,
    RETRY_AFTER,
    Problem,
    decoder,
)
from survey_tui.errors import UsageError

if TYPE_CHECKING:
    import httpx


S = TypeVar("S", bound=Struct)

_problem = decoder(Problem)
_BUSY_STATUSES = frozenset((408, 425, 429))
_PIECE_BYTES = 16 << 10
_HEAD_BYTES = 450
"""About what the request line and headers of one request take."""


class Timeouts(Struct, frozen=True):
    """Seconds for connecting, for silence within a transfer, and for one request as a whole."""

    connect: float = 20.0
    silence: float = 75.0
    whole: float = 600.0


class ServerReply(Struct, frozen=True):
    """A reply of the server. ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ServerConnection:
    """HTTP connections to one server, at most two, kept open, usable from any thread.

    :meth:`close` breaks off requests under way. ``sent`` counts bytes, those of headers estimated.
    """

    def __init__(self, url: str, token: str = "", timeouts: Timeouts | None = None) -> None:
        self.url = url
        self.host = urlsplit(url).netloc
        self.sent = 0
        self._token = token
        self._timeouts = timeouts or Timeouts()
        self._client: httpx.Client | None = None
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._closed = False
        self._sent_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; may be called by another thread than the one that waits for a reply."""
        self._closed = True
        self._shut_sockets()
        if self._client is not None:
            self._client.close()

    def request(  # noqa: PLR0913 (one request)
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        max_bytes: int = 8 << 20,
        on_bytes_sent: Callable[[int], None] | None = None,
    ) -> ServerReply:
        """Send a request and read the reply, of which at most ``max_bytes`` are read.

        ``on_bytes_sent`` is called with the number of bytes of the body that were sent. Raises
        :class:`RetryableError`, :class:`ForeignReplyError`, :class:`TrustError`, :class:`EnrolmentError`
        (401, and 403 ``revoked``) and :class:`ServerProblemError` (any other status from 400 on that will not
        go away by itself); ``UsageError("sync_bad_url")`` for an address that no server can have.
        """
        given = {PROTOCOL_HEADER: PROTOCOL, "Accept-Encoding": "gzip", **(headers or {})}
        if self._token:
            given["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            given.setdefault("Content-Type", MEDIA_TYPE)
            given[CONTENT_DIGEST] = content_digest(body)
            given["Content-Length"] = str(len(body))
        with self._translate_errors(), self._time_limit():
            reply = self._exchange(method, path, body, given, max_bytes, on_bytes_sent)
        return _validate_reply(reply, self.host, max_bytes)

    def request_message(
        self,
        read: Callable[[bytes], S],
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> S:
        """Send a request and decode the message in the reply.

        Raises as :meth:`request` and :func:`decode_reply`.
        """
        return decode_reply(read, self.request(method, path, body, headers), self.host)

    def _exchange(  # noqa: PLR0913, PLR0917 (one request)
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        on_bytes_sent: Callable[[int], None] | None,
    ) -> ServerReply:
        end = time.monotonic() + self._timeouts.whole
        with self._sent_lock:
            self.sent += len(body or b"") + _HEAD_BYTES
        content = body if body is None or on_bytes_sent is None else _split_body(body, on_bytes_sent)
        given: dict[str, Any] = {"headers": headers, "extensions": {"trace": self._remember_socket}}
        with self._open_client().stream(method, self.url + path, content=content, **given) as response:
            parts, size = [], 0
            for part in response.iter_raw():
                parts.append(part)
                size += len(part)
                if size > max_bytes:
                    raise ForeignReplyError("sync_long_reply", host=self.host, limit=max_bytes)
                if time.monotonic() > end:
                    raise RetryableError("sync_slow", host=self.host)
            lower = {name.lower(): value for name, value in response.headers.items()}
            return ServerReply(response.status_code, lower, b"".join(parts))

    def _open_client(self) -> httpx.Client:
        if self._client is None:
            import httpx

            secure = self.url.startswith("https://")
            host = urlsplit(self.url).hostname or ""
            times = self._timeouts
            self._client = httpx.Client(
                # Reading all certificates takes time that a plain request to this machine need not spend.
                verify=_certificate_context() if secure else False,
                timeout=httpx.Timeout(times.silence, connect=times.connect),
                follow_redirects=False,
                trust_env=not is_loopback(host),  # no proxy between this machine and itself
                # Shorter than servers keep a silent connection, so that a request never meets a closing one.
                limits=httpx.Limits(max_connections=2, keepalive_expiry=4.0),
            )
        return self._client

    def _remember_socket(self, _step: str, fields: Mapping[str, Any]) -> None:
        """Trace function of httpx: remember each socket that it opens, so that it can be shut down."""
        stream: Any = fields.get("return_value")
        if hasattr(stream, "get_extra_info"):
            opened = stream.get_extra_info("socket")
            self._sockets.add(opened)
            if self._closed:
                _shut_socket(opened)

    @contextmanager
    def _time_limit(self) -> Iterator[None]:
        """Break off a request that takes too long as a whole: a server may also drip its headers."""
        alarm = threading.Timer(self._timeouts.whole, self._shut_sockets)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()

    def _shut_sockets(self) -> None:
        for each in list(self._sockets):
            _shut_socket(each)  # closing alone leaves a thread that reads from it waiting

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Raise failures of httpx as errors of sync, without quoting the request, which has the token."""
        import httpx

        try:
            yield
        except SyncError:
            raise
        except httpx.TimeoutException as error:
            raise RetryableError("sync_slow", host=self.host) from error
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            refused = _certificate_fault(error)
            if refused is not None:
                raise TrustError("sync_certificate", host=self.host, reason=refused) from error
            raise RetryableError("sync_no_line", host=self.host, reason=type(error).__name__) from error
        except (httpx.InvalidURL, UnicodeError) as error:  # a host name that no server can have
            raise UsageError("sync_bad_url", url=self.url) from error
        except RuntimeError as error:  # httpx: another thread has closed the client
            if not self._closed:
                raise
            raise RetryableError("sync_stopped") from error


def decode_reply(read: Callable[[bytes], S], reply: ServerReply, host: str) -> S:
    """The message in a reply; :class:`ForeignReplyError` for any other content."""
    try:
        return read(reply.body)
    except msgspec.DecodeError:
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status) from None


def _split_body(body: bytes, on_bytes_sent: Callable[[int], None]) -> Iterator[bytes]:
    for start in range(0, len(body), _PIECE_BYTES):
        yield body[start : start + _PIECE_BYTES]
        on_bytes_sent(min(start + _PIECE_BYTES, len(body)))


def _shut_socket(connection: socket.socket) -> None:
    with suppress(OSError):  # closed by the other side
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # not TLS's own, which would say goodbye


def _certificate_context() -> ssl.SSLContext:
    """Certificates of the system; those that come with httpx where it has none."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_certificate_directory():
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    return context


def _has_certificate_directory() -> bool:
    # OpenSSL reads a directory of certificates only when it needs one of them, so the count does not show it.
    directory = ssl.get_default_verify_paths().capath
    return directory is not None and any(Path(directory).glob("*.0"))


def _certificate_fault(error: BaseException) -> str | None:
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message or "verification failed"
        if seen is None:
            break
        seen = seen.__cause__ or seen.__context__
    return "certificate verify failed" if "CERTIFICATE_VERIFY_FAILED" in str(error) else None


def _validate_reply(reply: ServerReply, host: str, max_bytes: int) -> ServerReply:
    """The reply, if the server made it and did what was requested."""
    if reply.headers.get(PROTOCOL_HEADER.lower()) != PROTOCOL:
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
    digest = parse_digest(reply.headers.get(CONTENT_DIGEST.lower(), ""))
    if reply.body and digest != parse_digest(content_digest(reply.body)):
        raise RetryableError("sync_garbled", host=host)
    reply = _decompress_reply(reply, host, max_bytes)
    if reply.status < 300:
        return reply
    seconds = retry_after(reply.headers.get(RETRY_AFTER.lower(), ""), reply.headers.get("date", ""))
    problem = _decode_problem(reply)
    if reply.status == 401 or problem.code == "revoked":
        raise EnrolmentError("sync_revoked" if problem.code == "revoked" else "sync_token", host=host)
    if reply.status >= 500 or reply.status in _BUSY_STATUSES:
        code = "sync_busy_server" if reply.status in {429, 503} else "sync_server_failed"
        raise RetryableError(code, host=host, status=reply.status, retry_after=seconds)
    if reply.status < 400:
        raise ForeignReplyError(
            "sync_stranger", host=host, status=reply.status
        )  # a redirect, which no server sends
    raise ServerProblemError(problem.code, reply.status, problem.detail)


def _decompress_reply(reply: ServerReply, host: str, max_bytes: int) -> ServerReply:
    """The reply with its body decompressed, to at most ``max_bytes``."""
    encoding = reply.headers.get("content-encoding", "identity").lower()
    if encoding == "identity" or not reply.body:
        return reply
    if encoding != "gzip":
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(reply.body, max_bytes)
    except zlib.error:
        raise RetryableError("sync_garbled", host=host) from None
    if unpacker.unconsumed_tail:
        raise ForeignReplyError("sync_long_reply", host=host, limit=max_bytes)
    if not unpacker.eof:
        raise RetryableError("sync_garbled", host=host)
    return ServerReply(reply.status, reply.headers, body)


def _decode_problem(reply: ServerReply) -> Problem:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    if kind == PROBLEM_MEDIA_TYPE:
        try:
            return _problem(reply.body)
        except msgspec.DecodeError:
            pass
    return Problem(status=reply.status, code=f"http_{reply.status}", title="")
