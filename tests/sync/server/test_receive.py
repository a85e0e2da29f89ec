"""Every response is there exactly once, by its id and the bytes that were sent."""

from __future__ import annotations

import gzip
import json
import threading
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survey_sync.protocol.hashes import canonical_sha256
from survey_sync.protocol.messages import Batch, decoder
from survey_sync.server.auth import Principal
from survey_sync.server.db import Database
from survey_sync.server.responses import receive

from tests.support.collection_server import Device, Make, Server, Start, batch

ALICE = Principal("d1", "máy 1", "surveyor", "anh")


def statuses(receipts: list[dict[str, Any]]) -> list[str]:
    return [receipt["status"] for receipt in receipts]


def test_stored_then_present_then_conflict(both: Server, make: Make) -> None:
    device = both.device()
    rid, line = make(1)
    _, other = make(1, text="18")
    (first,) = device.push((rid, line))
    assert first == {"id": rid, "sha256": canonical_sha256(line), "status": "stored", "receipt": "1"}
    (again,) = device.push((rid, line), zipped=True)
    assert (again["status"], again["receipt"]) == ("present", "1")
    (conflict,) = device.push((rid, other))
    assert (conflict["status"], conflict["receipt"]) == ("conflict", "2")
    assert conflict["sha256"] == canonical_sha256(other)
    assert statuses(device.push((rid, line), (rid, other))) == ["present", "conflict"]
    assert both.stored() == {(rid, canonical_sha256(line)): line, (rid, canonical_sha256(other)): other}


def test_duplicates_within_a_batch(both: Server, make: Make) -> None:
    rid, line = make(1)
    _, other = make(1, text="18")
    receipts = both.device().push((rid, line), (rid, line), (rid, other), (rid, other))
    assert statuses(receipts) == ["stored", "present", "conflict", "conflict"]
    assert [receipt["receipt"] for receipt in receipts] == ["1", "1", "2", "2"]
    assert both.count("responses") == 2


def test_the_very_bytes_are_kept(both: Server, make: Make) -> None:
    """Key order, number spelling, escapes and letters: nothing is written anew on the way."""
    rid, _ = make(1)
    rest = '"form_id":"f","x":"\\u0110 Đ","y":[1, 2 ],"ứ":0.10}\n'
    line = f'{{"z":1e2,"response_id":"{rid}",{rest}'
    device = both.device()
    (receipt,) = device.push((rid, line.encode()))
    assert receipt["sha256"] == canonical_sha256(line.encode())
    assert list(both.stored().values()) == [line.encode()]


def test_one_bad_response_does_not_hold_up_the_others(both: Server, make: Make) -> None:
    good, other = make(1), make(2)
    rid, _ = make(3)
    strange = (rid, b'{"response_id":"%s"}\n' % rid.encode())
    swapped = (rid, make(4)[1])
    receipts = both.device().push(good, strange, swapped, (rid, b'"text"\n'), other)
    assert statuses(receipts) == ["stored", "refused", "refused", "refused", "stored"]
    assert [r.get("reason", "") for r in receipts] == [
        "",
        "not_a_response",
        "id_mismatch",
        "not_a_response",
        "",
    ]
    assert both.count("responses") == 2


def test_a_stated_hash_must_be_right(server: Server, make: Make) -> None:
    rid, line = make(1)
    for stated, status in ((canonical_sha256(line), "stored"), ("0" * 64, "refused")):
        body = json.dumps({"responses": [{"id": rid, "sha256": stated, "body": 0}]}).encode()
        body = body.replace(b'"body": 0', b'"body":' + line[:-1])
        (receipt,) = server.device().send("POST", "/v1/responses", body).json()["receipts"]
        assert receipt["status"] == status


def test_a_response_too_long_is_refused_alone(start: Start, sqlite: str, make: Make) -> None:
    limits = msgspec.structs.replace(start(sqlite).config.limits, response_bytes=2000)
    small = start(sqlite, limits=limits)
    receipts = small.device().push(make(1), make(2, text="x" * 2000))
    assert [r.get("reason", "") for r in receipts] == ["", "too_large"]


