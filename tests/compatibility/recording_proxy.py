"""A proxy on loopback that records the requests of a device and the replies of the server."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import httpx

_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "date", "server", "accept-encoding"}
_VARIABLE = {
    "authorization": "TOKEN",
    "content-digest": "DIGEST",
    "content-length": "LENGTH",
    "request-id": "ID",
    "user-agent": "LIBRARY",
}


class Exchange(NamedTuple):
    """A request and its reply."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    reply_headers: dict[str, str]
    reply: bytes

    def format(self) -> str:
        """Text of the exchange, with decompressed bodies."""
        asked = "".join(f"{name}: {value}\n" for name, value in sorted(self.headers.items()))
        given = "".join(f"{name}: {value}\n" for name, value in sorted(self.reply_headers.items()))
        body, reply = _readable(self.body), _readable(self.reply)
        return f"> {self.method} {self.path}\n{asked}\n{body}\n< {self.status}\n{given}\n{reply}\n\n"


def _readable(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"{len(body)} bytes: {body.hex()}"


def _fixed(headers: httpx.Headers | dict[str, str]) -> dict[str, str]:
    facts = {name.lower(): value for name, value in headers.items()}
    return {name: _VARIABLE.get(name, value) for name, value in facts.items() if name not in _HOP}


@contextmanager
def recording_proxy(server: str) -> Iterator[tuple[str, list[Exchange]]]:
    """Run a proxy; its address, and the exchanges so far. Of compressions, it offers devices gzip only."""
    exchanges: list[Exchange] = []
    lock = threading.Lock()
    client = httpx.Client(base_url=server, trust_env=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            with lock:
                reply = client.request(
                    self.command, self.path, content=body, headers={**headers, "Accept-Encoding": "identity"}
                )
                content = _without_zstd(self.path, reply.content)
                readable = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
                asked, given = _fixed(headers), _fixed(reply.headers)
                exchanges.append(
                    Exchange(self.command, self.path, asked, readable, reply.status_code, given, content)
                )
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                if name.lower() not in _HOP | {"content-length", "content-digest"}:
                    self.send_header(name, value)
            if content and content == reply.content and "content-digest" in reply.headers:
                self.send_header("Content-Digest", reply.headers["content-digest"])
            elif content:
                self.send_header("Content-Digest", _digest(content))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_HEAD = do_PATCH = do_PUT = do_DELETE = _forward  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}", exchanges
    finally:
        http.shutdown()
        http.server_close()
        thread.join(10)
        client.close()


def _without_zstd(path: str, content: bytes) -> bytes:
    return re.sub(rb',?"zstd"', b"", content) if path == "/v1/hello" else content


def _digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"
