"""What coordinators offer and take back, and what is known of how far it has come."""

from __future__ import annotations

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from survey_sync.protocol.messages import Package
from survey_sync.server.db import Database
from survey_sync.server.db.migrations import STEPS, migrate
from survey_sync.server.updates import offered_updates

from tests.support.collection_server import Browse, Device, Server, csrf_of, offer


def say(boss: Device, text: str, surveyor: str = "") -> int:
    reply = boss.post("/v1/messages", {"text": text, "surveyor": surveyor})
    assert reply.status_code == 201, reply.text
    seq: int = reply.json()["seq"]
    return seq


def updates(device: Device, since: int = 0) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = device.get(f"/v1/updates?since={since}").json()["items"]
    return items


def listed(boss: Device, device: Device) -> dict[str, Any]:
    devices: list[dict[str, Any]] = boss.get("/v1/devices").json()["devices"]
    return next(each for each in devices if each["id"] == device.id)


def test_only_who_may_have_it_hears_that_it_was_taken_back(both: Server) -> None:
    boss, saw, fresh = both.device("coordinator", "", "văn phòng"), both.device(), both.device()
    first, mistake, last = say(boss, "một"), say(boss, "nhầm"), say(boss, "ba")
    assert [item["seq"] for item in updates(saw)] == [first, mistake, last]
    taken = boss.send("DELETE", f"/v1/updates/{mistake}")
    assert taken.status_code == 200
    (told,) = updates(saw, last)
    assert told == taken.json()
    assert (told["kind"], told["retracts"], told["author"]) == ("retraction", mistake, "văn phòng")
    assert told["seq"] > last
    assert [item["seq"] for item in updates(fresh)] == [first, last]
    assert [item["seq"] for item in updates(fresh, first)] == [last]
    assert updates(saw, told["seq"]) == []
    again = boss.send("DELETE", f"/v1/updates/{mistake}")
    assert (again.status_code, again.json()) == (200, told)
    assert both.count("updates") == 4


def test_what_was_for_one_is_taken_back_from_one(server: Server) -> None:
    boss, anh, binh = server.device("coordinator", ""), server.device(), server.device(surveyor="bình")
    seq = say(boss, "Mời anh về văn phòng", "anh")
    assert (len(updates(anh)), updates(binh)) == (1, [])
    boss.send("DELETE", f"/v1/updates/{seq}")
    assert [item["kind"] for item in updates(anh, seq)] == ["retraction"]
    assert updates(binh, seq) == []


def test_what_there_is_not_cannot_be_taken_back(server: Server) -> None:
    boss = server.device("coordinator", "")
    seq = say(boss, "x")
    retraction = boss.send("DELETE", f"/v1/updates/{seq}").json()["seq"]
    for number, status in (("0", 404), ("99", 404), (str(retraction), 404), (str(2**53 - 1), 404)):
        assert boss.send("DELETE", f"/v1/updates/{number}").status_code == status, number
    for number in ("-1", "x", "1.5", str(2**70), "%0a"):
        assert boss.send("DELETE", f"/v1/updates/{number}").json()["code"] == "malformed", number
    for role in ("surveyor", "analyst"):
        assert server.device(role).send("DELETE", f"/v1/updates/{seq}").status_code == 403
    assert server.count("updates") == 2


def test_the_last_offer_counts_and_the_same_again_changes_nothing(both: Server) -> None:
    boss = both.device("coordinator", "", "văn phòng")
    old, new = (offer(boss, data, version=version) for data, version in ((b"old", "1"), (b"new", "2")))
    assert (old.status_code, new.status_code, new.json()["author"]) == (201, 201, "văn phòng")
    same = offer(boss, b"new", version="2")
    assert (same.status_code, same.json()) == (200, new.json())
    back = offer(boss, b"old", version="1")  # not what counts any more: offered anew
    assert back.status_code == 201
    assert back.json()["seq"] > new.json()["seq"]
    assert offer(boss, b"old", version="1", name="other_name").status_code == 201
    assert both.count("packages") == 2
    with both.database.read() as connection:
        assert [item.version for item in offered_updates(connection) if isinstance(item, Package)] == [
            "1",
            "2",
            "1",
            "1",
        ]