def test_zstd(server: Server, make: Make) -> None:
    body = zstandard.ZstdCompressor().compress(batch(make(1), make(2)))
    reply = server.device().send("POST", "/v1/responses", body, Content_Encoding="zstd")
    assert statuses(reply.json()["receipts"]) == ["stored", "stored"]


def test_large_receipts_come_compressed(server: Server, make: Make) -> None:
    reply = server.device().send(
        "POST", "/v1/responses", batch(*map(make, range(1, 50))), Accept_Encoding="gzip"
    )
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.json()["receipts"]) == 49


def test_who_sent_is_kept_and_who_asked(both: Server, make: Make) -> None:
    """A coordinator sends on what came on a stick: the surveyor's name stays."""
    both.device("coordinator", "").push(make(1, username="bình"), make(2, username=""))
    both.device("surveyor", "cúc").push(make(3, username=""))
    with both.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT surveyor FROM responses ORDER BY seq").scalars().all()
    assert rows == ["bình", "", "cúc"]


def test_devices_at_once_store_each_response_once(both: Server, make: Make) -> None:
    """The same stick at two coordinators, the same batch on eight threads: one stored, seven present."""
    responses = [make(n) for n in range(1, 41)]
    devices = [both.device(name=f"máy {n}") for n in range(8)]
    replies: list[list[dict[str, Any]]] = []

    def work(n: int) -> None:
        order = responses if n % 2 else responses[::-1]
        replies.append(devices[n].push(*order, zipped=True))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [receipt["status"] for reply in replies for receipt in reply]
    assert (told.count("stored"), told.count("present")) == (40, 280)
    assert both.stored() == {(rid, canonical_sha256(line)): line for rid, line in responses}
    numbers = {(r["id"], r["receipt"]) for reply in replies for r in reply}
    assert len(numbers) == 40


actions = st.lists(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 2)), min_size=1, max_size=6), max_size=8
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions)
def test_any_order_of_batches_against_a_model(
    tmp_path_factory: pytest.TempPathFactory, make: Make, batches: list[list[tuple[int, int]]]
) -> None:
    """Whatever comes in whatever order: each pair of id and bytes once, the first of an id is the main
    one."""
    database = Database.open(str(tmp_path_factory.mktemp("model") / "s.db"))
    decode = decoder(Batch)
    model: dict[str, list[str]] = {}
    for sent in batches:
        responses = [make(number, text=str(version)) for number, version in sent]
        receipts = receive(database, ALICE, decode(batch(*responses)).responses, 1 << 20)
        for (rid, line), receipt in zip(responses, receipts, strict=True):
            versions = model.setdefault(rid, [])
            digest = canonical_sha256(line)
            new = digest not in versions
            if new:
                versions.append(digest)
            expected = "conflict" if versions[0] != digest else "stored" if new else "present"
            assert (receipt.id, receipt.sha256, receipt.status) == (rid, digest, expected)
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT id, sha256, conflict FROM responses").all()
    expected_rows = {
        (rid, digest, int(n > 0)) for rid, all_ in model.items() for n, digest in enumerate(all_)
    }
    assert {tuple(row) for row in rows} == expected_rows
    database.close()


def test_gzip_of_gzip_is_not_unpacked_twice(server: Server, make: Make) -> None:
    body = gzip.compress(gzip.compress(batch(make(1))))
    reply = server.device().send("POST", "/v1/responses", body, Content_Encoding="gzip")
    assert (reply.status_code, reply.json()["code"]) == (400, "malformed")
    assert server.count("responses") == 0


SEALED = b'{"response_id":"%s","form_id":"f","commune":"32047","sealed":"x%d"}\n'


def forwarded(rid: str, line: bytes, **stated: str) -> bytes:
    """A batch of one response with what a coordinator states about it."""
    said = "".join(f',"{name}":{json.dumps(value)}' for name, value in stated.items()).encode()
    return b'{"responses":[{"id":"%s","body":%s%s}]}' % (rid.encode(), line[:-1], said)


