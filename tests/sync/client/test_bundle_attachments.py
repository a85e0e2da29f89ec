"""Attachments in bundles: there and back, damaged ones, and those of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs
from survey_sync.client.attachments import pending_attachments
from survey_sync.client.bundles.file_format import BundleHeader, write_attachment
from survey_sync.client.device_keys import SigningKey
from survey_sync.client.errors import BundleError

from tests.support.devices import AT, Home, Server
from tests.sync.client.bundles import (
    attach,
    believe,
    files_on,
    finish,
    go_back,
    take_all,
    take_files,
    write,
)

PHOTO = bytes(range(256)) * 2000


def test_attachments_there_and_back(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    one, two = device.fill(2)
    attach(device, one, "nha.jpg", PHOTO)
    attach(device, one, "trong.txt", b"")
    attach(device, two, "nha.jpg", b"other")
    drive = tmp_path / "usb"
    assert write(device, drive).files == 3
    before = {path: path.stat().st_mtime_ns for path in drive.glob("*.sva")}
    assert write(device, drive).files == 3
    assert {path: path.stat().st_mtime_ns for path in drive.glob("*.sva")} == before  # nothing written twice
    take_all(office, drive)
    assert set(take_files(office, drive).values()) == {"present"}
    believe(device, office)
    assert go_back(device, drive).files == 3
    assert go_back(device, drive).files == 0
    assert list(pending_attachments(device.path, lambda _: True)) == []
    assert write(device, drive).files == 0
    assert list(drive.glob("*.sva")) == []  # they arrived: photographs do not stay on the USB drive
    office.push()
    expected = {(one, "nha.jpg"): PHOTO, (one, "trong.txt"): b"", (two, "nha.jpg"): b"other"}
    assert {key: files_on(server).get(key) for key in expected} == expected


def test_attachments_of_a_response_that_went_another_way(server: Server, tmp_path: Path) -> None:
    """Responses over the telephone, photographs by USB drive: the office has never seen the response."""
    device = server.device(tmp_path / "device", 1)
    (rid,) = device.statuses()
    device.push()
    attach(device, rid, "nha.jpg", PHOTO)
    assert write(device, tmp_path / "usb").files == 1
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    assert set(take_files(office, tmp_path / "usb").values()) == {"refused"}  # it could be anybody's
    assert set(take_files(office, tmp_path / "usb", heard=True).values()) == {"stored"}
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


def hostile(office: Home, drive: Path, **facts: str) -> Path:
    """A signed attachment that says what it likes."""
    source = drive / "source"
    source.write_bytes(b"hostile")
    stranger = Home(drive / "stranger")
    key = SigningKey(stranger.folder)
    header = BundleHeader(kind="attachment", device="may-9", name="máy lạ", key=key.public, created=AT)
    path = drive / f"{len(list(drive.iterdir()))}.sva"
    write_attachment(path, structs.replace(header, **facts), source, key)
    return path


@pytest.mark.slow
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
    drive = tmp_path / "usb"
    drive.mkdir()
    path = hostile(office, drive, response=response, file=name)
    before = {each for each in tmp_path.rglob("*") if "usb" not in each.parts}
    assert take_files(office, drive, heard=True) == {path.name: "refused"}
    after = {each for each in tmp_path.rglob("*") if "usb" not in each.parts} - before
    assert {each.name for each in after} <= {"sync", "device.key", "devices.json", "log.jsonl"}


def test_a_name_with_control_characters_is_no_header(tmp_path: Path) -> None:
    office, drive = Home(tmp_path / "office"), tmp_path / "usb"
    drive.mkdir()
    path = hostile(office, drive, response="0198c5a2-7c1e-7a31-9d0e-5f3f6a0b9c44", file="a\x1b[2J.jpg")
    assert take_files(office, drive, heard=True) == {path.name: "sync_bundle_damaged"}


@pytest.mark.slow
@pytest.mark.parametrize("change", ["short", "long", "bit", "header", "empty"])
def test_a_changed_attachment_is_refused(tmp_path: Path, change: str) -> None:
    device, office, drive = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "usb"
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", PHOTO)
    attach(device, rid, "b.jpg", b"untouched")
    write(device, drive)
    path = max(drive.glob("*.sva"), key=lambda each: each.stat().st_size)
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
    fates = take_files(office, drive, heard=True)
    assert fates.pop(path.name).startswith("sync_bundle_")
    assert list(fates.values()) == ["stored"]  # the other one comes in
    believe(device, office)
    assert go_back(device, drive).files == 1
    assert write(device, drive).files == 1  # written anew
    assert set(take_files(office, drive, heard=True).values()) == {"stored"}


def test_an_attachment_that_is_too_large_stays_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, office, drive = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "usb"
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", PHOTO)
    write(device, drive)
    monkeypatch.setattr("survey_sync.client.bundles.attachments.MAX_ATTACHMENT_BYTES", 1000)
    assert set(take_files(office, drive).values()) == {"sync_bundle_too_large"}
    attach(device, rid, "b.jpg", PHOTO[:500])
    written = write(device, tmp_path / "other")
    assert (written.files, written.too_large) == (1, 1)


def test_a_full_usb_drive_has_whole_attachments_and_the_rest_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, office, drive = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "usb"
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
        write(device, drive)
    assert len(list(drive.glob("*.svb"))) == 1
    take_all(office, drive)
    believe(device, office)
    assert go_back(device, drive).files == 2
    left[0] = 9
    assert write(device, drive).files == 2


def test_another_file_of_the_same_name_waits_for_the_first(server: Server, tmp_path: Path) -> None:
    device, drive = Home(tmp_path / "device"), tmp_path / "usb"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", b"first")
    write(device, drive)
    take_all(office, drive)
    attach(device, rid, "a.jpg", b"second")
    write(device, drive)
    assert sorted(take_files(office, drive).values()) == ["present", "waits"]
    office.push()
    assert sorted(take_files(office, drive).values()) == ["present", "stored"]
    office.push()
    assert sorted(take_files(office, drive).values()) == ["present", "present"]


def test_the_attachment_of_another_device_is_refused(tmp_path: Path) -> None:
    device, office = Home(tmp_path / "device"), Home(tmp_path / "office")
    (rid,) = device.fill(1)
    write(device, tmp_path / "usb", "CM001")
    take_all(office, tmp_path / "usb")
    for name, surveyor, fate in (("other", "CM002", "refused"), ("next", "CM001", "stored")):
        home = Home(tmp_path / name)
        finish(home, rid, device.bytes_of()[rid])
        with home.open() as store:
            store.handover.mark_sent([rid])
        attach(home, rid, "a.jpg", name.encode())
        write(home, tmp_path / f"usb-{name}", surveyor)
        assert set(take_files(office, tmp_path / f"usb-{name}").values()) == {"refused"}
        assert set(take_files(office, tmp_path / f"usb-{name}", heard=True).values()) == {fate}


def test_attachments_go_with_their_response(server: Server, tmp_path: Path) -> None:
    """Withdrawn on the device: gone there, from its next USB drive, in the office and on the server."""
    device, drive = Home(tmp_path / "device"), tmp_path / "usb"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.fill(1)
    attach(device, rid, "a.jpg", PHOTO)
    write(device, drive)
    take_all(office, drive)
    office.push()
    assert (rid, "a.jpg") in files_on(server)
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    assert write(device, drive).files == 0
    assert list(drive.glob("*.sva")) == []
    assert not (device.path / "attachments" / rid).exists()
    take_all(office, drive)
    assert not (office.path / "attachments" / rid).exists()
    office.push()
    assert (rid, "a.jpg") not in files_on(server)


def test_a_new_bundle_takes_the_place_of_the_devices_older_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, other, office = (Home(tmp_path / name) for name in ("device", "other", "office"))
    drive = tmp_path / "usb"
    gone, _ = device.fill(2)
    other.fill(1)
    first, theirs = write(device, drive).path, write(other, drive).path
    take_all(office, drive)
    with device.open() as store:
        store.rights.withdraw([gone], AT)
    device.fill(1)
    monkeypatch.setattr("survey_sync.client.bundles.outgoing.now", lambda: "2026-11-22T08:00:00.000Z")
    second = write(device, drive)
    assert (second.responses, second.withdrawals) == (2, 1)
    assert {*drive.glob("*.svb")} == {second.path, theirs}
    assert first is not None
    assert len(list(drive.glob("*.svr"))) == 2  # not believed yet, so they stay
    believe(device, office)
    assert go_back(device, drive).received == 1
    assert [got.counts for got in take_all(office, drive)] == [{"present": 1, "stored": 1}, {"present": 1}]
