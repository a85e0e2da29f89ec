"""Withdrawals that travel in bundles and in receipts."""

from __future__ import annotations

from pathlib import Path

import pytest
from survey_sync.client.bundles.incoming import WithdrawalCounts
from survey_sync.client.errors import BundleError

from tests.support.devices import AT, Home, Server
from tests.sync.client.bundles import (
    attach,
    believe,
    envelope,
    finish,
    go_back,
    names_on,
    take,
    take_all,
    take_files,
    write,
)

PHOTO = bytes(range(256)) * 2000


def test_a_withdrawal_known_in_the_office_reaches_the_device(server: Server, tmp_path: Path) -> None:
    device, drive = Home(tmp_path / "device"), tmp_path / "usb"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    gone, kept = device.fill(2)
    attach(device, gone, "a.jpg", PHOTO)
    write(device, drive)
    take_all(office, drive)
    office.push()
    with office.open() as store:
        store.rights.withdraw([gone], AT)
    take_all(office, drive)  # the USB drive lies there still: its receipts are written anew
    believe(device, office)
    taken = go_back(device, drive)
    assert (taken.received, taken.refused, taken.withdrawn) == (1, 0, 1)
    assert set(device.statuses()) == {kept}
    assert not (device.path / "attachments" / gone).exists()
    office.push()
    assert gone not in names_on(server)
    write(device, drive)  # the device says it once more, and hears that it is done
    take_all(office, drive)
    go_back(device, drive)
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
    write(device, tmp_path / "usb")
    take_files(office, tmp_path / "usb")
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    device.push()
    assert office.push().later_error is None
    assert not (office.path / "attachments" / rid).exists()


def test_what_the_server_calls_withdrawn_reaches_the_device(server: Server, tmp_path: Path) -> None:
    """Another device of the surveyor told the server; the office hears it when it sends, the device then."""
    device, drive = Home(tmp_path / "device"), tmp_path / "usb"
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")
    (rid,) = device.fill(1)
    write(device, drive)
    take_all(office, drive)
    other = server.device(tmp_path / "other")
    finish(other, rid, device.bytes_of()[rid])
    with other.open() as store:
        store.handover.mark_sent([rid])
        store.rights.withdraw([rid], AT)
    assert other.push().erased == 1
    assert office.push().counts == {"withdrawn": 1}
    take_all(office, drive)
    believe(device, office)
    assert go_back(device, drive).withdrawn == 1
    assert device.statuses() == {}


def test_receipts_of_an_untrusted_key_erase_nothing(tmp_path: Path) -> None:
    device, office, drive = Home(tmp_path / "device"), Home(tmp_path / "office"), tmp_path / "usb"
    (rid,) = device.fill(1)
    write(device, drive)
    take_all(office, drive)
    with office.open() as store:
        store.rights.withdraw([rid], AT)
    take_all(office, drive)
    with pytest.raises(BundleError):
        go_back(device, drive)
    assert set(device.statuses()) == {rid}


def test_an_office_that_sent_nothing_yet_still_tells_the_server(server: Server, tmp_path: Path) -> None:
    """East has sent the response on, the withdrawal comes to west, which has it too and has not."""
    device, drive = Home(tmp_path / "device"), tmp_path / "usb"
    east, west = (server.device(tmp_path / n, role="coordinator", surveyor="") for n in ("east", "west"))
    (rid,) = device.fill(1)
    write(device, drive)
    take_all(east, drive)
    take_all(west, drive)
    east.push()
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    later = tmp_path / "later"
    write(device, later)
    take_all(west, later)
    assert [got.counts for got in take_all(west, drive)] == [
        {"withdrawn": 1}
    ]  # the older USB drive once more
    believe(device, east)
    believe(device, west)
    # Not done before the server has heard.
    assert (go_back(device, drive).erased, go_back(device, later).erased) == (0, 0)
    west.push()
    assert rid not in names_on(server)
    take_all(west, later)
    assert go_back(device, later).erased == 1


def test_no_device_withdraws_what_another_brought(tmp_path: Path) -> None:
    device, stranger, office = (Home(tmp_path / name) for name in ("device", "stranger", "office"))
    (rid,) = device.fill(1)
    (own,) = office.fill(1)
    write(device, tmp_path / "usb", "CM001")
    take_all(office, tmp_path / "usb")
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