def push_stated(sender: Device, rid: str, line: bytes, **stated: str) -> dict[str, Any]:
    reply = sender.send("POST", "/v1/responses", forwarded(rid, line, **stated))
    assert reply.status_code == 200, reply.text
    receipt: dict[str, Any] = reply.json()["receipts"][0]
    return receipt


def origins(server: Server) -> list[tuple[str, ...]]:
    with server.database.read() as connection:
        found = connection.exec_driver_sql("SELECT surveyor, said_device FROM responses ORDER BY seq").all()
    return [tuple(row) for row in found]


def test_a_coordinator_states_whose_sealed_response_it_is(both: Server, make: Make) -> None:
    boss = both.device("coordinator", "SẾP")
    for number, stated in enumerate([{"surveyor": "CM001", "device": "may-1"}, {"device": "may-2"}, {}], 1):
        rid, _ = make(number)
        receipt = push_stated(boss, rid, SEALED % (rid.encode(), number), **stated)
        assert receipt["status"] == "stored"
    # Of a device without a known owner nobody is named; what nobody says anything about is the sender's own.
    assert origins(both) == [("CM001", "may-1"), ("", "may-2"), ("SẾP", "")]


def test_a_response_that_says_who_asked_is_believed_before_a_coordinator(both: Server, make: Make) -> None:
    rid, line = make(1, username="bình")
    push_stated(both.device("coordinator", ""), rid, line, surveyor="CM001", device="may-1")
    assert origins(both) == [("bình", "thiet-bi")]


def test_a_surveyors_token_states_nobody_else(both: Server, make: Make) -> None:
    rid, line = make(1)
    device = both.device("surveyor", "CM001")
    for stated in ({"surveyor": "CM002"}, {"device": "may-1"}, {"surveyor": "CM001", "device": "may-1"}):
        receipt = push_stated(device, rid, line, **stated)
        assert (receipt["status"], receipt["reason"]) == ("refused", "not_yours")
    assert both.count("responses") == 0
    assert push_stated(device, rid, line, surveyor="CM001")["status"] == "stored"


def test_what_was_left_open_is_filled_in_and_what_was_said_stands(both: Server, make: Make) -> None:
    """Two offices and the device itself bring the same bytes, in any order: the same names in the end."""
    rid, _ = make(1)
    line = SEALED % (rid.encode(), 1)
    east, west = both.device("coordinator", ""), both.device("coordinator", "", "máy 2")
    push_stated(east, rid, line)
    assert origins(both) == [("", "")]
    assert push_stated(both.device("surveyor", "CM001"), rid, line)["status"] == "present"
    assert push_stated(west, rid, line, surveyor="CM001", device="may-1")["status"] == "present"
    assert push_stated(west, rid, line, surveyor="CM009", device="may-9")["status"] == "present"
    assert origins(both) == [("CM001", "may-1")]
    other = SEALED % (rid.encode(), 2)
    assert push_stated(west, rid, other, surveyor="CM009")["status"] == "conflict"
    assert origins(both) == [("CM001", "may-1"), ("CM009", "")]


def test_a_surveyor_has_a_say_over_what_a_coordinator_passed_on(both: Server, make: Make) -> None:
    rid, _ = make(1)
    push_stated(
        both.device("coordinator", ""), rid, SEALED % (rid.encode(), 1), surveyor="CM001", device="may-1"
    )
    asked = {"withdrawals": [{"id": rid, "at": "2026-11-21T09:00:00Z"}]}

    def answer(device: Device) -> dict[str, Any]:
        confirmed: dict[str, Any] = device.post("/v1/withdrawals", asked).json()["confirmations"][0]
        return confirmed

    assert answer(both.device("surveyor", "CM002"))["status"] == "refused"
    assert answer(both.device("surveyor", ""))["status"] == "refused"
    assert answer(both.device("surveyor", "CM001", "máy khác"))["status"] == "withdrawn"
    assert both.count("responses") == 0
