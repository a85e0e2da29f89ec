"""One request, one reply, and nothing believed that the protocol does not vouch for. The only importer of
httpx.

Certificates are checked against the system's (``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` count), proxies taken
from the environment (``HTTPS_PROXY``, ``NO_PROXY`` …), redirects never followed, and replies read up to a
limit in bytes and in time, so that a hostile or broken server cannot hold the device."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
_BUSY = frozenset((408, 425, 429))
_PIECE = 16 << 10
_HEAD_BYTES = 450
"""About what the request line and headers of one request take."""


class Timeouts(Struct, frozen=True):
    """Seconds: for a connection, for silence within a transfer, and for one request as a whole."""

    connect: float = 20.0
    silence: float = 75.0
    whole: float = 600.0


class ServerReply(Struct, frozen=True):
    """What the server said. ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ServerConnection:
    """Requests to one server, over connections that are kept while they serve, from any thread; two at a
    time. :meth:`close` breaks off what is under way.

    ``sent`` counts bytes, headers estimated.
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
        self._counting = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._closed = True
        self._break_off()
        if self._client is not None:
            self._client.close()

    def request(  # noqa: PLR0913 (one request)
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        most: int = 8 << 20,
        told: Callable[[int], None] | None = None,
    ) -> ServerReply:
        """Send and read the reply; ``most``: bytes of a reply that are read. ``told`` hears how many bytes of
        the body have gone out.

        Raises :class:`RetryableError`, :class:`ForeignReplyError`, :class:`TrustError`,
        :class:`EnrolmentError` (401, and 403 ``revoked``) and :class:`ServerProblemError` (every other status
        from 400 on that will not go away by itself); ``UsageError("sync_bad_url")`` when no server can have
        this address."""
        given = {PROTOCOL_HEADER: PROTOCOL, "Accept-Encoding": "gzip", **(headers or {})}
        if self._token:
            given["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            given.setdefault("Content-Type", MEDIA_TYPE)
            given[CONTENT_DIGEST] = content_digest(body)
            given["Content-Length"] = str(len(body))
        with self._explained(), self._bounded():
            reply = self._exchange(method, path, body, given, most, told)
        return _believed(reply, self.host, most)

    def request_message(
        self,
        read: Callable[[bytes], S],
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> S:
        """The message in the reply; raises as :meth:`request` and :func:`decode_reply`."""
        return decode_reply(read, self.request(method, path, body, headers), self.host)

    def _exchange(  # noqa: PLR0913, PLR0917 (one request)
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        most: int,
        told: Callable[[int], None] | None,
    ) -> ServerReply:
        end = time.monotonic() + self._timeouts.whole
        with self._counting:
            self.sent += len(body or b"") + _HEAD_BYTES
        content = body if body is None or told is None else _pieces(body, told)
        given: dict[str, Any] = {"headers": headers, "extensions": {"trace": self._see}}
        with self._opened().stream(method, self.url + path, content=content, **given) as answer:
            parts, size = [], 0
            for part in answer.iter_raw():
                parts.append(part)
                size += len(part)
                if size > most:
                    raise ForeignReplyError("sync_long_reply", host=self.host, limit=most)
                if time.monotonic() > end:
                    raise RetryableError("sync_slow", host=self.host)
            lower = {name.lower(): value for name, value in answer.headers.items()}
            return ServerReply(answer.status_code, lower, b"".join(parts))

    def _opened(self) -> httpx.Client:
        if self._client is None:
            import httpx

            secure = self.url.startswith("https://")
            host = urlsplit(self.url).hostname or ""
            times = self._timeouts
            self._client = httpx.Client(
                # Reading all certificates takes time that a plain request to this machine need not spend.
                verify=_certificates() if secure else False,
                timeout=httpx.Timeout(times.silence, connect=times.connect),
                follow_redirects=False,
                trust_env=not is_loopback(host),  # no proxy stands between this machine and itself
                # Shorter than servers keep a silent connection, so that a request never meets a closing one.
                limits=httpx.Limits(max_connections=2, keepalive_expiry=4.0),
            )
        return self._client

    def _see(self, _step: str, facts: Mapping[str, Any]) -> None:
        """What httpx does: a connection that it has made is one to shut."""
        stream: Any = facts.get("return_value")
        if hasattr(stream, "get_extra_info"):
            made = stream.get_extra_info("socket")
            self._sockets.add(made)
            if self._closed:
                _shut(made)

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Break off what takes longer than a whole request may: a server may also drip its headers."""
        alarm = threading.Timer(self._timeouts.whole, self._break_off)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()

    def _break_off(self) -> None:
        for each in list(self._sockets):
            _shut(each)  # closing alone leaves a thread that reads from it waiting

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Every failure below as one of ours; messages never quote a request, so no token gets out."""
        import httpx

        try:
            yield
        except SyncError:
            raise
        except httpx.TimeoutException as error:
            raise RetryableError("sync_slow", host=self.host) from error
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            refused = _bad_certificate(error)
            if refused is not None:
                raise TrustError("sync_certificate", host=self.host, reason=refused) from error
            raise RetryableError("sync_no_line", host=self.host, reason=type(error).__name__) from error
        except (httpx.InvalidURL, UnicodeError) as error:  # a name that no server can have
            raise UsageError("sync_bad_url", url=self.url) from error
        except RuntimeError as error:  # httpx: the client was closed by the thread that leaves
            if not self._closed:
                raise
            raise RetryableError("sync_stopped") from error


def decode_reply(read: Callable[[bytes], S], reply: ServerReply, host: str) -> S:
    """The message in a reply; :class:`ForeignReplyError` when it is another one or none."""
    try:
        return read(reply.body)
    except msgspec.DecodeError:
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status) from None


def _pieces(body: bytes, told: Callable[[int], None]) -> Iterator[bytes]:
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]
        told(min(start + _PIECE, len(body)))


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # not TLS's own, which would say goodbye


def _certificates() -> ssl.SSLContext:
    """The system's certificates; those that come with httpx where the system has none."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not _has_directory():
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    return context


