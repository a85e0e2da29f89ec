"""Surveyor and device of responses that come in bundles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from survey_sync.client.bundles.file_format import BundleHeader, read_header
from survey_sync.client.bundles.provenance import ResponseSource, ResponseSources
from survey_sync.client.sync_home import SyncHome

from tests.support.devices import AT, Home, Server
from tests.sync.client.bundles import (
    contents,
    envelope,
    finish,
    names_on,
    seal,
    take,
    take_all,
    write,
)


def test_a_sealed_response_keeps_its_surveyor(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")  # never enrolled
    (sealed,) = seal(device, 1)
    (plain,) = device.fill(1)
    drive = tmp_path / "usb"
    write(device, drive, "CM001")
    office = server.device(tmp_path / "office", role="coordinator", surveyor="HOA")
    take_all(office, drive)
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


def test_two_coordinators_pass_the_same_bundle_on(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")
    ids = seal(device, 3)
    drive = tmp_path / "usb"
    write(device, drive, "CM001")
    offices = [server.device(tmp_path / name, role="coordinator", surveyor="") for name in ("east", "west")]
    for office in offices:
        take_all(office, drive)
    assert [office.push().counts for office in offices] == [{"stored": 3}, {"present": 3}]
    names = names_on(server)
    assert {names[response_id][:2] for response_id in ids} == {("CM001", "id-device")}


def test_a_conflicting_response_has_its_own_surveyor(server: Server, tmp_path: Path) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    (rid,) = seal(one, 1)
    finish(two, rid, envelope(rid, "other"))
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    for device, surveyor in ((one, "CM001"), (two, "CM002")):
        write(device, tmp_path / device.path.name / "usb", surveyor)
        take_all(office, tmp_path / device.path.name / "usb")
    assert office.push().counts == {"stored": 1, "conflict": 1}
    found = {row[1:3] for row in contents(server)[0] if row[0] == rid}
    assert found == {("CM001", "id-one"), ("CM002", "id-two")}


def test_a_surveyors_device_states_no_other_surveyor(server: Server, tmp_path: Path) -> None:
    """A colleague sends a received bundle unchanged: the server believes statements of coordinators only."""
    device = Home(tmp_path / "device")
    (rid,) = seal(device, 1)
    write(device, tmp_path / "usb", "CM001")
    colleague = server.device(tmp_path / "colleague", surveyor="CM002")
    take_all(colleague, tmp_path / "usb")
    assert colleague.push().counts == {"stored": 1}
    assert names_on(server)[rid][:2] == ("CM002", "")


def test_sources_survive_a_torn_line(tmp_path: Path) -> None:
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
def test_only_the_source_or_a_vouched_key_may_change(device: str, key: str, surveyor: str, say: bool) -> None:
    header = BundleHeader(kind="responses", device=device, name="", key=key, surveyor=surveyor, created=AT)
    brought = ResponseSource("may-1", "a" * 64, "CM001")
    assert brought.may_change(header, vouched=True) is say
    assert ResponseSource("may-1", "a" * 64, asked="CM001").may_change(header, vouched=True) is say
    assert ResponseSource("may-1", "a" * 64).may_change(header, vouched=True) is (say and surveyor != "CM001")
    assert brought.may_change(header, vouched=False) is (key == "a" * 64)  # the rest anybody can write


def test_headers_say_the_surveyor_and_older_ones_do_not(tmp_path: Path) -> None:
    device, drive = Home(tmp_path / "device"), tmp_path / "usb"
    device.fill(1)
    written = write(device, drive, "CM001")
    assert written.path is not None
    header = read_header(written.path)
    assert (header.device, header.surveyor) == ("id-device", "CM001")
    known = tmp_path / "office" / "sync" / "devices.json"
    take(Home(tmp_path / "office"), written.path)
    assert json.loads(known.read_bytes())["id-device"]["surveyor"] == "CM001"