def test_several_coordinators_at_once_offer_and_take_back_once(both: Server) -> None:
    bosses = [both.device("coordinator", "") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        offers = list(pool.map(lambda boss: offer(boss, b"questions"), bosses))
        assert sorted(reply.status_code for reply in offers) == [200] * 5 + [201]
        (seq,) = {reply.json()["seq"] for reply in offers}
        taken = list(pool.map(lambda boss: boss.send("DELETE", f"/v1/updates/{seq}").json(), bosses))
    assert all(each == taken[0] for each in taken)
    assert both.count("updates") == 2
    assert both.count("packages") == 0


def test_the_content_goes_with_its_last_offer(both: Server) -> None:
    boss, device = both.device("coordinator", ""), both.device()
    path = f"/v1/packages/{hashlib.sha256(b'questions').hexdigest()}"
    first, second = (offer(boss, b"questions", name=name).json()["seq"] for name in ("one", "two"))
    boss.send("DELETE", f"/v1/updates/{first}")
    assert device.get(path).content == b"questions"
    boss.send("DELETE", f"/v1/updates/{second}")
    gone = device.get(path)
    assert (gone.status_code, gone.json()["code"]) == (410, "retracted")
    assert device.get(f"/v1/packages/{'0' * 64}").status_code == 404
    assert updates(device) == []
    again = offer(boss, b"questions", name="one")
    assert again.status_code == 201
    assert again.json()["seq"] > second
    assert device.get(path).content == b"questions"
    assert [item["seq"] for item in updates(device)] == [again.json()["seq"]]


def test_a_device_says_how_far_it_has_heard(both: Server) -> None:
    boss, device = both.device("coordinator", ""), both.device()
    numbers = [say(boss, str(number)) for number in range(3)]
    updates(device)
    assert listed(boss, device)["heard"] == 0  # the reply may have been lost
    updates(device, numbers[1])
    assert listed(boss, device)["heard"] == numbers[1]
    updates(device, 0)  # it began anew: what it once had is no less known
    assert listed(boss, device)["heard"] == numbers[1]
    updates(device, 2**53 - 1)
    assert listed(boss, device)["heard"] == numbers[2]


def test_after_a_restored_backup_no_device_passes_over_what_comes_next(both: Server) -> None:
    boss, device = both.device("coordinator", ""), both.device()
    last = [say(boss, str(number)) for number in range(5)][-1]
    with both.database.write() as connection:  # as it was yesterday
        connection.exec_driver_sql(f"DELETE FROM updates WHERE seq > {last - 3}")
        connection.exec_driver_sql(f"UPDATE counters SET value = {last - 3} WHERE name = 'updates'")
    assert updates(device, last) == []
    seq = say(boss, "hôm nay")
    assert seq > last
    assert [item["seq"] for item in updates(device, last)] == [seq]
    assert listed(boss, device)["heard"] == last


def test_a_surveyors_name_is_one_however_it_was_typed(server: Server) -> None:
    boss, device = server.device("coordinator", ""), server.device(surveyor=" a\u0301nh")
    say(boss, "Về văn phòng", "\u00e1nh ")
    (item,) = updates(device)
    assert item["surveyor"] == listed(boss, device)["surveyor"] == "\u00e1nh"


def test_who_has_fetched_a_package_to_its_end(both: Server) -> None:
    boss, whole, parts, half = both.device("coordinator", ""), *(both.device() for _ in range(3))
    content = random.Random(4).randbytes(5000)
    sha256 = offer(boss, content).json()["sha256"]
    path = f"/v1/packages/{sha256}"
    whole.get(path)
    whole.get(path)
    parts.get(path, Range="bytes=0-3999")
    parts.get(path, Range="bytes=4000-9999")
    half.get(path, Range="bytes=0-3999")
    assert [listed(boss, each)["packages"] for each in (whole, parts, half)] == [[sha256], [sha256], []]


def test_a_long_message_and_one_too_long(server: Server) -> None:
    boss = server.device("coordinator", "")
    say(boss, "á" * 4000)
    for text in ("á" * 4001, "", "a\x00b"):
        assert boss.post("/v1/messages", {"text": text}).json()["code"] == "malformed"
    assert boss.post("/v1/messages", {"text": "x", "surveyor": "a\x1b[2J"}).json()["code"] == "malformed"
    assert server.count("updates") == 1


def test_a_database_from_before_keeps_what_it_offered(where: str) -> None:
    database = Database(Database.open(where).url)
    with database.write() as connection:
        for table in ("fetched", "updates", "devices", "migrations"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for table in ("accounts", "attachments", "attempts", "bodies", "chunks", "codes", "counters"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for table in ("packages", "pushes", "responses", "sessions", "withdrawn"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        migrate(connection, STEPS[:1])
        item = '{"kind":"package","seq":1,"at":"2026-11-21T00:00:00Z","content":"plugin","name":"ca_mau",'
        item += '"version":"1","sha256":"%s","size":1,"signature":"QQ==","key":"QQ=="}' % ("a" * 64)
        message = '{"kind":"message","seq":2,"at":"2026-11-21T00:00:00Z","author":"x","text":"y"}'
        for seq, text in ((1, item), (2, message)):
            row = f"({seq}, '', '{text}')"
            connection.exec_driver_sql(f"INSERT INTO updates (seq, surveyor, item) VALUES {row}")
    with database.write() as connection:
        assert migrate(connection) == len(STEPS) - 1
    with database.read() as connection:
        assert [each.seq for each in offered_updates(connection)] == [1, 2]
        stored = connection.exec_driver_sql("SELECT package FROM updates ORDER BY seq").all()
    assert [row[0] for row in stored] == ["a" * 64, ""]
    database.close()


# --- the page
def test_the_page_tells_how_far_it_has_come_and_takes_back(both: Server, browse: Browse) -> None:
    boss, device = both.device("coordinator", ""), both.device(surveyor="anh")
    client = browse(both)
    csrf = csrf_of(client.get("/messages").text)
    text = "Mai nghỉ.\r\n<b>Thứ hai</b> đi làm \u202e!"
    client.post("/messages", data={"csrf": csrf, "text": text, "surveyor": ""})
    client.post("/messages", data={"csrf": csrf, "text": "Về văn phòng", "surveyor": "ahn"})
    offer(boss, b"questions", name="bang_hoi", version="2026.2")
    page = client.get("/messages").text
    assert "&lt;b&gt;Thứ hai&lt;/b&gt;" in page
    assert "<bdi>Mai nghỉ.\n&lt;b&gt;" in page  # what turns the direction of writing ends with its element
    assert page.count("0/1 máy đã nhận") == 2
    assert "Nay dùng số" not in page
    assert "Không có máy nào của ahn" in page
    assert "bang_hoi, bản 2026.2" in page
    assert '<option value="anh">' in page
    got = updates(device)
    assert [item.get("text", "") for item in got] == ["Mai nghỉ.\n<b>Thứ hai</b> đi làm \u202e!", ""]
    device.get(f"/v1/packages/{got[1]['sha256']}")
    updates(device, got[-1]["seq"])
    page = client.get("/messages").text
    assert page.count("1/1 máy đã nhận") == 2
    assert "1/1 máy đã tải về, 1/1 máy đã nhận" in page
    assert f">{got[-1]['seq']}</td>" in client.get("/devices").text
    again = offer(boss, b"better questions", name="bang_hoi", version="2026.3").json()["seq"]
    assert client.get("/messages").text.count(f"Nay dùng số {again}.") == 1
    boss.send("DELETE", f"/v1/updates/{again}")
    client.post("/messages/retract", data={"csrf": csrf, "seq": str(got[0]["seq"])})
    assert "Mai nghỉ" not in client.get("/messages").text
    assert [item["kind"] for item in updates(device, got[-1]["seq"])] == ["retraction"]


@pytest.mark.parametrize("seq", ["", "x", "-1", "1e3", "٣", "9" * 30])
def test_the_page_refuses_numbers_that_are_none(server: Server, browse: Browse, seq: str) -> None:
    client = browse(server)
    csrf = csrf_of(client.get("/messages").text)
    assert client.post("/messages/retract", data={"csrf": csrf, "seq": seq}).status_code == 400
    assert client.post("/messages/retract", data={"csrf": csrf, "seq": "7"}).status_code == 404
    assert client.post("/messages/retract", data={"seq": "7"}).status_code == 403
