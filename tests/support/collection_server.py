"""A collection server on loopback, devices that talk to it, and small responses."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from survey_sync.protocol.hashes import content_digest
from survey_sync.protocol.messages import Enrolment, NewCode, encode
from survey_sync.server import admin
from survey_sync.server.config import Config, RateLimits
from survey_sync.server.db import Database
from survey_sync.server.devices import enrol

Make = Callable[..., tuple[str, bytes]]
Start = Callable[..., "Server"]
Browse = Callable[..., httpx.Client]
PLENTY = RateLimits(token_per_minute=1_000_000, address_per_minute=1_000_000)


def frozen(number: int = 1, /, *, text: str = "17", **facts: str) -> tuple[str, bytes]:
    """Id and frozen bytes of a small response."""
    rid = facts.pop("response_id", None) or str(uuid.UUID(int=number << 64 | 7))
    body: dict[str, Any] = {
        "response_id": rid,
        "form_id": "xa_hoi_so",
        "form_version": "1",
        "commune": "32047",
        "device_id": "thiet-bi",
        "username": "anh",
        "started": "2026-11-21T08:00:00+07:00",
        "finished": "2026-11-21T08:30:00+07:00",
        "minutes": 30.0,
        "outcome": "done",
        "values": [
            ["ea_code", "32047-02"],
            ["hh_no", "5"],
            ["age", text],
            ["withdraw_code", "32047-02-5-123456"],
        ],
        "missing": {"ea_code": "dk", "age": "refused"},
        "notes": {"age": "hỏi lại bà Hoa"},
        "confirmed": {"hh_no": "5"},
    }
    body |= facts
    line = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return rid, line


def batch(*responses: tuple[str, bytes]) -> bytes:
    """The body of a push."""
    parts = [b'{"id":"%s","body":%s}' % (rid.encode(), line[:-1]) for rid, line in responses]
    return b'{"responses":[' + b",".join(parts) + b"]}"


@dataclass
class Device:
    """Talks protocol 1 to a server. ``headers`` go with every request; ``None`` as a value leaves one out."""

    client: httpx.Client
    token: str = ""
    id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, method: str, path: str, body: bytes | None = None, /, **headers: str | None
    ) -> httpx.Response:
        given: dict[str, str | None] = {"Survey-Sync": "1"}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            given |= {"Content-Digest": content_digest(body), "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in given.items() if value is not None}
        return self.client.request(method, path, content=body, headers=kept)

    def get(self, path: str, **headers: str | None) -> httpx.Response:
        return self.send("GET", path, **headers)

    def post(self, path: str, message: Any) -> httpx.Response:
        return self.send("POST", path, encode(message))

    def push(self, *responses: tuple[str, bytes], zipped: bool = False) -> list[dict[str, Any]]:
        """Receipts of a push that succeeds."""
        body = batch(*responses)
        if zipped:
            body = gzip.compress(body)
            reply = self.send("POST", "/v1/responses", body, Content_Encoding="gzip")
        else:
            reply = self.send("POST", "/v1/responses", body)
        assert reply.status_code == 200, reply.text
        receipts: list[dict[str, Any]] = reply.json()["receipts"]
        return receipts


@dataclass
class Server:
    """A running server and its database."""

    url: str
    where: str
    database: Database
    config: Config
    client: httpx.Client

    def device(self, role: str = "surveyor", surveyor: str = "anh", name: str = "máy 1") -> Device:
        """An enrolled device."""
        code = admin.issue_enrolment_code(self.where, NewCode(role=role, surveyor=surveyor)).code  # type: ignore[arg-type]
        asked = Enrolment(code=code, device_name=name, nonce=uuid.uuid4().hex)
        given = enrol(self.database, asked, "test", "test", failed_codes=100)
        return Device(self.client, given.token, given.device_id)

    def nobody(self) -> Device:
        """Without a token."""
        return Device(self.client)

    def stored(self) -> dict[tuple[str, str], bytes]:
        """(id, hash) → frozen bytes of everything in the database."""
        with self.database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT r.id, r.sha256, b.body FROM responses r JOIN bodies b ON b.seq = r.seq"
            ).all()
        return {(row[0], row[1]): bytes(row[2]) for row in rows}

    def count(self, table: str) -> int:
        """Rows of a table."""
        with self.database.read() as connection:
            rows: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            return rows


def offer(device: Device, data: bytes, digest: str | None = None, **facts: str) -> httpx.Response:
    """A coordinator offers a package."""
    digest = digest or hashlib.sha256(data).hexdigest()
    given = {
        "content": "survey",
        "name": "xa_hoi_so",
        "version": "2",
        "signature": "QUJD",
        "key": "REVG",
    } | facts
    path = str(device.client.build_request("PUT", f"/v1/packages/{digest}", params=given).url)
    return device.send("PUT", path, data, Content_Type="application/octet-stream")


def csrf_of(page: str) -> str:
    """What a form of the page must carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]
