"""Withdrawals, attachments, and what goes down to the devices."""

from __future__ import annotations

import base64
import hashlib
import random
import uuid
from pathlib import Path

import httpx
import pytest
from survey_sync.protocol.hashes import content_digest, package_statement

from tests.support.collection_server import Device, Make, Server, offer

AT = "2026-11-22T09:00:00+07:00"


def withdraw(device: Device, *ids: str) -> list[tuple[str, str]]:
    reply = device.post("/v1/withdrawals", {"withdrawals": [{"id": each, "at": AT} for each in ids]})
    assert reply.status_code == 200, reply.text
    return [(each["status"], each.get("reason", "")) for each in reply.json()["confirmations"]]


def part(
    device: Device,
    rid: str,
    content: bytes,
    offset: int,
    length: int | None = None,
    *,
    end: int | None = None,
    name: str = "anh.jpg",
    **headers: str,
) -> httpx.Response:
    return device.send(
        "PATCH",
        f"/v1/responses/{rid}/attachments/{name}",
        content[offset:end],
        Content_Type="application/octet-stream",
        Repr_Digest=content_digest(content),
        Upload_Offset=str(offset),
        Upload_Length=str(len(content) if length is None else length),
        **headers,
    )


def progress(device: Device, rid: str, content: bytes, name: str = "anh.jpg") -> httpx.Response:
    path = f"/v1/responses/{rid}/attachments/{name}"
    return device.send("HEAD", path, Repr_Digest=content_digest(content))


# --- withdrawals
def test_a_withdrawn_response_is_gone_and_stays_gone(both: Server, make: Make) -> None:
    device = both.device()
    rid, line = make(1)
    device.push((rid, line), make(1, text="18"), make(2))
    part(device, rid, b"picture", 0)
    assert withdraw(device, rid) == [("withdrawn", "")]
    assert withdraw(device, rid) == [("withdrawn", "")]
    assert [key[0] for key in both.stored()] == [make(2)[0]]
    assert both.count("chunks") == both.count("attachments") == 0
    (receipt,) = device.push((rid, line))
    assert receipt["status"] == "withdrawn"
    assert both.count("responses") == both.count("withdrawn") == 1
    assert part(device, rid, b"picture", 0).json()["code"] == "withdrawn"


def test_a_tombstone_may_come_first(both: Server, make: Make) -> None:
    """The stick with the response is still on its way."""
    device = both.device()
    rid, line = make(1)
    assert withdraw(device, rid) == [("withdrawn", "")]
    assert device.push((rid, line))[0]["status"] == "withdrawn"
    assert both.count("bodies") == 0


def test_nobody_withdraws_what_is_another_ones(both: Server, make: Make) -> None:
    theirs, mine = make(1), make(2, username="bình")
    first = both.device(surveyor="anh")
    first.push(theirs)
    second = both.device(surveyor="bình")
    second.push(mine)
    assert withdraw(second, theirs[0], mine[0]) == [("refused", "not_yours"), ("withdrawn", "")]
    second.push(make(1, text="other", username="bình"))  # a conflict gives no say over the first one
    assert withdraw(second, theirs[0]) == [("refused", "not_yours")]
    assert withdraw(both.device(surveyor="anh", name="máy mới"), theirs[0]) == [("withdrawn", "")]
    assert withdraw(both.device("coordinator", ""), theirs[0]) == [("withdrawn", "")]


def test_a_device_without_a_surveyor_has_a_say_over_its_own_only(server: Server, make: Make) -> None:
    first, second = server.device(surveyor=""), server.device(surveyor="")
    rid, line = make(1, username="")
    first.push((rid, line))
    assert withdraw(second, rid) == [("refused", "not_yours")]
    assert withdraw(first, rid) == [("withdrawn", "")]


def test_erased_content_is_not_in_the_files(server: Server, make: Make) -> None:
    """SQLite overwrites what is deleted, and its log is folded in."""
    device = server.device()
    secret = "bí-mật-" + uuid.uuid4().hex
    rid, line = make(1, text=secret)
    device.push((rid, line), make(2))
    files = [Path(server.where), Path(server.where + "-wal")]
    assert any(secret.encode() in file.read_bytes() for file in files if file.exists())
    withdraw(device, rid)
    assert not any(secret.encode() in file.read_bytes() for file in files if file.exists())


# --- attachments
def test_an_attachment_goes_on_where_it_stopped(both: Server, make: Make) -> None:
    device = both.device()
    rid, line = make(1)
    content = random.Random(1).randbytes(300_000)
    assert progress(device, rid, content).status_code == 404
    device.push((rid, line))
    assert progress(device, rid, content).headers["upload-offset"] == "0"
    reply = part(device, rid, content, 0, end=100_000)
    assert (reply.status_code, reply.headers["upload-offset"]) == (204, "100000")
    reply = part(device, rid, content, 0, end=100_000)  # the reply was lost: the same part once more
    assert (reply.status_code, reply.headers["upload-offset"]) == (409, "100000")
    assert progress(device, rid, content).headers["upload-complete"] == "?0"
    assert part(device, rid, content, 100_000, end=250_000).status_code == 204
    reply = part(device, rid, content, 250_000)
    assert (reply.headers["upload-offset"], reply.headers["upload-complete"]) == ("300000", "?1")
    assert part(device, rid, content, 250_000).headers["upload-complete"] == "?1"
    assert progress(device, rid, content).headers["upload-complete"] == "?1"
    with both.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT data FROM chunks ORDER BY start").scalars().all()
    assert b"".join(map(bytes, rows)) == content


