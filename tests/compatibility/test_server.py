"""A server database of an earlier version, and devices of that version that send to it."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from .archive import Unpack
from .golden import recorded, same_as_recorded
from .program import nfd, run, serving, without_moments, without_places
from .recording_proxy import recording_proxy

pytestmark = [pytest.mark.slow, pytest.mark.server]

READING = {
    "data.jsonl": "/v1/data.jsonl",
    "data-so_nho.jsonl": "/v1/data.jsonl?form=so_nho",
    "data-so_nho.csv": "/v1/data.csv?form=so_nho",
    "conflicts.jsonl": "/v1/conflicts.jsonl",
    "list.csv": "/v1/list.csv",
    "list.jsonl": "/v1/list.jsonl",
    "updates.json": "/v1/updates?since=0",
    "hello.json": "/v1/hello",
}
DOWNLOADS = {
    "data-so_nho.csv": "/download/data.csv?form=so_nho",
    "data.jsonl": "/download/data.jsonl",
    "conflicts.jsonl": "/download/conflicts.jsonl",
    "list.csv": "/download/list.csv",
    "list.jsonl": "/download/list.jsonl",
}


def point_device_at(home: Path, url: str) -> str:
    """Change the address of the device's server; the device's token."""
    path = home / "sync" / "server.json"
    facts = json.loads(path.read_bytes())
    facts["url"] = url
    path.write_text(json.dumps(facts), encoding="utf-8")
    return str(facts["token"])


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, fixture: Unpack) -> str:
    """The old data in SQLite, and in PostgreSQL."""
    folder = fixture("database")
    if request.param == "sqlite":
        return str(folder / "server.db")
    new: Callable[[], str] = request.getfixturevalue("postgres")
    url = new()
    restore(url, (folder / "server.sql").read_text(encoding="utf-8"))
    return url


def restore(url: str, dump: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(dump)


@pytest.fixture
def url(database: str, tmp_path: Path) -> Iterator[str]:
    with serving(database, tmp_path / "server") as url:
        yield url


@pytest.fixture
def coordinator(url: str, fixture: Unpack) -> Iterator[httpx.Client]:
    """A client with the token of the office's device."""
    headers = {"Survey-Sync": "1", "Authorization": f"Bearer {point_device_at(fixture('office'), url)}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def test_data_are_unchanged(coordinator: httpx.Client) -> None:
    for name, path in READING.items():
        reply = coordinator.get(path)
        assert reply.status_code == 200, (name, reply.text)
        text = reply.content.decode()
        if name == "hello.json":
            facts = json.loads(text)
            facts["server_time"] = "TIME"
            text = json.dumps(facts) + "\n"
        same_as_recorded(f"server/{name}", text)
    devices = without_moments(coordinator.get("/v1/devices").text)
    same_as_recorded("server/devices.json", devices + "\n")


def test_replies_have_the_same_fields(coordinator: httpx.Client) -> None:
    names = {path: sorted(coordinator.get(path).headers) for path in READING.values()}
    assert names == recorded("server/fields-of-replies.json", names)


def test_an_old_package_is_offered(coordinator: httpx.Client, field: Path) -> None:
    (package,) = (field / "sync" / "packages").iterdir()
    reply = coordinator.get(f"/v1/packages/{package.stem}")
    assert reply.content == package.read_bytes()
    part = coordinator.get(f"/v1/packages/{package.stem}", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, package.read_bytes()[100:200])


def test_a_surveyors_token_has_the_same_rights(url: str, field: Path) -> None:
    headers = {"Survey-Sync": "1", "Authorization": f"Bearer {point_device_at(field, url)}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        statuses = {
            path: client.get(path).status_code for path in (*READING.values(), "/v1/devices", "/metrics")
        }
        assert statuses == recorded("server/surveyor.json", statuses)
        same_as_recorded("server/surveyor-updates.json", client.get("/v1/updates?since=0").text)


@contextmanager
def signed_in(url: str, keys: Path, name: str) -> Iterator[httpx.Client]:
    password = (keys / f"password-{name}").read_text(encoding="utf-8").strip()
    with httpx.Client(base_url=url, follow_redirects=True, trust_env=False) as client:
        client.post("/login", data={"name": name, "password": password})
        yield client


def test_old_passwords_open_the_pages(url: str, fixture: Unpack) -> None:
    keys = fixture("keys")
    with signed_in(url, keys, "hoa") as client:
        for path in ("/", "/pushes", "/conflicts", "/devices", "/messages"):
            assert client.get(path).status_code == 200
        assert nfd("máy field") in client.get("/devices").text
        assert "Chiều nay họp ở Ủy ban, mang theo máy." in client.get("/messages").text
        for name, path in DOWNLOADS.items():
            same_as_recorded(f"server/download-{name}", client.get(path).content.decode())
    with signed_in(url, keys, "phan_tich") as client:
        for name in ("data-so_nho.csv", "data.jsonl"):
            same_as_recorded(f"server/analyst-{name}", client.get(DOWNLOADS[name]).content.decode())
        assert client.get("/devices").status_code == 403
    with signed_in(url, keys, "cu") as client:  # disabled
        assert client.get("/").url.path == "/login"


def test_the_commands_of_the_office_read_the_database(database: str, tmp_path: Path) -> None:
    server = tmp_path / "server"
    for name, arguments in {"devices": ("devices",), "accounts": ("accounts", "list")}.items():
        out = run("survey-sync", *arguments, "--json", "--database", database, home=server).out
        same_as_recorded(f"server/command-{name}.json", out)


def contents(database: str) -> list[tuple[str, str, bytes]]:
    """Bytes of all responses, conflicting ones included."""
    query = "SELECT id, surveyor, body FROM responses JOIN bodies USING (seq) ORDER BY id, sha256"
    if database.startswith("postgresql:"):
        import psycopg

        with psycopg.connect(database) as connection:
            rows = connection.execute(query).fetchall()
    else:
        with sqlite3.connect(database) as sqlite:
            rows = sqlite.execute(query).fetchall()
    return [(str(row[0]), str(row[1]), bytes(row[2])) for row in rows]


def test_an_old_device_sends_pending_responses(database: str, field: Path, tmp_path: Path) -> None:
    with serving(database, tmp_path / "server") as url:
        point_device_at(field, url)
        report = json.loads(run("survey-sync", "push", "--json", home=field, status=None).out)
        report["seconds"] = 0
        assert report == recorded("server/push.json", report)
        again = json.loads(run("survey-sync", "push", "--json", home=field).out)
        assert again["waiting"] == 0
    text = "".join(f"{rid} {surveyor} {body.decode()}" for rid, surveyor, body in contents(database))
    same_as_recorded("server/after-push.txt", text)
    listed = json.loads(run("survey-tui", "responses", "list", "--json", home=field).out)
    got = {each["id"]: [each["status"], each["receipt"]] for each in listed}
    assert got == recorded("server/after-push-device.json", got)


def test_an_old_office_sends_received_bundles(database: str, fixture: Unpack, tmp_path: Path) -> None:
    office = fixture("office")
    with serving(database, tmp_path / "server") as url:
        point_device_at(office, url)
        report = json.loads(run("survey-sync", "push", "--json", home=office, status=None).out)
        report["seconds"] = 0
        assert report == recorded("server/push-office.json", report)
    text = "".join(f"{rid} {surveyor} {body.decode()}" for rid, surveyor, body in contents(database))
    same_as_recorded("server/after-push-office.txt", text)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_requests_and_replies_of_a_push(url: str, field: Path) -> None:
    """Protocol 1, byte for byte except times, tokens and digests."""
    (field / "sync" / "inbox.json").unlink()
    with recording_proxy(url) as (proxy, exchanges):
        point_device_at(field, proxy)
        run("survey-sync", "push", "--patience", "0", home=field, status=None)
    text = without_places("".join(each.format() for each in exchanges), field)
    same_as_recorded("server/push.http", re.sub(r'"server_time":"[^"]+"', '"server_time":"TIME"', text))


def without_sentences(value: Any) -> Any:
    """An OpenAPI description without its texts."""
    if isinstance(value, list):
        return [without_sentences(each) for each in value]
    if not isinstance(value, dict):
        return value
    texts = ("description", "summary", "title")
    return {
        name: without_sentences(each)
        for name, each in value.items()
        if not (name in texts and isinstance(each, str))
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_openapi_description(url: str) -> None:
    description = without_sentences(httpx.get(f"{url}/openapi.json", trust_env=False).json())
    assert description == recorded("openapi.json", description)


@pytest.mark.words
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_texts_of_the_openapi_description(url: str) -> None:
    description = httpx.get(f"{url}/openapi.json", trust_env=False).json()
    assert description == recorded("words/openapi.json", description)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_of_the_old_database_is_served(database: str, tmp_path: Path, fixture: Unpack) -> None:
    copy = tmp_path / "copy.db"
    run("survey-sync", "backup", copy, "--json", "--database", database, home=tmp_path / "server")
    shutil.rmtree(Path(database).parent)
    with serving(str(copy), tmp_path / "server") as url:
        headers = {"Survey-Sync": "1", "Authorization": f"Bearer {point_device_at(fixture('office'), url)}"}
        reply = httpx.get(f"{url}/v1/data.jsonl", headers=headers, trust_env=False)
        same_as_recorded("server/data.jsonl", reply.text)


def test_pending_responses_are_counted_without_a_server(field: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        point_device_at(field, f"http://127.0.0.1:{taken.getsockname()[1]}")
        result = run("survey-sync", "push", "--patience", "0", "--json", home=field, status=10)
    report = json.loads(result.out)
    assert (report["waiting"], report["error"]) == (2, "sync_no_line")
