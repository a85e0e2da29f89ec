"""A server that answers as it is told, to show what the client makes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from survey_sync.protocol.hashes import content_digest
from survey_sync.protocol.messages import Limits, encode

LIMITS = Limits(
    encoded_bytes=1 << 20,
    decoded_bytes=1 << 22,
    batch_responses=100,
    response_bytes=1 << 20,
    attachment_bytes=1 << 20,
    chunk_bytes=1 << 16,
    package_bytes=1 << 20,
)


HELLO = encode(
    {
        "protocols": ["1"],
        "encodings": ["gzip"],
        "limits": LIMITS,
        "server_name": "strange",
        "server_time": "2026-11-21T01:00:00Z",
    }
)


class Asked:
    """A request as it came."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body


class Answer:
    """A reply; ``honest`` adds what the protocol asks of every reply. ``cut``: only so many bytes of it go
    out."""

    def __init__(
        self,
        body: bytes = b"{}",
        status: int = 200,
        headers: dict[str, str] | None = None,
        *,
        honest: bool = True,
        cut: int | None = None,
    ) -> None:
        self.body = body
        self.status = status
        self.headers = dict(headers or {})
        self.cut = cut
        if honest:
            self.headers.setdefault("Survey-Sync", "1")
            self.headers.setdefault("Content-Type", "application/json")
            if body:
                self.headers.setdefault("Content-Digest", content_digest(body))


Behaviour = Callable[[Asked], Answer]


class Strange:
    """A server that answers as it is told, and remembers what it was asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.asked: list[Asked] = []
        strange = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, dict(self.headers.items()), body)
                strange.asked.append(asked)
                reply = behaviour(asked)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body[: reply.cut])
                self.close_connection = reply.cut is not None

            do_GET = do_POST = do_HEAD = do_PATCH = _answer  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def posts(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == "/v1/responses"]


@contextmanager
def strange_server(behaviour: Behaviour) -> Iterator[Strange]:
    found = Strange(behaviour)
    thread = threading.Thread(target=found.http.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.http.shutdown()
        found.http.server_close()


def polite(on_push: Behaviour, *, attachments: bool = False) -> Behaviour:
    """Says hello as it should; only pushes go wrong, and ``attachments``."""

    def answer(asked: Asked) -> Answer:
        if asked.path == "/v1/hello":
            return Answer(HELLO)
        if asked.path == "/v1/responses" or (attachments and "/attachments/" in asked.path):
            return on_push(asked)
        return Answer(encode({"now": 0, "items": []}))

    return answer
