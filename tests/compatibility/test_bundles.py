"""Bundles on a USB drive: each version reads those of the other."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from .archive import Unpack
from .bundle_files import BundleFile, read_file, stable_fields
from .golden import recorded, same_as_recorded
from .program import run, without_places

pytestmark = pytest.mark.slow

OFFICE = {
    "responses-list.json": ("survey-tui", "responses", "list", "--json"),
    "export.jsonl": ("survey-tui", "responses", "export", "--format", "jsonl"),
    "store-check.json": ("survey-tui", "store", "check", "--json"),
    "sync-status.json": ("survey-sync", "status", "--json"),
    "sync-log.json": ("survey-sync", "log", "--json"),
    "sync-messages.json": ("survey-sync", "messages", "--json"),
    "sync-key.json": ("survey-sync", "key", "--json"),
}


@pytest.mark.parametrize("name", OFFICE)
def test_data_of_an_office_home_are_unchanged(name: str, fixture: Unpack) -> None:
    office = fixture("office")
    program, *arguments = OFFICE[name]
    result = run(program, *arguments, home=office, status=None)
    same_as_recorded(f"office/{name}", without_places(result.out, office))


def test_an_office_knows_what_it_has_received(fixture: Unpack) -> None:
    office, usb = fixture("office"), fixture("usb")
    reports = receive(office, usb)
    assert reports == recorded("office/receive-again.json", reports)


def fingerprints(usb: Path) -> list[str]:
    """Fingerprints of the devices with bundles on this drive, as ``receive --accept`` takes them."""
    found = []
    for path in sorted(usb.glob("*.svb")):
        key = bytes.fromhex(read_file(path).header["key"])
        found.append(fingerprint(key))
    return found


def fingerprint(key: bytes) -> str:
    digits = hashlib.sha256(key).hexdigest()[:12]
    return "-".join(digits[start : start + 4] for start in (0, 4, 8))


Facts = list[dict[str, Any]]


def receive(home: Path, usb: Path, *options: str) -> Facts:
    """Reports on all files of the drive, without file names, which contain times and keys."""
    reports = json.loads(run("survey-sync", "receive", usb, *options, "--json", home=home, status=None).out)
    return [{name: each[name] for name in each if name not in {"file", "receipts"}} for each in reports]


def test_a_new_office_receives_old_bundles(fixture: Unpack, tmp_path: Path) -> None:
    usb, new = fixture("usb"), tmp_path / "new"
    for old in usb.glob("*.svr"):
        old.unlink()
    reports = [receive(new, usb, "--accept", each) for each in fingerprints(usb)]
    assert reports == recorded("office/receive-first.json", reports)
    same_as_recorded(
        "office/export.jsonl", run("survey-tui", "responses", "export", "--format", "jsonl", home=new).out
    )
    receipts = sorted(usb.glob("*.svr"))
    assert receipts
    lines = sorted(line for path in receipts for line in read_file(path).lines().decode().splitlines())
    same_as_recorded("office/receipts.jsonl", "".join(f"{line}\n" for line in lines))
    headers = {
        stable_fields(read_file(path).header)["receiver"]: stable_fields(read_file(path).header)
        for path in receipts
    }
    same_as_recorded(
        "office/receipts-fields.json", json.dumps([list(each) for each in headers.values()]) + "\n"
    )


def test_old_receipts_are_accepted(field: Path, fixture: Unpack) -> None:
    taken = run(
        "survey-sync", "receive", *sorted(fixture("usb").glob("may-field*.svr")), "--json", home=field
    )
    same_as_recorded("field/receipts-taken.json", without_places(taken.out, field))
    listed = json.loads(run("survey-tui", "responses", "list", "--json", home=field).out)
    assert {each["status"] for each in listed} == {"draft", "received"}
    got = {each["id"]: each["receipt"] for each in listed}
    assert got == recorded("field/receipt-numbers.json", got)


def written(usb: Path) -> list[BundleFile]:
    return [read_file(path) for path in sorted(usb.iterdir()) if path.suffix in {".svb", ".sva"}]


def test_a_new_bundle_has_the_bytes_of_the_old_one(field: Path, fixture: Unpack, tmp_path: Path) -> None:
    """The home of the fixture is that of the old bundle; nothing has been received since."""
    usb = tmp_path / "new-usb"
    usb.mkdir()
    run("survey-sync", "bundle", "--to", usb, "--json", home=field)
    old = [each for each in written(fixture("usb")) if each.header["name"] == "may-field"]
    new = written(usb)
    assert [each.kind for each in new] == [each.kind for each in old]
    for ours, theirs in zip(new, old, strict=True):
        assert list(stable_fields(ours.header).items()) == list(stable_fields(theirs.header).items())
        if ours.kind == "responses":
            assert ours.lines() == theirs.lines()
        else:
            assert ours.content == theirs.content


def test_the_old_office_receives_a_new_bundle(field: Path, fixture: Unpack, tmp_path: Path) -> None:
    usb, office = tmp_path / "new-usb", fixture("office")
    usb.mkdir()
    run("survey-sync", "bundle", "--to", usb, home=field)
    reports = receive(office, usb)
    assert reports == recorded("office/receive-new.json", reports)


def test_names_of_files_on_a_usb_drive(field: Path, tmp_path: Path) -> None:
    usb = tmp_path / "new-usb"
    usb.mkdir()
    run("survey-sync", "bundle", "--to", usb, home=field)
    names = sorted(path.name for path in usb.iterdir())
    assert len(names) == 2
    assert re.fullmatch(r"[0-9a-f-]{36}-[0-9a-f]{16}\.sva", names[0])
    assert re.fullmatch(r"may-field-\d{14}-\d+\.svb", names[1])


def test_responses_in_conflict_stay_with_the_office(fixture: Unpack) -> None:
    office = fixture("office")
    kept = sorted((office / "sync" / "conflicts").rglob("*"))
    before = {path.name: path.read_bytes() for path in kept if path.is_file()}
    assert before
    run("survey-sync", "status", home=office, status=None)
    assert {path.name: path.read_bytes() for path in kept if path.is_file()} == before
