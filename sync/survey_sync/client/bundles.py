"""Without a network: what waits goes onto a stick, and receipts come back on it.

A bundle holds everything that has no receipt, so one lost stick costs nothing: the next one has it again. On
the way back, a receipt counts when a trusted key signed the file, and id and hash are those of a response
that waits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from survey_sync.client.bundle_file import Header, read_header, receipts_of, write_bundle
from survey_sync.client.errors import BundleError
from survey_sync.client.folder import Folder
from survey_sync.client.history import History, now
from survey_sync.client.keys import SigningKey, trusted_keys
from survey_sync.client.outbox import Outbox
from survey_sync.client.parcels import Item
from survey_sync.client.shelf import claim_in, tell_receipts, waiting_in
from survey_sync.protocol import Receipt, Withdrawal
from survey_tui.store import ResponseStore

__all__ = ["BUNDLE_SUFFIX", "RECEIPTS_SUFFIX", "Bundled", "TakenReceipts", "take_receipts", "write_waiting"]

BUNDLE_SUFFIX, RECEIPTS_SUFFIX = ".svb", ".svr"


class Bundled(Struct, frozen=True):
    """What was written: nowhere (``path`` is ``None``) when nothing waits. ``size`` in bytes."""

    path: Path | None
    responses: int = 0
    withdrawals: int = 0
    size: int = 0


class TakenReceipts(Struct, frozen=True):
    """What a receipt file did: responses marked as received; receipts that say otherwise (a person must
    look); withdrawals that are done with; receipts for what is not here (or not in these bytes)."""

    received: int = 0
    refused: int = 0
    erased: int = 0
    foreign: int = 0


def write_waiting(folder: Folder, store: ResponseStore, target: Path, device: str, name: str) -> Bundled:
    """Write one file with everything that has no receipt, and the tombstones that the server must hear of.

    ``device`` is what this device calls itself in responses, ``name`` how people call it. Responses are
    marked as handed over first, so that nobody changes what is on the stick. Raises :class:`BundleError`,
    ``StoreError``.
    """
    key = SigningKey(folder)
    stones = [s for s in store.tombstones() if s.known and not s.received]
    withdrawals = [Withdrawal(id=stone.id, at=stone.at) for stone in stones]
    items = waiting_in(store)
    claimed = set(claim_in(store, [item for item in items if not item.claimed]))
    ready = [item for item in items if item.claimed or item.id in claimed]
    if not ready and not withdrawals:
        return Bundled(None)
    moment = now()
    stamp = "".join(c for c in moment[:19] if c.isdigit())
    path = target / f"{_file_name(name or device)}-{stamp}-{os.getpid()}{BUNDLE_SUFFIX}"
    header = Header(
        kind="responses",
        device=device,
        name=name,
        key=key.public,
        created=moment,
        withdrawals=withdrawals,
    )
    said = write_bundle(path, header, _frozen(store, ready), key)
    History(folder.log).note("bundle", responses=said.count, withdrawals=len(withdrawals), bytes=said.size)
    return Bundled(path, said.count, len(withdrawals), path.stat().st_size)


def take_receipts(folder: Folder, store: ResponseStore, path: Path) -> TakenReceipts:
    """Take the receipts in a file. They must be signed with a trusted key (``sync_receipts_untrusted``)."""
    header = read_header(path)
    if header.kind != "receipts":
        raise BundleError("sync_bundle_not", path=str(path))
    if header.key not in trusted_keys(folder).values():
        raise BundleError("sync_receipts_untrusted", path=str(path), public=header.key)
    waiting = {(item.id, item.sha256) for item in waiting_in(store)}
    every = list(receipts_of(path))
    mine = [receipt for receipt in every if (receipt.id, receipt.sha256) in waiting]
    safe = {(r.id, r.sha256): r.receipt for r in mine if r.status in {"stored", "present", "conflict"}}
    with folder.lock(), Outbox(folder.outbox(), writable=True) as outbox:
        outbox.received(mine, now())
    tell_receipts(store, safe)
    erased = _erased(store, every)
    taken = TakenReceipts(len(safe), len(mine) - len(safe), erased, len(every) - len(mine) - erased)
    History(folder.log).note("receipts", received=taken.received, refused=taken.refused)
    return taken


def _erased(store: ResponseStore, receipts: Sequence[Receipt]) -> int:
    """Withdrawals of this device that the coordinator has passed on or carried out."""
    open_stones = {stone.id for stone in store.tombstones() if stone.known and not stone.received}
    done = {receipt.id for receipt in receipts if receipt.status == "withdrawn"} & open_stones
    if done:
        store.rights.tombstones_received(done)
    return len(done)


def _frozen(store: ResponseStore, items: Sequence[Item]) -> Iterator[bytes]:
    for item in items:
        yield store.final_bytes(item.id)


def _file_name(name: str) -> str:
    """A name that every file system of a stick takes."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    return plain.strip("-")[:40] or "device"