def test_a_wrong_whole_is_discarded(both: Server, make: Make) -> None:
    device = both.device()
    rid, line = make(1)
    device.push((rid, line))
    digest = content_digest(b"picture")
    reply = device.send(
        "PATCH",
        f"/v1/responses/{rid}/attachments/a.jpg",
        b"pictures"[:7].replace(b"p", b"q"),
        Content_Type="application/octet-stream",
        Repr_Digest=digest,
        Upload_Offset="0",
        Upload_Length="7",
    )
    assert (reply.status_code, reply.json()["code"]) == (422, "digest_wrong")
    assert both.count("chunks") == 0
    assert part(device, rid, b"picture", 0, name="a.jpg").headers["upload-complete"] == "?1"


def test_two_files_of_one_name_are_both_kept(server: Server, make: Make) -> None:
    device = server.device()
    rid, line = make(1)
    device.push((rid, line))
    for content in (b"one", b"two", b""):
        assert part(device, rid, content, 0).headers["upload-complete"] == "?1"
    assert server.count("attachments") == 3


@pytest.mark.parametrize(
    ("offset", "length", "status"), [(0, 3, 409), (0, 1 << 40, 413), (5, 7, 409), (0, -1, 400)]
)
def test_attachments_that_do_not_fit(
    server: Server, make: Make, offset: int, length: int, status: int
) -> None:
    device = server.device()
    rid, line = make(1)
    device.push((rid, line))
    assert part(device, rid, b"picture", offset, length).status_code == status
    assert server.count("chunks") == 0


@pytest.mark.parametrize("name", ["..", "a%2Fb", ".hidden", "a%00b", "x" * 101, "a b"])
def test_names_of_attachments_are_plain(server: Server, make: Make, name: str) -> None:
    device = server.device()
    rid, line = make(1)
    device.push((rid, line))
    assert part(device, rid, b"x", 0, name=name).status_code in {400, 404, 405}
    assert server.count("chunks") == 0


def test_attachments_of_others(server: Server, make: Make) -> None:
    rid, line = make(1)
    server.device(surveyor="anh").push((rid, line))
    assert part(server.device(surveyor="bình"), rid, b"x", 0).status_code == 403


# --- updates
def test_messages_reach_whom_they_are_for(both: Server) -> None:
    boss = both.device("coordinator", "", name="văn phòng")
    for text, surveyor in (("Họp lúc 8 giờ", ""), ("Gọi lại hộ 5", "anh"), ("Nghỉ", "bình")):
        assert boss.post("/v1/messages", {"text": text, "surveyor": surveyor}).status_code == 201
    device = both.device(surveyor="anh")
    got = device.get("/v1/updates").json()
    assert [item["text"] for item in got["items"]] == ["Họp lúc 8 giờ", "Gọi lại hộ 5"]
    assert (got["items"][0]["kind"], got["items"][0]["author"], got["more"]) == (
        "message",
        "văn phòng",
        False,
    )
    assert device.get(f"/v1/updates?since={got['now']}").json() == {
        "now": got["now"],
        "items": [],
        "more": False,
    }


def test_updates_come_a_page_at_a_time(server: Server) -> None:
    boss = server.device("coordinator", "")
    for number in range(103):
        boss.post("/v1/messages", {"text": str(number)})
    device = server.device()
    first = device.get("/v1/updates").json()
    rest = device.get(f"/v1/updates?since={first['now']}").json()
    assert (len(first["items"]), first["more"], len(rest["items"]), rest["more"]) == (100, True, 3, False)


def test_packages_are_carried_with_their_signature(both: Server) -> None:
    cryptography = pytest.importorskip("cryptography", reason="signatures need cryptography")
    del cryptography
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    content = random.Random(2).randbytes(50_000)
    digest = hashlib.sha256(content).hexdigest()
    key = Ed25519PrivateKey.generate()
    signature = key.sign(package_statement("survey", "xa_hoi_so", "2", digest, len(content)))
    told = {
        "signature": base64.b64encode(signature).decode(),
        "key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    }
    assert offer(both.device("coordinator", ""), content, **told).status_code == 201
    device = both.device()
    (item,) = device.get("/v1/updates").json()["items"]
    assert (item["kind"], item["sha256"], item["size"], item["version"]) == ("package", digest, 50_000, "2")
    statement = package_statement(
        item["content"], item["name"], item["version"], item["sha256"], item["size"]
    )
    key.public_key().verify(base64.b64decode(item["signature"]), statement)
    assert device.get(f"/v1/packages/{digest}").content == content
    rest = device.get(f"/v1/packages/{digest}", Range="bytes=20000-")
    assert (rest.status_code, rest.content) == (206, content[20_000:])
    assert rest.headers["content-range"] == "bytes 20000-49999/50000"
    middle = device.get(f"/v1/packages/{digest}", Range="bytes=10-19")
    assert middle.content == content[10:20]
    assert device.get(f"/v1/packages/{digest}", Range="bytes=50000-").status_code == 416
    assert device.get(f"/v1/packages/{digest}", Range="rows=1").status_code == 400


def test_a_package_must_be_what_it_says(server: Server) -> None:
    boss = server.device("coordinator", "")
    assert offer(boss, b"x", digest="0" * 64).json()["code"] == "digest_wrong"
    assert offer(boss, b"x", content="virus").json()["code"] == "malformed"
    assert offer(boss, b"x", signature="not base64!").json()["code"] == "malformed"
    assert server.count("packages") == server.count("updates") == 0
    for facts in ({"name": "Tên có dấu"}, {"name": "a\x1b[2J"}, {"version": "1\u202e"}, {"version": ""}):
        assert offer(boss, b"x", **facts).json()["code"] == "malformed", facts
    assert offer(boss, b"").json()["code"] == "malformed"
    assert server.count("packages") == server.count("updates") == 0
