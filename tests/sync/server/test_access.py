"""Who gets in, and who may do what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from survey_sync.server.config import RateLimits
from survey_sync.server.http.endpoints import ENDPOINTS
from survey_sync.server.pages.routes import PAGES

from tests.support.collection_server import Device, Make, Server, Start

OPEN = {("GET", "/health"), ("GET", "/v1/hello"), ("POST", "/v1/enrol")}
OPEN_PAGES = {("GET", "/login"), ("POST", "/login"), ("GET", "/static/page.css")}
ROLES = ("surveyor", "coordinator", "analyst")


def addresses() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every endpoint with something plausible for its parameters."""
    filled = {
        "{id}": str(uuid.UUID(int=5)),
        "{name}": "a.jpg",
        "{sha256}": "0" * 64,
        "{device}": str(uuid.UUID(int=6)),
        "{seq}": "5",
    }
    for endpoint in ENDPOINTS:
        path = endpoint.path
        for name, value in filled.items():
            path = path.replace(name, value)
        yield endpoint.method, path, endpoint.roles


def enrol(device: Device, code: str, nonce: str = "n" * 20, name: str = "máy") -> httpx.Response:
    return device.post("/v1/enrol", {"code": code, "device_name": name, "nonce": nonce})


def test_the_table_opens_nothing_more_than_meant() -> None:
    assert {(e.method, e.path) for e in ENDPOINTS if not e.roles} == OPEN
    assert {(p.method, p.path) for p in PAGES if not p.roles} == OPEN_PAGES
    readers = {e.path for e in ENDPOINTS if "surveyor" in e.roles}
    assert not any("data" in path or "conflicts" in path for path in readers)


def test_nothing_without_a_token_and_nothing_beyond_the_role(server: Server) -> None:
    devices = {role: server.device(role) for role in ROLES}
    for method, path, roles in addresses():
        body = b"{}" if method in {"POST", "PUT", "PATCH"} else None
        if not roles:
            continue
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "bearer"}):
            assert server.nobody().send(method, path, body, **headers).status_code == 401, (method, path)
        for role, device in devices.items():
            status = device.send(method, path, body).status_code
            assert (status == 403) == (role not in roles), (method, path, role, status)


def test_pages_send_strangers_to_the_door(server: Server) -> None:
    for page in PAGES:
        if (page.method, page.path) in OPEN_PAGES:
            continue
        token = server.device("coordinator").token
        for headers in ({}, {"Cookie": "survey_sync=x"}, {"Authorization": f"Bearer {token}"}):
            reply = server.client.request(
                page.method,
                page.path,
                headers=headers | {"Content-Type": "application/x-www-form-urlencoded"},
            )
            if page.method == "GET":
                assert (reply.status_code, reply.headers["location"]) == (303, "/login")
            else:
                assert reply.status_code == 401


def test_a_surveyor_reads_nobodys_data(server: Server, make: Make) -> None:
    """Not even its own: nothing that a surveyor may ask answers with what was answered."""
    rid, line = make(1, text="câu-trả-lời")
    server.device(surveyor="bình").push((rid, line))
    spy = server.device(surveyor="anh")
    for method, path, _ in addresses():
        reply = spy.send(method, path.replace(str(uuid.UUID(int=5)), rid), b"{}" if method != "GET" else None)
        assert "câu-trả-lời" not in reply.text
        assert method == "HEAD" or "32047-02" not in reply.text
    (receipt,) = spy.push((rid, line))
    assert set(receipt) == {"id", "sha256", "status", "receipt"}