def _has_directory() -> bool:
    # OpenSSL reads a directory of certificates only when it needs one of them, so the count does not show it.
    from pathlib import Path

    directory = ssl.get_default_verify_paths().capath
    return directory is not None and any(Path(directory).glob("*.0"))


def _bad_certificate(error: BaseException) -> str | None:
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message or "verification failed"
        if seen is None:
            break
        seen = seen.__cause__ or seen.__context__
    return "certificate verify failed" if "CERTIFICATE_VERIFY_FAILED" in str(error) else None


def _believed(reply: ServerReply, host: str, most: int) -> ServerReply:
    """The reply if the server made it and did what was asked."""
    if reply.headers.get(PROTOCOL_HEADER.lower()) != PROTOCOL:
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
    digest = parse_digest(reply.headers.get(CONTENT_DIGEST.lower(), ""))
    if reply.body and digest != parse_digest(content_digest(reply.body)):
        raise RetryableError("sync_garbled", host=host)
    reply = _unpacked(reply, host, most)
    if reply.status < 300:
        return reply
    wished = retry_after(reply.headers.get(RETRY_AFTER.lower(), ""), reply.headers.get("date", ""))
    problem = _problem_of(reply)
    if reply.status == 401 or problem.code == "revoked":
        raise EnrolmentError("sync_revoked" if problem.code == "revoked" else "sync_token", host=host)
    if reply.status >= 500 or reply.status in _BUSY:
        code = "sync_busy_server" if reply.status in {429, 503} else "sync_server_failed"
        raise RetryableError(code, host=host, status=reply.status, retry_after=wished)
    if reply.status < 400:
        raise ForeignReplyError(
            "sync_stranger", host=host, status=reply.status
        )  # a redirect, which no server sends
    raise ServerProblemError(problem.code, reply.status, problem.detail)


def _unpacked(reply: ServerReply, host: str, most: int) -> ServerReply:
    """The reply with its body decompressed, which may not become longer than ``most`` either."""
    encoding = reply.headers.get("content-encoding", "identity").lower()
    if encoding == "identity" or not reply.body:
        return reply
    if encoding != "gzip":
        raise ForeignReplyError("sync_stranger", host=host, status=reply.status)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(reply.body, most)
    except zlib.error:
        raise RetryableError("sync_garbled", host=host) from None
    if unpacker.unconsumed_tail:
        raise ForeignReplyError("sync_long_reply", host=host, limit=most)
    if not unpacker.eof:
        raise RetryableError("sync_garbled", host=host)
    return ServerReply(reply.status, reply.headers, body)


def _problem_of(reply: ServerReply) -> Problem:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    if kind == PROBLEM_MEDIA_TYPE:
        try:
            return _problem(reply.body)
        except msgspec.DecodeError:
            pass
    return Problem(status=reply.status, code=f"http_{reply.status}", title="")
