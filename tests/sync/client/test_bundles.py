"""USB drives: any number of bundles, in any order, as often as one likes; two coordinators; receipts back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survey_sync.client.bundles.file_format import read_header, write_bundle
from survey_sync.client.bundles.incoming import ReceivedBundle, receive_bundle
from survey_sync.client.bundles.outgoing import (
    BUNDLE_SUFFIX,
    BundleSender,
    WrittenBundle,
    apply_receipts,
    write_pending,
)
from survey_sync.client.device_keys import SigningKey, fingerprint, trust
from survey_sync.client.errors import BundleError

from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore
from tests.support.collection_server import frozen
from tests.support.devices import AT, Home, Server


def bundler(home: Home, surveyor: str = "") -> BundleSender:
    return BundleSender(f"id-{home.path.name}", home.path.name, surveyor)


def bundle(home: Home, drive: Path, surveyor: str = "") -> Path:
    drive.mkdir(exist_ok=True)
    with home.open() as store:
        written = write_pending(home.folder, store, drive, bundler(home, surveyor))
    assert written.path is not None
    return written.path


def take(home: Home, path: Path, accept: str = "") -> ReceivedBundle:
    with home.open() as store:
        return receive_bundle(home.folder, store, path, home.path.name, accept)


def test_there_and_back(server: Server, tmp_path: Path) -> None:
    device, office = Home(tmp_path / "device"), server.device(tmp_path / "office", role="coordinator")
    device.fill(12)
    path = bundle(device, tmp_path / "usb")
    assert set(device.statuses().values()) == {"sent"}  # nobody changes what is on the USB drive
    got = take(office, path)
    assert got.counts == {"stored": 12}
    assert office.bytes_of() == device.bytes_of()
    with device.open() as store, pytest.raises(BundleError) as caught:
        apply_receipts(device.folder, store, got.receipts)
    assert caught.value.code == "sync_receipts_untrusted"
    trust(device.folder, "office", SigningKey(office.folder).public)
    with device.open() as store:
        assert apply_receipts(device.folder, store, got.receipts).received == 12
        strange = tmp_path / "usb" / f"old{BUNDLE_SUFFIX}"  # of a response that a restored store lost
        write_bundle(
            strange, read_header(path), [b'{"instance":"of no response here"}\n'], SigningKey(device.folder)
        )
        assert write_pending(device.folder, store, tmp_path / "usb", bundler(device)) == WrittenBundle(None)
    assert [*(tmp_path / "usb").iterdir()] == [strange]  # the others have their receipts
    assert set(device.statuses().values()) == {"received"}
    assert office.push().counts == {"stored": 12}
    assert server.stored(device) == {rid: [line] for rid, line in device.bytes_of().items()}
    with office.open() as store:
        assert {summary.username for summary in store.search()} == {"anh"}


def test_two_coordinators_receive_the_same_bundle(server: Server, tmp_path: Path) -> None:
    device = Home(tmp_path / "device")
    device.fill(5)
    path = bundle(device, tmp_path / "usb")
    offices = [server.device(tmp_path / name, role="coordinator") for name in ("east", "west")]
    receipts = {take(office, path).receipts for office in offices}
    assert len(receipts) == 2  # neither writes over the other's
    reports = [office.push() for office in offices]
    assert [report.counts for report in reports] == [{"stored": 5}, {"present": 5}]
    assert all(len(versions) == 1 for versions in server.stored(device).values())


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 4), min_size=5, max_size=12))
def test_any_order_any_number_of_times(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    root = tmp_path_factory.mktemp("order")
    one, two = Home(root / "one"), Home(root / "two")
    paths = []
    for round_ in range(3):
        one.fill(round_ + 1)
        paths.append(bundle(one, root / f"usb{round_}"))
    for round_ in range(2):
        two.fill(2)
        paths.append(bundle(two, root / f"other{round_}"))
    office = Home(root / "office")
    for index in [*order, *range(5)]:
        take(office, paths[index])
    assert office.bytes_of() == one.bytes_of() | two.bytes_of()


def test_the_same_id_with_other_bytes_is_a_conflict_and_goes_to_the_server(
    server: Server, tmp_path: Path
) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    (rid,) = one.fill(1)
    with ResponseStore.open(two.path) as store:
        store.begin(Started(AT, response_id=rid, form_id="xa_hoi_so"))
        store.finalise(rid, Finalised(AT), frozen(response_id=rid, text="99")[1])
    office = server.device(tmp_path / "office", role="coordinator")
    assert take(office, bundle(one, tmp_path / "a")).counts == {"stored": 1}
    other = bundle(two, tmp_path / "b")
    assert take(office, other).counts == {"conflict": 1}
    assert take(office, other).counts == {"conflict": 1}
    report = office.push()
    assert report.counts == {"stored": 1, "conflict": 1}
    assert server.stored(one) == {rid: [one.bytes_of()[rid], two.bytes_of()[rid]]}
    assert office.push().total == 0


def test_a_withdrawal_travels_in_a_bundle(server: Server, tmp_path: Path) -> None:
    device, office = Home(tmp_path / "device"), server.device(tmp_path / "office", role="coordinator")
    rid, kept = device.fill(2)
    first = bundle(device, tmp_path / "s1")
    take(office, first)
    office.push()
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    second = bundle(device, tmp_path / "s2")
    assert [withdrawal.id for withdrawal in read_header(second).withdrawals] == [rid]
    take(office, second)
    assert set(office.statuses()) == {kept}
    report = office.push()
    assert report.erased == 1
    assert server.stored(device) == {kept: [device.bytes_of()[kept]]}
    assert take(office, first).counts == {"present": 1, "withdrawn": 1}  # the old USB drive turns up again
    back = take(office, second)
    trust(device.folder, "office", SigningKey(office.folder).public)
    with device.open() as store:
        assert apply_receipts(device.folder, store, back.receipts).erased == 1
        assert all(stone.received for stone in store.tombstones())


def test_an_office_that_never_saw_the_response_passes_the_withdrawal_on(
    server: Server, tmp_path: Path
) -> None:
    device = server.device(tmp_path / "device", 1)
    (rid,) = device.statuses()
    device.push()
    with device.open() as store:
        store.rights.withdraw([rid], AT)
    office = server.device(tmp_path / "office", role="coordinator")
    path = bundle(device, tmp_path / "usb")
    assert take(office, path).withdrawals.foreign == 1  # anybody who knows an id could ask for that
    assert office.push().erased == 0
    take(office, path, accept=fingerprint(SigningKey(device.folder).public))
    assert office.push().erased == 1
    assert server.stored(device) == {}


def test_a_device_with_another_key_needs_a_persons_word(tmp_path: Path) -> None:
    device, office = Home(tmp_path / "device"), Home(tmp_path / "office")
    device.fill(1)
    take(office, bundle(device, tmp_path / "a"))
    device.folder.key.unlink()
    device.fill(1)
    path = bundle(device, tmp_path / "b")
    with pytest.raises(BundleError) as caught:
        take(office, path)
    assert caught.value.code == "sync_bundle_other_key"
    mark = fingerprint(SigningKey(device.folder).public)
    assert take(office, path, accept=mark).counts == {"stored": 1, "present": 1}


@pytest.mark.parametrize("part", ["magic", "header", "signature", "body", "short", "long", "empty"])
def test_a_changed_bundle_is_refused_whole(tmp_path: Path, part: str) -> None:
    device, office = Home(tmp_path / "device"), Home(tmp_path / "office")
    device.fill(3)
    path = bundle(device, tmp_path / "usb")
    data = path.read_bytes()
    lines = data.split(b"\n", 3)
    changed = {
        "magic": b"survey-sync bundle 9" + data[20:],
        "header": data.replace(b'"count":3', b'"count":4'),
        "signature": data.replace(lines[2], b"0" * 128),
        "body": data[:-20] + bytes((data[-20] ^ 1,)) + data[-19:],
        "short": data[: len(data) // 2],
        "long": data + b"more",
        "empty": b"",
    }[part]
    path.write_bytes(changed)
    with pytest.raises(BundleError):
        take(office, path)
    assert office.statuses() == {}


def test_a_receipt_for_other_bytes_or_unknown_ids_moves_nothing(tmp_path: Path) -> None:
    device, office, other = Home(tmp_path / "device"), Home(tmp_path / "office"), Home(tmp_path / "other")
    device.fill(2)
    other.fill(2)
    back = take(office, bundle(other, tmp_path / "usb")).receipts
    trust(device.folder, "office", SigningKey(office.folder).public)
    with device.open() as store:
        taken = apply_receipts(device.folder, store, back)
    assert (taken.received, taken.foreign) == (0, 2)
    assert set(device.statuses().values()) == {"final"}


def test_a_kill_between_the_two_lines_of_a_reception_is_got_over(tmp_path: Path) -> None:
    device, office = Home(tmp_path / "device"), Home(tmp_path / "office")
    (rid,) = device.fill(1)
    path = bundle(device, tmp_path / "usb")
    with ResponseStore.open(office.path) as store:
        store.begin(Started(AT, response_id=rid, form_id="xa_hoi_so"))
    assert take(office, path).counts == {"stored": 1}
    assert office.bytes_of() == device.bytes_of()
