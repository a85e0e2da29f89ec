"""On the coordinator's machine: bundles of any number of devices come in, in any order, as often as they
like.

A response that comes in lies in the coordinator's own store, frozen as it was, with its surveyor's and
device's names, and goes to the server with everything else that waits. What the store has already is
``present``; the same id with other bytes is kept beside (``conflict``), and goes to the server too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from survey_sync.client.beside import Beside, PassedOn
from survey_sync.client.bundle_file import Header, lines_of, read_header, write_bundle
from survey_sync.client.bundles import RECEIPTS_SUFFIX
from survey_sync.client.errors import BundleError
from survey_sync.client.folder import Folder, read_small, write_private
from survey_sync.client.history import History, now
from survey_sync.client.keys import SigningKey, fingerprint
from survey_sync.protocol import Facts, Receipt, ReceiptStatus, decoder, frozen_sha256, frozen_slice
from survey_tui.errors import StoreError
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore

__all__ = ["Received", "receive"]

_facts = decoder(Facts)


class Received(Struct, frozen=True):
    """What one bundle brought. ``counts``: receipts by status; ``receipts``: the file that goes back."""

    path: Path
    device: str
    name: str
    counts: dict[str, int]
    receipts: Path


def receive(folder: Folder, store: ResponseStore, path: Path, me: str, accept: str = "") -> Received:
    """Take one bundle in and write its receipts beside it.

    ``me`` names this coordinator in the receipts; ``accept`` is the fingerprint of a new key of a known
    device. Raises :class:`BundleError`, ``StoreError``; then nothing, or only whole responses, were taken,
    and the same file can be received again.
    """
    header = read_header(path)
    if header.kind != "responses":
        raise BundleError("sync_bundle_not", path=str(path))
    key = SigningKey(folder)
    _know(folder, header, path, accept)
    reception = _Reception(folder, store, me)
    receipts = [reception.take(line) for line in lines_of(path)]
    receipts += _withdraw(folder, store, header)
    back = path.with_name(f"{path.stem}-{fingerprint(key.public)}{RECEIPTS_SUFFIX}")
    said = Header(kind="receipts", device=me, name=me, key=key.public, created=now(), receiver=header.device)
    write_bundle(back, said, (msgspec.json.encode(receipt) + b"\n" for receipt in receipts), key)
    counts: dict[str, int] = {}
    for receipt in receipts:
        counts[receipt.status] = counts.get(receipt.status, 0) + 1
    History(folder.log).note("receive", device=header.device, **counts)
    return Received(path, header.device, header.name, counts, back)


# --- devices are known by their keys
def _know(folder: Folder, header: Header, path: Path, accept: str) -> None:
    """The key of a device is remembered when it is first seen; another one later needs a person's word."""
    place = folder.path / "devices.json"
    data = read_small(place)
    try:
        known = msgspec.json.decode(data, type=dict[str, str]) if data else {}
    except msgspec.DecodeError:
        raise StoreError("sync_file_damaged", path=str(place)) from None
    before = known.get(header.device)
    if before == header.key:
        return
    mark = fingerprint(header.key)
    if before is not None and accept.strip().lower() != mark:
        raise BundleError("sync_bundle_other_key", path=str(path), device=header.device, fingerprint=mark)
    write_private(place, msgspec.json.encode({**known, header.device: header.key}))


# --- taking in
class _Reception:
    """What is here already, and the way in for what is not."""

    def __init__(self, folder: Folder, store: ResponseStore, me: str) -> None:
        self._store = store
        self._me = me
        self._beside = Beside(folder)
        self._known = {summary.id: summary.sha256 for summary in store.summaries()}
        self._others = set(self._beside.items())
        self._gone = {stone.id for stone in store.tombstones()} | set(PassedOn(folder).ids())

    def take(self, frozen: bytes) -> Receipt:
        """The receipt of one line."""
        sha256 = frozen_sha256(frozen)
        try:
            facts = _facts(frozen_slice(frozen))
        except (msgspec.DecodeError, ValueError):
            return Receipt(id="", sha256=sha256, status="refused", reason="not_a_response")
        key = facts.response_id
        if key in self._gone:
            return Receipt(id=key, sha256=sha256, status="withdrawn")
        return Receipt(id=key, sha256=sha256, status=self._keep(facts, frozen, sha256), receipt=self._me)

    def _keep(self, facts: Facts, frozen: bytes, sha256: str) -> ReceiptStatus:
        key = facts.response_id
        there = self._known.get(key)
        if there == sha256:
            return "present"
        if there:
            if (key, sha256) not in self._others:
                self._beside.keep((key, sha256), frozen)
                self._others.add((key, sha256))
            return "conflict"
        self._store_it(facts, frozen, begun=there is not None)
        self._known[key] = sha256
        return "stored"

    def _store_it(self, facts: Facts, frozen: bytes, *, begun: bool) -> None:
        """Two lines in the journal; a kill between them leaves a beginning (``begun``), from which the next
        time goes on."""
        if not begun:
            started = Started(
                facts.started or now(),
                response_id=facts.response_id,
                form_id=facts.form_id,
                form_version=facts.form_version,
                device_id=facts.device_id,
                username=facts.username,
                commune=facts.commune,
            )
            area, household = _door(frozen)
            self._store.begin(started, title=facts.form_id, ea=area, household=household)
        self._store.finalise(facts.response_id, Finalised(facts.finished or now()), frozen)


def _door(frozen: bytes) -> tuple[str, str]:
    """Area and household of the national instrument, where they can be read; only lists show them."""
    values = json.loads(frozen).get("values", [])
    found = {}
    for pair in values if isinstance(values, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str):
            found[pair[0].rpartition("/")[2]] = str(pair[1] or "")
    return found.get("ea_code", ""), found.get("hh_no", "")


def _withdraw(folder: Folder, store: ResponseStore, header: Header) -> Iterator[Receipt]:
    """Erase here what was withdrawn there, and see that the server hears of it.

    A receipt goes back when nothing is left to be done; until then the device tells it again.
    """
    passed_on, beside = PassedOn(folder), Beside(folder)
    here = {summary.id for summary in store.summaries()}
    stones = {stone.id: stone for stone in store.tombstones()}
    for each in header.withdrawals:
        beside.forget(each.id)
        if each.id in here:
            stones[each.id] = store.rights.withdraw([each.id], each.at)[0]
        elif each.id not in stones:
            passed_on.add(each)
        stone = stones.get(each.id)
        done = passed_on.is_told(each.id) if stone is None else stone.received or not stone.known
        if done:
            yield Receipt(id=each.id, sha256="", status="withdrawn")
