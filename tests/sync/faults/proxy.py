"""A proxy on loopback that does to HTTP what bad lines do: one exchange after the other, each with its own
fault.

It understands just enough of HTTP/1.1 to know where a request and a reply begin and end. ``Plan`` says what
happens to the next exchange; :class:`Dice` throws for it. Everything that was done is counted.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

FAULTS = (
    "none",
    "drop",  # the connection is closed as soon as it is made
    "cut_before_request",  # nothing of the request reaches the server
    "cut_in_request",
    "cut_after_request",  # the server has it all, and its reply gets lost
    "cut_in_reply",
    "cut_after_reply",
    "delay",
    "corrupt_request",
    "corrupt_reply",
    "portal",  # a login page instead of the server, status 200
    "redirect",  # to another host
    "error_500",
    "busy_503",  # with Retry-After
)

PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 44\r\nConnection: close\r\n\r\n"
    b"<html><body>Please accept our terms</body>  "
)
_REDIRECT = (
    b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
_ERROR = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
    b"Survey-Sync: 1\r\nConnection: close\r\n\r\noops"
)
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nSurvey-Sync: 1\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)
CANNED = {"portal": PORTAL, "redirect": _REDIRECT, "error_500": _ERROR, "busy_503": _BUSY}


@dataclass(frozen=True)
class Fault:
    """What happens to one exchange. ``at``: where in the bytes (0 to 1); ``delay`` in seconds."""

    kind: str = "none"
    at: float = 0.5
    delay: float = 0.0


Plan = Callable[[], Fault]


class Dice:
    """A plan by chance: ``weights`` of the faults, ``none`` for an exchange that goes well."""

    def __init__(self, weights: dict[str, float], seed: int, delay: float = 0.2) -> None:
        self._kinds = list(weights)
        self._weights = list(weights.values())
        self._chance = random.Random(seed)
        self._delay = delay
        self._lock = threading.Lock()

    def __call__(self) -> Fault:
        with self._lock:
            kind = self._chance.choices(self._kinds, self._weights)[0]
            return Fault(kind, self._chance.random(), self._chance.uniform(0, self._delay))


@dataclass
class Shape:
    """How the line is: ``latency`` seconds one way, ``rate`` bytes a second, ``loss`` of segments.

    A lost segment holds everything behind it up for a retransmission: a round trip and 200 ms.
    """

    latency: float = 0.0
    rate: float = 0.0
    loss: float = 0.0
    segment: int = 1400
    _chance: random.Random = field(default_factory=lambda: random.Random(7))

    def send(self, target: socket.socket, data: bytes) -> None:
        """Pass bytes on as this line would."""
        if not (self.latency or self.rate or self.loss):
            target.sendall(data)
            return
        time.sleep(self.latency)
        begun, sent, stalled = time.monotonic(), 0, 0.0
        for start in range(0, len(data), self.segment):
            part = data[start : start + self.segment]
            if self.loss and self._chance.random() < self.loss:
                stalled += 2 * self.latency + 0.2
            sent += len(part)
            due = stalled + (sent / self.rate if self.rate else 0.0)
            time.sleep(max(0.0, begun + due - time.monotonic()))
            target.sendall(part)


class FaultProxy:
    """Listens on a free port of loopback while the ``with`` block runs; ``url`` is where.

    ``upstream`` is (host, port) of the real server. ``carried`` counts bytes in both directions, ``sent``
    those to the server, ``done`` the faults by kind.
    """

    def __init__(self, upstream: tuple[str, int], plan: Plan = Fault, shape: Shape | None = None) -> None:
        self.upstream = upstream
        self.plan = plan
        self.shape = shape or Shape()
        self.done: Counter[str] = Counter()
        self.carried = 0
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> FaultProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        _close(self._listener)
        for connection in list(self._open):
            _close(connection)

    def _accept(self) -> None:
        while not self._stopped:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server: socket.socket | None = None
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(client)
        try:
            if self.shape.latency:
                time.sleep(2 * self.shape.latency)  # SYN and its answer
            while not self._stopped:
                fault = self.plan()
                if fault.kind == "drop":
                    self._count(fault.kind)
                    break
                # What has been read of a request nobody will hear of again stays unread: a closed connection.
                request = _message(client)
                if not request:
                    break
                self._count(fault.kind)
                if server is None and fault.kind not in CANNED:
                    server = socket.create_connection(self.upstream, timeout=120)
                    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if not self._exchange(client, server, request, fault):
                    break
        except OSError:
            pass
        finally:
            self._open.discard(client)
            _close(client)
            if server is not None:
                _close(server)

    def _exchange(
        self, client: socket.socket, server: socket.socket | None, request: bytes, fault: Fault
    ) -> bool:
        """One request and its reply; ``False`` when the connection ends here."""
        if fault.kind in CANNED:
            self._to(client, CANNED[fault.kind])
            return False
        assert server is not None
        if fault.kind == "cut_before_request":
            return False
        if fault.kind == "delay":
            time.sleep(fault.delay)
        if fault.kind == "cut_in_request":
            self._to(server, request[: int(len(request) * fault.at)])
            return False
        self.sent += len(request)
        self._to(server, _flipped(request, fault.at) if fault.kind == "corrupt_request" else request)
        if fault.kind == "cut_after_request":
            _message(server, is_reply=True, head_only=request.startswith(b"HEAD "))  # it was done
            return False
        reply = _message(server, is_reply=True, head_only=request.startswith(b"HEAD "))
        if not reply:
            return False
        if fault.kind == "cut_in_reply":
            self._to(client, reply[: int(len(reply) * fault.at)])
            return False
        self._to(client, _flipped(reply, fault.at) if fault.kind == "corrupt_reply" else reply)
        closing = b"connection: close" in reply.partition(b"\r\n\r\n")[0].lower()
        return fault.kind not in {"cut_after_reply", "corrupt_request", "corrupt_reply"} and not closing

    def _to(self, target: socket.socket, data: bytes) -> None:
        with self._lock:
            self.carried += len(data)
        self.shape.send(target, data)

    def _count(self, kind: str) -> None:
        with self._lock:
            self.done[kind] += 1


def _message(source: socket.socket, *, is_reply: bool = False, head_only: bool = False) -> bytes:
    """One whole HTTP message, ``b""`` when the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = source.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1] if is_reply else b""
    if head_only or status in {b"204", b"304"}:
        return data
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    parts, have = [data], len(body)
    while have < length:
        part = source.recv(262144)
        if not part:
            return b"".join(parts) if is_reply else b""
        parts.append(part)
        have += len(part)
    return b"".join(parts)


def _flipped(data: bytes, at: float) -> bytes:
    """One byte of the body changed; a message without one stays as it is (a broken head is just a cut)."""
    low = data.find(b"\r\n\r\n") + 4
    if low >= len(data):
        return data
    index = min(low + int((len(data) - low) * at), len(data) - 1)
    return data[:index] + bytes((data[index] ^ 0x20 or 0x01,)) + data[index + 1 :]


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
