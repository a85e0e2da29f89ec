"""Whose responses came on a stick, their attachments, and what respondents took back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import structs
from survey_sync.client.attachments import pending_attachments
from survey_sync.client.bundles.file_format import BundleHeader, read_header, write_attachment
from survey_sync.client.bundles.incoming import WithdrawalCounts
from survey_sync.client.bundles.provenance import ResponseSource, ResponseSources
from survey_sync.client.device_keys import SigningKey
from survey_sync.client.errors import BundleError
from survey_sync.client.sync_home import SyncHome

from tests.support.devices import AT, Home, Server
from tests.sync.client.sticks import (
    attach,
    believe,
    contents,
    envelope,
    files_on,
    finish,
    go_back,
    names_on,
    seal,
    take,
    take_all,
    take_files,
    write,
)


# --- whose they are
def test_a_sealed_response_keeps_its_surveyor(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")  # never enrolled
    (sealed,) = seal(device, 1)
    (plain,) = device.fill(1)
    stick = tmp_path / "stick"
    write(device, stick, "CM001")
    office = server.device(tmp_path / "office", role="coordinator", surveyor="HOA")
    take_all(office, stick)
    with office.open() as store:
        assert {each.id: each.username for each in store.search()} == {sealed: "CM001", plain: "anh"}
    assert office.push().counts == {"stored": 2}
    names = names_on(server)
    assert names[sealed][:2] == ("CM001", "id-device")
    assert names[plain][:2] == ("anh", "thiet-bi")
    # The surveyor's next device has a say over it, somebody else's has not.
    with device.open() as store:
        store.rights.withdraw([sealed], AT)
    other = server.device(tmp_path / "other", surveyor="CM002")
    mine = server.device(tmp_path / "mine", surveyor="CM001")
    for home, erased in ((other, 0), (mine, 1)):
        finish(home, sealed, envelope(sealed))
        with home.open() as store:
            store.handover.mark_sent([sealed])
            store.rights.withdraw([sealed], AT)
        assert home.push().erased == erased
    assert sealed not in names_on(server)


def test_two_coordinators_pass_the_same_stick_on(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")
    ids = seal(device, 3)
    stick = tmp_path / "stick"
    write(device, stick, "CM001")
    offices = [server.device(tmp_path / name, role="coordinator", surveyor="") for name in ("east", "west")]
    for office in offices:
        take_all(office, stick)
    assert [office.push().counts for office in offices] == [{"stored": 3}, {"present": 3}]
    names = names_on(server)
    assert {names[response_id][:2] for response_id in ids} == {("CM001", "id-device")}


def test_the_one_beside_has_its_own_surveyor(server: Server, tmp_path: Path) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    (rid,) = seal(one, 1)
    finish(two, rid, envelope(rid, "other"))
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    for device, surveyor in ((one, "CM001"), (two, "CM002")):
        write(device, tmp_path / device.path.name / "stick", surveyor)
        take_all(office, tmp_path / device.path.name / "stick")
    assert office.push().counts == {"stored": 1, "conflict": 1}
    found = {row[1:3] for row in contents(server)[0] if row[0] == rid}
    assert found == {("CM001", "id-one"), ("CM002", "id-two")}


def test_a_device_that_is_no_coordinators_states_nobody(server: Server, tmp_path: Path) -> None:
    """A colleague who takes a stick in sends it as it is: the server believes statements of coordinators."""
    device = Home(tmp_path / "device")
    (rid,) = seal(device, 1)
    write(device, tmp_path / "stick", "CM001")
    colleague = server.device(tmp_path / "colleague", surveyor="CM002")
    take_all(colleague, tmp_path / "stick")
    assert colleague.push().counts == {"stored": 1}
    assert names_on(server)[rid][:2] == ("CM002", "")


def test_origins_survive_a_torn_line(tmp_path: Path) -> None:
    folder = SyncHome(tmp_path)
    one, two = ResponseSource("may-1", "k1", "CM001"), ResponseSource("may-2", "k2", asked="anh")
    ResponseSources(folder).add(one, [("a", "1"), ("b", "2")])
    path = tmp_path / "sync" / "origins.jsonl"
    path.write_bytes(path.read_bytes() + b'{"device":"may-9","ke')
    found = ResponseSources(folder)
    found.add(two, [("a", "1"), ("c", "3")])
    for each in (found, ResponseSources(folder)):
        assert [each.source_of(("a", "1")), each.source_of(("c", "3")), each.source_of(("x", "1"))] == [
            one,
            two,
            None,
        ]
        assert each.first_source("b") == one


@pytest.mark.parametrize(
    ("device", "key", "surveyor", "say"),
    [
        ("may-1", "b" * 64, "", True),  # accepted with a new key
        ("may-9", "a" * 64, "", True),  # settings lost, so another id
        ("may-9", "b" * 64, "CM001", True),  # the surveyor's next device
        ("may-9", "b" * 64, "CM002", False),
        ("may-9", "b" * 64, "", False),
    ],
)
def test_who_has_a_say(device: str, key: str, surveyor: str, say: bool) -> None:
    header = BundleHeader(kind="responses", device=device, name="", key=key, surveyor=surveyor, created=AT)
    brought = ResponseSource("may-1", "a" * 64, "CM001")
    assert brought.may_change(header, vouched=True) is say
    assert ResponseSource("may-1", "a" * 64, asked="CM001").may_change(header, vouched=True) is say
    assert ResponseSource("may-1", "a" * 64).may_change(header, vouched=True) is (say and surveyor != "CM001")
    assert brought.may_change(header, vouched=False) is (key == "a" * 64)  # the rest anybody can write


# --- attachments
PHOTO = bytes(range(256)) * 2000


def test_attachments_there_and_back(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    one, two = device.fill(2)
    attach(device, one, "nha.jpg", PHOTO)
    attach(device, one, "trong.txt", b"")
    attach(device, two, "nha.jpg", b"other")
    stick = tmp_path / "stick"
    assert write(device, stick).files == 3
    before = {path: path.stat().st_mtime_ns for path in stick.glob("*.sva")}
    assert write(device, stick).files == 3
    assert {path: path.stat().st_mtime_ns for path in stick.glob("*.sva")} == before  # nothing written twice
    take_all(office, stick)
    assert set(take_files(office, stick).values()) == {"present"}
    believe(device, office)
    assert go_back(device, stick).files == 3
    assert go_back(device, stick).files == 0
    assert list(pending_attachments(device.path, lambda _: True)) == []
    assert write(device, stick).files == 0
    assert list(stick.glob("*.sva")) == []  # they arrived: photographs do not stay on the stick
    office.push()
    expected = {(one, "nha.jpg"): PHOTO, (one, "trong.txt"): b"", (two, "nha.jpg"): b"other"}
    assert {key: files_on(server).get(key) for key in expected} == expected


def test_attachments_of_a_response_that_went_another_way(server: Server, tmp_path: Path) -> None:
    """Responses over the telephone, photographs by stick: the office has never seen the response."""
    device = server.device(tmp_path / "device", 1)
    (rid,) = device.statuses()
    device.push()
    attach(device, rid, "nha.jpg", PHOTO)
    assert write(device, tmp_path / "stick").files == 1
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    assert set(take_files(office, tmp_path / "stick").values()) == {"refused"}  # it could be anybody's
    assert set(take_files(office, tmp_path / "stick", heard=True).values()) == {"stored"}
    assert office.push().later_error is None
    assert files_on(server)[rid, "nha.jpg"] == PHOTO


def test_one_attachment_that_is_refused_keeps_no_other_waiting(server: Server, tmp_path: Path) -> None:
    office = server.device(tmp_path / "office", 1, role="coordinator", surveyor="")
    (rid,) = office.statuses()
    attach(office, "00000000-0000-4000-8000-000000000000", "a.jpg", b"of nothing that the server knows")
    attach(office, rid, "nha.jpg", PHOTO)
    report = office.push()
    assert report.later_error is not None
    assert report.later_error.details["status"] == 404
    assert files_on(server)[rid, "nha.jpg"] == PHOTO


def hostile(office: Home, stick: Path, **facts: str) -> Path:
    """A signed attachment that says what it likes."""
    source = stick / "source"
    source.write_bytes(b"hostile")
    stranger = Home(stick / "stranger")
    key = SigningKey(stranger.folder)
    header = BundleHeader(kind="attachment", device="may-9", name="máy lạ", key=key.public, created=AT)
    path = stick / f"{len(list(stick.iterdir()))}.sva"
    write_attachment(path, structs.replace(header, **facts), source, key)
    return path


@pytest.mark.parametrize(
    ("response", "name"),
    [
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", "../../sync/server.json"),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", "/etc/passwd"),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", ".."),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", ""),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", ".nha.jpg.part"),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", "nha.jpg.0123456789abcdef.sent"),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", "nhà\u202egpj.jpg"),
        ("0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", "a" * 101),
        ("../../store", "responses.journal"),
        ("", "nha.jpg"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, response: str, name: str) -> None:
    office = Home(tmp_path / "office")
    office.fill(1)
    stick = tmp_path / "stick"
    stick.mkdir()
    path = hostile(office, stick, response=response, file=name)
    before = {each for each in tmp_path.rglob("*") if "stick" not in each.parts}
    assert take_files(office, stick, heard=True) == {path.name: "refused"}
    after = {each for each in tmp_path.rglob("*") if "stick" not in each.parts} - before
    assert {each.name for each in after} <= {"sync", "device.key", "devices.json", "log.jsonl"}


def test_a_name_with_control_characters_is_no_header(tmp_path: Path) -> None:
    office, stick = Home(tmp_path / "office"), tmp_path / "stick"
    stick.mkdir()
    path = hostile(office, stick, response="0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", file="a\x1b[2J.jpg")
    assert take_files(office, stick, heard=True) == {path.name: "sync_bundle_damaged"}


@pytest.mark.parametrize("change", ["short", "long", "bit", "header", "empty"])
def test_a_changed_attachment_is_refused(tmp_path: Path, change: str) -> None:
    device, office, stick = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "stick"
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", PHOTO)
    attach(device, rid, "b.jpg", b"untouched")
    write(device, stick)
    path = max(stick.glob("*.sva"), key=lambda each: each.stat().st_size)
    data = path.read_bytes()
    path.write_bytes(
        {
            "short": data[:-1],
            "long": data + b"x",
            "bit": data[:-5] + bytes((data[-5] ^ 1,)) + data[-4:],
            "header": data.replace(b'"a.jpg"', b'"c.jpg"'),
            "empty": b"",
        }[change]
    )
    fates = take_files(office, stick, heard=True)
    assert fates.pop(path.name).startswith("sync_bundle_")
    assert list(fates.values()) == ["stored"]  # the other one comes in
    believe(device, office)
    assert go_back(device, stick).files == 1
    assert write(device, stick).files == 1  # written anew
    assert set(take_files(office, stick, heard=True).values()) == {"stored"}


def test_an_attachment_that_is_too_large_stays_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, office, stick = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "stick"
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", PHOTO)
    write(device, stick)
    monkeypatch.setattr("survey_sync.client.bundles.attachments.MAX_ATTACHMENT_BYTES", 1000)
    assert set(take_files(office, stick).values()) == {"sync_bundle_too_large"}
    attach(device, rid, "b.jpg", PHOTO[:500])
    written = write(device, tmp_path / "other")
    assert (written.files, written.too_large) == (1, 1)


def test_a_full_stick_has_whole_attachments_and_the_rest_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, office, stick = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "stick"
    (rid,) = device.fill(1)
    for number in range(4):
        attach(device, rid, f"{number}.jpg", bytes((number,)) * 1000)
    from survey_sync.client.bundles import attachments, file_format

    real, left = file_format.write_attachment, [2]

    def full(path: Path, header: BundleHeader, source: Path, key: SigningKey) -> BundleHeader:
        if not left[0]:
            raise BundleError("sync_bundle_unwritable", path=str(path), reason="no space left")
        left[0] -= 1
        return real(path, header, source, key)

    monkeypatch.setattr(attachments, "write_attachment", full)
    with pytest.raises(BundleError):
        write(device, stick)
    assert len(list(stick.glob("*.svb"))) == 1
    take_all(office, stick)
    believe(device, office)
    assert go_back(device, stick).files == 2
    left[0] = 9
    assert write(device, stick).files == 2


def test_another_file_of_the_same_name_waits_for_the_first(server: Server, tmp_path: Path) -> None:
    device, stick = Home(tmp_path / "device"), tmp_path / "stick"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", b"first")
    write(device, stick)
    take_all(office, stick)
    attach(device, rid, "a.jpg", b"second")
    write(device, stick)
    assert sorted(take_files(office, stick).values()) == ["present", "waits"]
    office.push()
    assert sorted(take_files(office, stick).values()) == ["present", "stored"]
    office.push()
    assert sorted(take_files(office, stick).values()) == ["present", "present"]


def test_somebody_elses_attachment_is_refused(tmp_path: Path) -> None:
    device, office = Home(tmp_path / "device"), Home(tmp_path / "office")
    (rid,) = device.fill(1)
    write(device, tmp_path / "stick", "CM001")
    take_all(office, tmp_path / "stick")
    for name, surveyor, fate in (("other", "CM002", "refused"), ("next", "CM001", "stored")):
        home = Home(tmp_path / name)
        finish(home, rid, device.bytes_of()[rid])
        with home.open() as store:
            store.handover.mark_sent([rid])
        attach(home, rid, "a.jpg", name.encode())
        write(home, tmp_path / f"stick-{name}", surveyor)
        assert set(take_files(office, tmp_path / f"stick-{name}").values()) == {"refused"}
        assert set(take_files(office, tmp_path / f"stick-{name}", heard=True).values()) == {fate}


def test_attachments_go_with_their_response(server: Server, tmp_path: Path) -> None:
    """Withdrawn on the device: gone there, from its next stick, in the office and on the server."""
    device, stick = Home(tmp_path / "device"), tmp_path / "stick"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", PHOTO)
    write(device, stick)
    take_all(office, stick)
    office.push()
    assert (rid, "a.jpg") in files_on(server)
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    assert write(device, stick).files == 0
    assert list(stick.glob("*.sva")) == []
    assert not (device.path / "attachments" / rid).exists()
    take_all(office, stick)
    assert not (office.path / "attachments" / rid).exists()
    office.push()
    assert (rid, "a.jpg") not in files_on(server)


def test_a_new_bundle_takes_the_place_of_the_devices_older_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, other, office = (Home(tmp_path / name) for name in ("device", "other", "office"))
    stick = tmp_path / "stick"
    gone, _ = device.fill(2)
    other.fill(1)
    first, theirs = write(device, stick).path, write(other, stick).path
    take_all(office, stick)
    with device.open() as store:
        store.rights.withdraw([gone], AT)
    device.fill(1)
    monkeypatch.setattr("survey_sync.client.bundles.outgoing.now", lambda: "2026-11-22T08:00:00.000Z")
    second = write(device, stick)
    assert (second.responses, second.withdrawals) == (2, 1)
    assert {*stick.glob("*.svb")} == {second.path, theirs}
    assert first is not None
    assert len(list(stick.glob("*.svr"))) == 2  # not believed yet, so they stay
    believe(device, office)
    assert go_back(device, stick).received == 1
    assert [got.counts for got in take_all(office, stick)] == [{"present": 1, "stored": 1}, {"present": 1}]


# --- what respondents took back
def test_a_withdrawal_known_in_the_office_reaches_the_device(server: Server, tmp_path: Path) -> None:
    device, stick = Home(tmp_path / "device"), tmp_path / "stick"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    gone, kept = device.fill(2)
    attach(device, gone, "a.jpg", PHOTO)
    write(device, stick)
    take_all(office, stick)
    office.push()
    with office.open() as store:
        store.rights.withdraw([gone], AT)
    take_all(office, stick)  # the stick lies there still: its receipts are written anew
    believe(device, office)
    taken = go_back(device, stick)
    assert (taken.received, taken.refused, taken.withdrawn) == (1, 0, 1)
    assert set(device.statuses()) == {kept}
    assert not (device.path / "attachments" / gone).exists()
    office.push()
    assert gone not in names_on(server)
    write(device, stick)  # the device says it once more, and hears that it is done
    take_all(office, stick)
    go_back(device, stick)
    with device.open() as store:
        assert [stone.received for stone in store.tombstones()] == [True]


def test_an_attachment_of_a_withdrawn_response_does_not_stay_in_the_office(
    server: Server, tmp_path: Path
) -> None:
    device = server.device(tmp_path / "device", 1)
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.statuses()
    device.push()
    attach(device, rid, "a.jpg", PHOTO)
    write(device, tmp_path / "stick")
    take_files(office, tmp_path / "stick")
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    device.push()
    assert office.push().later_error is None
    assert not (office.path / "attachments" / rid).exists()


def test_what_the_server_calls_withdrawn_reaches_the_device(server: Server, tmp_path: Path) -> None:
    """Another device of the surveyor told the server; the office hears it when it sends, the device then."""
    device, stick = Home(tmp_path / "device"), tmp_path / "stick"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.fill(1)
    write(device, stick)
    take_all(office, stick)
    other = server.device(tmp_path / "other")
    finish(other, rid, device.bytes_of()[rid])
    with other.open() as store:
        store.handover.mark_sent([rid])
        store.rights.withdraw([rid], AT)
    assert other.push().erased == 1
    assert office.push().counts == {"withdrawn": 1}
    take_all(office, stick)
    believe(device, office)
    assert go_back(device, stick).withdrawn == 1
    assert device.statuses() == {}


def test_receipts_of_a_key_that_nobody_trusts_erase_nothing(tmp_path: Path) -> None:
    device, office, stick = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "stick"
    (rid,) = device.fill(1)
    write(device, stick)
    take_all(office, stick)
    with office.open() as store:
        store.rights.withdraw([rid], AT)
    take_all(office, stick)
    with pytest.raises(BundleError):
        go_back(device, stick)
    assert set(device.statuses()) == {rid}


def test_an_office_that_sent_nothing_yet_still_tells_the_server(server: Server, tmp_path: Path) -> None:
    """East has sent the response on, the withdrawal comes to west, which has it too and has not."""
    device, stick = Home(tmp_path / "device"), tmp_path / "stick"
    east, west = (server.device(tmp_path / n, role="coordinator", surveyor="") for n in ("east", "west"))
    (rid,) = device.fill(1)
    write(device, stick)
    take_all(east, stick)
    take_all(west, stick)
    east.push()
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    later = tmp_path / "later"
    write(device, later)
    take_all(west, later)
    assert [got.counts for got in take_all(west, stick)] == [{"withdrawn": 1}]  # the older stick once more
    believe(device, east)
    believe(device, west)
    # Not done before the server has heard.
    assert (go_back(device, stick).erased, go_back(device, later).erased) == (0, 0)
    west.push()
    assert rid not in names_on(server)
    take_all(west, later)
    assert go_back(device, later).erased == 1


def test_nobody_withdraws_what_another_device_brought(tmp_path: Path) -> None:
    device, stranger, office = (Home(tmp_path / name) for name in ("device", "stranger", "office"))
    (rid,) = device.fill(1)
    (own,) = office.fill(1)
    write(device, tmp_path / "stick", "CM001")
    take_all(office, tmp_path / "stick")
    for victim in (rid, own):
        finish(stranger, victim, envelope(victim))
        with stranger.open() as store:
            store.handover.mark_sent([victim])
            store.rights.withdraw([victim], AT)
    written = write(stranger, tmp_path / "other", "CM002")
    assert written.path is not None
    got = take(office, written.path)
    assert (got.counts, got.withdrawals) == ({"refused": 2}, WithdrawalCounts(2, 0, 2))
    assert set(office.statuses()) == {rid, own}
    got = take(office, written.path, heard=True)
    assert got.withdrawals == WithdrawalCounts(2, 0, 2)
    # The surveyor's next device may, once a person has vouched for it.
    mine = Home(tmp_path / "mine")
    finish(mine, rid, envelope(rid))
    with mine.open() as store:
        store.handover.mark_sent([rid])
        store.rights.withdraw([rid], AT)
    write(mine, tmp_path / "third", "CM001")
    take_all(office, tmp_path / "third")
    assert set(office.statuses()) == {rid, own}
    take_all(office, tmp_path / "third", heard=True)
    assert set(office.statuses()) == {own}


def test_headers_say_the_surveyor_and_older_ones_do_not(tmp_path: Path) -> None:
    device, stick = Home(tmp_path / "device"), tmp_path / "stick"
    device.fill(1)
    written = write(device, stick, "CM001")
    assert written.path is not None
    header = read_header(written.path)
    assert (header.device, header.surveyor) == ("id-device", "CM001")
    known = tmp_path / "office" / "sync" / "devices.json"
    take(Home(tmp_path / "office"), written.path)
    assert json.loads(known.read_bytes())["id-device"]["surveyor"] == "CM001"
