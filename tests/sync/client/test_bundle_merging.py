"""However USB drives are carried about, the server ends up with the same.

Two surveyors' devices write bundles between interviews and withdrawals; two offices of one province take in
any of them, as often as they like, and push whenever they like. When in the end everything has come in
somewhere and was pushed, the server holds what it would hold had each device sent by itself: every response
once, with its surveyor and its attachments, and nothing of what was withdrawn.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.devices import AT, Home, Server, real_server
from tests.sync.client.bundles import attach, contents, envelope, seal, take, take_all, take_files, write

STICKS = 4
SURVEYORS = {"one": "CM001", "two": "CM002"}

carrying = st.lists(st.tuples(st.integers(0, 1), st.integers(-1, STICKS - 1)), max_size=14)
"""Which office does what: take in a USB drive, or push (-1)."""


class Field:
    """Two devices, their USB drives, and what should come out."""

    def __init__(self, root: Path, withdrawals: set[int]) -> None:
        self.drives = [root / f"usb{number}" for number in range(STICKS)]
        self.responses: set[tuple[object, ...]] = set()
        self.gone: set[str] = set()
        self.files: dict[tuple[str, str], bytes] = {}
        devices = {name: Home(root / name) for name in SURVEYORS}
        ids: dict[str, list[str]] = {name: [] for name in SURVEYORS}
        for number, drive in enumerate(self.drives):
            name = ("one", "two")[number % 2]
            device = devices[name]
            if number in withdrawals and ids[name]:  # what the USB drive before has already
                self._withdraw(device, ids[name].pop(0))
            self._work(device, ids[name], number)
            write(device, drive, SURVEYORS[name])

    def _work(self, device: Home, ids: list[str], number: int) -> None:
        name = device.path.name
        for response_id in seal(device, 2):
            ids.append(response_id)
            line = envelope(response_id)
            self.responses.add((response_id, SURVEYORS[name], f"id-{name}", line))
            self.files[response_id, "a.jpg"] = bytes((number,)) * 3000
            attach(device, response_id, "a.jpg", self.files[response_id, "a.jpg"])
        (plain,) = device.fill(1)
        ids.append(plain)
        self.responses.add((plain, "anh", "thiet-bi", device.bytes_of()[plain]))

    def _withdraw(self, device: Home, response_id: str) -> None:
        with device.open() as store:
            store.rights.withdraw([response_id], AT)
        self.gone.add(response_id)
        self.responses = {row for row in self.responses if row[0] != response_id}
        self.files.pop((response_id, "a.jpg"), None)


def carry(field: Field, offices: list[Home], steps: list[tuple[int, int]], last: random.Random) -> None:
    """As told; then everything that may not have come in yet, to one office or the other, and both push."""
    for number, what in steps:
        if what < 0:
            offices[number].push()
        else:
            take_all(offices[number], field.drives[what], heard=True)
    rest = list(field.drives)
    last.shuffle(rest)
    for drive in rest:
        take_all(last.choice(offices), drive, heard=True)
    for office in last.sample(offices, 2):
        office.push()
    # An attachment waits until the server has its response, which the other office may have brought last.
    for office in offices:
        office.push()


@pytest.mark.server
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=carrying, withdrawals=st.sets(st.integers(1, STICKS - 1), max_size=3), last=st.randoms())
def test_any_way_of_carrying_ends_in_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, int]],
    withdrawals: set[int],
    last: random.Random,
) -> None:
    root = tmp_path_factory.mktemp("merging")
    field = Field(root, withdrawals)
    with real_server(root) as server:
        offices = [server.device(root / name, role="coordinator", surveyor="") for name in ("east", "west")]
        carry(field, offices, steps, last)
        responses, gone, files = contents(server)
    assert (responses, gone, files) == (field.responses, field.gone, field.files)


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, STICKS - 1), max_size=10), last=st.permutations(range(STICKS)))
def test_an_office_ends_up_with_the_same_store(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], last: list[int]
) -> None:
    root = tmp_path_factory.mktemp("office")
    field = Field(root, {2})
    office = Home(root / "office")
    for number in (*order, *last):
        take_all(office, field.drives[number])
    for drive in field.drives:  # a tombstone that came before its response counts when it is told again
        take_all(office, drive)
    assert office.bytes_of() == {str(row[0]): row[3] for row in field.responses}
    with office.open() as store:
        names = {each.id: each.username for each in store.search()}
    assert names == {str(row[0]): row[1] for row in field.responses}
    there = {
        (path.parent.name, path.name): path.read_bytes()
        for path in (office.path / "attachments").rglob("*.jpg")
    }
    assert there == field.files


def test_a_reception_that_is_killed_anywhere_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    """Before each change to the disk of the office in turn: the next reception of the bundle completes it."""
    from survey_sync.client.bundles import incoming
    from survey_sync.client.bundles.provenance import ResponseSources

    from survey_tui.store.handover import Handover

    field = Field(tmp_path, {3})
    office = server.device(tmp_path / "office", role="coordinator", surveyor="")

    class Killed(BaseException):
        pass

    for owner, name in ((ResponseSources, "add"), (Handover, "collect"), (incoming, "write_bundle")):
        for drive in field.drives:

            def die(*_: object, **__: object) -> None:
                raise Killed

            with monkeypatch.context() as context:
                context.setattr(owner, name, die)
                for path in drive.glob("*.svb"):
                    with pytest.raises(Killed):
                        take(office, path)
    for drive in field.drives:
        take_all(office, drive)
        take_files(office, drive)
    office.push()
    office.push()
    mine = {str(row[0]) for row in field.responses}
    assert {row for row in contents(server)[0] if row[0] in mine} == field.responses