def test_enrolment(both: Server) -> None:
    boss = both.device("coordinator", "")
    issued = boss.post("/v1/codes", {"surveyor": "cúc", "hours": 1}).json()
    typed = issued["code"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    given = enrol(both.nobody(), typed)
    assert given.status_code == 201
    facts = given.json()
    assert (facts["role"], facts["surveyor"]) == ("surveyor", "cúc")
    assert facts["token"].startswith("svs1_")
    device = both.nobody()
    device.token = facts["token"]
    assert device.get("/v1/updates").status_code == 200
    refused = enrol(both.nobody(), issued["code"], nonce="m" * 20)
    assert (refused.status_code, refused.json()["code"]) == (403, "code_invalid")
    listed = {each["id"]: each for each in boss.get("/v1/devices").json()["devices"]}
    assert listed[facts["device_id"]]["name"] == "máy"


def test_a_lost_reply_to_enrolment_can_be_asked_for_again(both: Server) -> None:
    code = both.device("coordinator", "").post("/v1/codes", {}).json()["code"]
    first = enrol(both.nobody(), code).json()
    second = enrol(both.nobody(), code).json()
    assert first["device_id"] == second["device_id"]
    device = both.nobody()
    device.token = first["token"]
    assert device.get("/v1/updates").status_code == 401  # the first one may have been overheard
    device.token = second["token"]
    assert device.get("/v1/updates").status_code == 200


def test_an_expired_code(server: Server) -> None:
    code = server.device("coordinator", "").post("/v1/codes", {}).json()["code"]
    with server.database.write() as connection:
        connection.exec_driver_sql("UPDATE codes SET expires = '2020-01-01T00:00:00.000Z'")
    assert enrol(server.nobody(), code).json()["code"] == "code_invalid"


def test_guessing_codes_is_slowed_over_all_processes(start: Start, where: str) -> None:
    first = start(where, rates=RateLimits(failed_codes=3))
    second = start(where, rates=RateLimits(failed_codes=3))
    code = first.device("coordinator", "").post("/v1/codes", {}).json()["code"]
    tried = [enrol(server.nobody(), "00000-00000").status_code for server in (first, second, first, second)]
    assert tried == [403, 403, 403, 429]
    reply = enrol(first.nobody(), code)
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 3600


def test_revocation_is_at_once_and_keeps_the_data(both: Server, make: Make) -> None:
    boss, device = both.device("coordinator", ""), both.device()
    device.push(make(1))
    assert boss.send("POST", f"/v1/devices/{device.id}/revoke").status_code == 204
    reply = device.send("POST", "/v1/responses", b"{}")
    assert (reply.status_code, reply.json()["code"]) == (403, "revoked")
    assert both.count("responses") == 1
    assert boss.send("POST", f"/v1/devices/{uuid.uuid4()}/revoke").status_code == 404


def test_a_revoked_device_cannot_enrol_again_with_its_old_code(server: Server) -> None:
    boss = server.device("coordinator", "")
    code = boss.post("/v1/codes", {}).json()["code"]
    device = enrol(server.nobody(), code).json()["device_id"]
    boss.send("POST", f"/v1/devices/{device}/revoke")
    assert enrol(server.nobody(), code).json()["code"] == "revoked"


def refused_after(device: Device) -> tuple[int, dict[str, Any]]:
    """How many requests went through before one was refused, and that reply (buckets fill while we ask)."""
    for number in range(2000):
        reply = device.get("/v1/updates" if device.token else "/v1/hello")
        if reply.status_code == 429:
            assert int(reply.headers["retry-after"]) >= 1
            return number, reply.json()
        assert reply.status_code == 200
    raise AssertionError("never refused")


def test_rates_by_token_and_by_address(start: Start, sqlite: str) -> None:
    server = start(sqlite, rates=RateLimits(token_per_minute=20, address_per_minute=120))
    passed, told = refused_after(server.device())
    assert (passed >= 10, told["code"]) == (True, "rate_limited")
    assert server.device().get("/v1/updates").status_code == 200  # another token has its own
    passed, told = refused_after(server.nobody())
    assert (passed >= 10, told["code"]) == (True, "rate_limited")


def test_hello_says_what_counts(start: Start, sqlite: str) -> None:
    server = start(sqlite)
    limits = msgspec.structs.replace(server.config.limits, batch_responses=7)
    told = start(sqlite, limits=limits, server_name="Cà Mau").nobody().get("/v1/hello").json()
    assert (told["limits"]["batch_responses"], told["server_name"], told["protocols"]) == (7, "Cà Mau", ["1"])
    assert told["encodings"] == ["gzip", "zstd"]


@pytest.mark.parametrize("path", ["/metrics", "/v1/data.csv?form=xa_hoi_so", "/v1/data.jsonl"])
def test_analysts_read_figures_and_data(server: Server, make: Make, path: str) -> None:
    server.device().push(make(1))
    assert server.device("analyst", "").get(path).status_code == 200
