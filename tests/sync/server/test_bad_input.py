"""Truncated, oversized, wrongly compressed, wrongly typed, replayed: a documented status, and nothing
stored."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import socket
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import zstandard
from survey_sync.server.config import Config
from survey_sync.server.db import Database
from survey_sync.server.problems import PROBLEMS
from survey_sync.server.serve import ListenOptions, run_in_thread

from tests.support.collection_server import PLENTY, Server, Start, batch, frozen

RID, LINE = frozen(1)
GOOD = batch((RID, LINE))
ZIPPED = gzip.compress(GOOD)
BOMB = gzip.compress(gzip.compress(b"\0" * (40 << 20)))
ZSTD = zstandard.ZstdCompressor()


def entry(**facts: object) -> bytes:
    return json.dumps({"responses": [{"id": RID, "body": {}} | facts]}).encode()


BAD_BODIES: dict[str, tuple[bytes, dict[str, str | None], int, str]] = {
    "empty": (b"", {}, 400, "malformed"),
    "not json": (b"<html>Welcome to the hotel</html>", {}, 400, "malformed"),
    "cut short": (GOOD[:-20], {}, 400, "malformed"),
    "something after it": (GOOD + b"{}", {}, 400, "malformed"),
    "no responses": (b'{"responses":[]}', {}, 400, "malformed"),
    "another shape": (b'[{"id":"x"}]', {}, 400, "malformed"),
    "misspelt field": (GOOD.replace(b'"body"', b'"bdoy"'), {}, 400, "malformed"),
    "extra field": (b'{"responses":[],"x":1}', {}, 400, "malformed"),
    "id a number": (entry(id=7), {}, 400, "malformed"),
    "id in capitals": (entry(id=str(uuid.uuid4()).upper()), {}, 400, "malformed"),
    "id with line feed": (entry(id=RID + "\n"), {}, 400, "malformed"),
    "hash too short": (entry(sha256="ab"), {}, 400, "malformed"),
    "not utf-8": (GOOD.replace(b"anh", b"\xff\xfe"), {}, 400, "malformed"),
    "utf-16": (GOOD.decode().encode("utf-16"), {}, 400, "malformed"),
    "lone surrogate in id": (b'{"responses":[{"id":"\\ud800","body":{}}]}', {}, 400, "malformed"),
    "too deep": (b'{"responses":[{"id":"%s","body":' % RID.encode() + b"[" * 100_000, {}, 400, "malformed"),
    "gzip cut short": (ZIPPED[:-10], {"Content_Encoding": "gzip"}, 400, "encoding_broken"),
    "gzip with rubbish": (ZIPPED + b"x", {"Content_Encoding": "gzip"}, 400, "encoding_broken"),
    "gzip damaged": (
        ZIPPED[:40] + b"\0\0\0" + ZIPPED[43:],
        {"Content_Encoding": "gzip"},
        400,
        "encoding_broken",
    ),
    "gzip said, not done": (GOOD, {"Content_Encoding": "gzip"}, 400, "encoding_broken"),
    "gzip done, not said": (ZIPPED, {}, 400, "malformed"),
    "gzip bomb": (gzip.decompress(BOMB), {"Content_Encoding": "gzip"}, 413, "too_large"),
    "zstd cut short": (ZSTD.compress(GOOD)[:-4], {"Content_Encoding": "zstd"}, 400, "encoding_broken"),
    "zstd bomb": (ZSTD.compress(b"\0" * (40 << 20)), {"Content_Encoding": "zstd"}, 413, "too_large"),
    "zstd said, not done": (GOOD, {"Content_Encoding": "zstd"}, 400, "encoding_broken"),
    "brotli": (GOOD, {"Content_Encoding": "br"}, 415, "encoding_unsupported"),
    "two encodings": (gzip.compress(ZIPPED), {"Content_Encoding": "gzip, gzip"}, 415, "encoding_unsupported"),
    "form": (GOOD, {"Content_Type": "application/x-www-form-urlencoded"}, 415, "media_type"),
    "no type": (GOOD, {"Content_Type": None}, 415, "media_type"),
    "no digest": (GOOD, {"Content_Digest": None}, 400, "digest_missing"),
    "md5": (GOOD, {"Content_Digest": "md5=:AAAA:"}, 400, "digest_missing"),
    "digest of something else": (
        GOOD,
        {"Content_Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(b'x').digest()).decode()}:"},
        400,
        "digest_mismatch",
    ),
    "no protocol": (GOOD, {"Survey_Sync": None}, 400, "protocol_missing"),
    "protocol 2": (GOOD, {"Survey_Sync": "2"}, 400, "protocol_unsupported"),
    "no token": (GOOD, {"Authorization": None}, 401, "unauthorised"),
    "basic": (GOOD, {"Authorization": "Basic YTpi"}, 401, "unauthorised"),
    "unknown token": (GOOD, {"Authorization": "Bearer svs1_x"}, 401, "unauthorised"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the whole table: nothing in it may leave a trace."""
    where = str(tmp_path_factory.mktemp("bad") / "server.db")
    config = Config(database=where, rates=PLENTY)
    database = Database.open(where)
    with (
        run_in_thread(config, ListenOptions(port=0)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield Server(url, where, database, config, client)
    database.close()


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_push_stores_nothing(shared: Server, name: str) -> None:
    body, headers, status, code = BAD_BODIES[name]
    reply = shared.device().send("POST", "/v1/responses", body, **headers)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["survey-sync"] == "1"
    assert reply.json()["request_id"] == reply.headers["request-id"]
    assert PROBLEMS[code][0] == status
    assert shared.count("responses") == shared.count("bodies") == shared.count("pushes") == 0


def test_the_detail_of_a_problem_repeats_no_content(shared: Server) -> None:
    secret = "Trần-Thị-Hoa"
    body = json.dumps({"responses": [{"id": secret, "body": {secret: 1}, secret: 2}]}).encode()
    reply = shared.device().send("POST", "/v1/responses", body)
    assert reply.status_code == 400
    assert secret not in reply.text.encode().decode("unicode-escape", "ignore")


def test_limits_hold_before_the_body_is_read(start: Start, sqlite: str) -> None:
    base = start(sqlite).config.limits
    small = start(sqlite, limits=msgspec.structs.replace(base, encoded_bytes=1000, batch_responses=2))
    device = small.device()
    reply = device.send("POST", "/v1/responses", batch(*map(frozen, range(1, 9))))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    reply = device.send(
        "POST", "/v1/responses", gzip.compress(batch(*map(frozen, range(1, 4)))), Content_Encoding="gzip"
    )
    assert (reply.status_code, reply.json()["detail"]) == (413, "at most 2 responses")
    chunked = small.client.post(
        "/v1/responses",
        content=iter([b"x" * 600, b"x" * 600]),
        headers={
            "Survey-Sync": "1",
            "Authorization": f"Bearer {device.token}",
            "Content-Type": "application/json",
        },
    )
    assert chunked.status_code == 413
    assert small.count("responses") == 0


def raw(server: Server, text: bytes, *, hang_up: bool = True) -> bytes:
    """What the server answers to these very bytes, until it closes."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(text)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


def test_a_body_that_ends_early_stores_nothing(server: Server) -> None:
    device = server.device()
    head = (
        "POST /v1/responses HTTP/1.1\r\nHost: x\r\nSurvey-Sync: 1\r\n"
        f"Authorization: Bearer {device.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(GOOD)}\r\nConnection: close\r\n"
        f"Content-Digest: sha-256=:{base64.b64encode(hashlib.sha256(GOOD).digest()).decode()}:\r\n\r\n"
    ).encode()
    raw(server, head + GOOD[: len(GOOD) // 2])
    assert server.count("responses") == 0
    assert b"200 OK" in raw(server, head + GOOD, hang_up=False)
    assert server.count("responses") == 1


def test_rubbish_on_the_line(server: Server) -> None:
    assert b" 400 " in raw(server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # TLS to a plain port
    long = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000
    with suppress(ConnectionError):  # the server may close before all of it was sent
        assert b" 400 " in raw(server, long, hang_up=False)
    assert server.nobody().get("/v1/hello").status_code == 200


def test_a_silent_sender_is_let_go(start: Start, sqlite: str) -> None:
    server = start(sqlite, idle_seconds=0.2)
    device = server.device()
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(
            "POST /v1/responses HTTP/1.1\r\nHost: x\r\nSurvey-Sync: 1\r\n"
            f"Authorization: Bearer {device.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{{".encode()
        )
        assert b"408" in line.recv(65536)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/responses", 405, "method_not_allowed"),
        ("DELETE", "/v1/responses", 405, "method_not_allowed"),
        ("GET", "/v1/hello/", 404, "not_found"),
        ("GET", "/v1/updates?since=-1", 400, "malformed"),
        ("GET", "/v1/updates?since=x", 400, "malformed"),
        ("GET", "/v1/updates?sinse=1", 400, "malformed"),
        ("GET", "/v1/updates?since=1&since=2", 400, "malformed"),
        ("GET", "/v1/packages/abc", 400, "malformed"),
        ("GET", "/v1/packages/" + "0" * 64, 404, "not_found"),
        ("GET", "/static/..%2f..%2fapp.py", 404, "not_found"),
    ],
)
def test_wrong_addresses(shared: Server, method: str, path: str, status: int, code: str) -> None:
    reply = shared.device().send(method, path)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_request_ids(shared: Server) -> None:
    device = shared.device()
    assert device.get("/v1/hello", Request_Id="abc-1.2").headers["request-id"] == "abc-1.2"
    for bad in ("a b", "x" * 65, "a\tb"):
        assert device.get("/v1/hello", Request_Id=bad).headers["request-id"] != bad


def test_every_problem_is_documented() -> None:
    text = Path("docs/sync-protocol.md").read_text(encoding="utf-8")
    missing = [
        f"`{code}` | {status}"
        for code, (status, _) in PROBLEMS.items()
        if f"| `{code}` | {status} |" not in text
    ]
    assert not missing
