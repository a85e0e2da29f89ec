"""Without a network: what waits goes onto a stick, and receipts come back on it.

A bundle holds everything that has no receipt, so one lost stick costs nothing: the next one has it again. On
the way back, a receipt counts when a trusted key signed the file, and id and hash are those of a response
that waits. What respondents withdrew elsewhere comes back the same way and is erased here.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, structs

from survey_sync.client.attachments import AttachmentFile, attachment_path, delete_attachments, is_file_name
from survey_sync.client.bundles.attachments import remove_received, write_attachments
from survey_sync.client.bundles.file_format import (
    AttachmentReceipt,
    BundleHeader,
    read_header,
    read_lines,
    read_receipts,
    write_bundle,
)
from survey_sync.client.device_keys import SigningKey, trusted_keys
from survey_sync.client.errors import BundleError
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import PendingResponse, claim_responses, mark_received, pending_responses
from survey_sync.client.sync_home import SyncHome, SyncLog, now
from survey_sync.client.withdrawals import erase_withdrawn
from survey_sync.protocol.hashes import canonical_sha256
from survey_sync.protocol.messages import SAFE, Receipt, Withdrawal
from survey_tui import files
from survey_tui.store import ResponseStore
from survey_tui.store.queries import with_status

BUNDLE_SUFFIX, RECEIPTS_SUFFIX = ".svb", ".svr"


class BundleWriter(Struct, frozen=True):
    """Who writes: ``device`` is what this device calls itself in responses, ``name`` how people call it,
    ``surveyor`` the code of whoever has it (``""``: not known)."""

    device: str
    name: str
    surveyor: str = ""


class WrittenBundle(Struct, frozen=True):
    """What was written: no bundle (``path`` is ``None``) when no response and no withdrawal waits. ``size``:
    bytes; ``files``: attachments beside it; ``too_large``: attachments that no server takes."""

    path: Path | None
    responses: int = 0
    withdrawals: int = 0
    size: int = 0
    files: int = 0
    too_large: int = 0


class AppliedReceipts(Struct, frozen=True):
    """What a receipt file did: responses marked as received; receipts that say otherwise (a person must
    look); withdrawals that are done with; receipts for what is not here (or not in these bytes); attachments
    marked as received; responses erased here because they were withdrawn elsewhere."""

    received: int = 0
    refused: int = 0
    erased: int = 0
    foreign: int = 0
    files: int = 0
    withdrawn: int = 0


def write_pending(folder: SyncHome, store: ResponseStore, target: Path, me: BundleWriter) -> WrittenBundle:
    """Write one file with everything that has no receipt, and the tombstones that the server must hear of;
    attachments beside it.

    Responses are marked as handed over first, so that nobody changes what is on the stick. Raises
    :class:`BundleError`, ``StoreError``.
    """
    key = SigningKey(folder)
    every = store.tombstones()
    delete_attachments(folder.home, [stone.id for stone in every])
    withdrawals = [
        Withdrawal(id=stone.id, at=stone.at) for stone in every if stone.known and not stone.received
    ]
    header = BundleHeader(
        kind="responses",
        device=me.device,
        name=me.name,
        surveyor=me.surveyor,
        key=key.public,
        created=now(),
        withdrawals=withdrawals,
    )
    ready = _claimed(store)
    written = WrittenBundle(None)
    if ready or withdrawals:
        stamp = "".join(c for c in header.created[:19] if c.isdigit())
        path = target / f"{portable_name(me.name or me.device)}-{stamp}-{os.getpid()}{BUNDLE_SUFFIX}"
        said = write_bundle(path, header, _frozen(store, ready), key)
        written = WrittenBundle(path, said.count, len(withdrawals), path.stat().st_size)
        _clear_older(folder, target, key, path)
    else:
        _clear_finished(folder, store, target, key)
    remove_received(folder, target, key, {stone.id for stone in every})
    handed_over = {summary.id for summary in store.search(with_status("sent", "received"))}
    carried = write_attachments(folder, target, header, key, handed_over.__contains__)
    written = structs.replace(written, files=carried.files, too_large=carried.too_large)
    if written.path is not None or written.files:
        facts = {"responses": written.responses, "withdrawals": len(withdrawals), "bytes": written.size}
        SyncLog(folder.log).note("bundle", **facts, files=written.files)
    return written


def _claimed(store: ResponseStore) -> list[PendingResponse]:
    """What waits and cannot be changed any more."""
    items = pending_responses(store)
    claimed = set(claim_responses(store, [item for item in items if not item.claimed]))
    return [item for item in items if item.claimed or item.id in claimed]


def _clear_older(folder: SyncHome, target: Path, key: SigningKey, newest: Path) -> None:
    """Take this device's older bundles off the stick, with the receipts for them that count here: what has no
    receipt is in the newest one, and what was withdrawn meanwhile must not stay."""
    for path in sorted(target.glob(f"*{BUNDLE_SUFFIX}")):
        if path != newest and _is_by(path, {key.public}):
            _take_off(folder, path)


def _clear_finished(folder: SyncHome, store: ResponseStore, target: Path, key: SigningKey) -> None:
    """The same when there is nothing new to write: bundles of which every response has its receipt here. One
    with a response that this store does not know stays: the store may have been restored from a backup."""
    arrived = {summary.sha256 for summary in store.search(with_status("received"))}
    for path in sorted(target.glob(f"*{BUNDLE_SUFFIX}")):
        with suppress(BundleError):
            if read_header(path).key == key.public and arrived.issuperset(
                map(canonical_sha256, read_lines(path))
            ):
                _take_off(folder, path)


def _take_off(folder: SyncHome, path: Path) -> None:
    """Remove a bundle and the receipts for it that count here."""
    trusted = set(trusted_keys(folder).values())
    with suppress(OSError):  # what waits is on the stick all the same
        for receipts in path.parent.glob(f"{glob.escape(path.stem)}-*{RECEIPTS_SUFFIX}"):
            if _is_by(receipts, trusted):
                receipts.unlink()
        path.unlink()


def _is_by(path: Path, keys: Collection[str]) -> bool:
    try:
        return read_header(path).key in keys
    except BundleError:
        return False


def apply_receipts(folder: SyncHome, store: ResponseStore, path: Path) -> AppliedReceipts:
    """Take the receipts in a file. They must be signed with a trusted key (``sync_receipts_untrusted``)."""
    header = read_header(path)
    if header.kind != "receipts":
        raise BundleError("sync_bundle_not", path=str(path))
    if header.key not in trusted_keys(folder).values():
        raise BundleError("sync_receipts_untrusted", path=str(path), public=header.key)
    withdrawn = erase_withdrawn(folder, store, header.withdrawals)
    waiting = {(item.id, item.sha256) for item in pending_responses(store)}
    every = list(read_receipts(path))
    receipts = [receipt for receipt in every if isinstance(receipt, Receipt)]
    mine = [receipt for receipt in receipts if (receipt.id, receipt.sha256) in waiting]
    safe = {(r.id, r.sha256): r.receipt for r in mine if r.status in SAFE}
    with folder.lock(), Outbox(folder.outbox(), writable=True) as outbox:
        outbox.received(mine, now())
    mark_received(store, safe)
    erased = _erased(store, receipts)
    taken = AppliedReceipts(
        received=len(safe),
        refused=len(mine) - len(safe),
        erased=erased,
        foreign=len(receipts) - len(mine) - erased,
        files=sum(_arrived(folder, each) for each in every if isinstance(each, AttachmentReceipt)),
        withdrawn=withdrawn,
    )
    facts = {"received": taken.received, "refused": taken.refused, "files": taken.files}
    SyncLog(folder.log).note("receipts", **facts, withdrawn=withdrawn)
    return taken


def _arrived(folder: SyncHome, receipt: AttachmentReceipt) -> bool:
    """Mark an attachment, if it is the very one that lies here and was not marked before."""
    if not is_file_name(receipt.name):
        return False
    here = AttachmentFile(receipt.id, attachment_path(folder.home, receipt.id, receipt.name))
    digest = bytes.fromhex(receipt.sha256)
    try:
        if not here.path.is_file() or here.mark(digest).exists() or here.sha256() != digest:
            return False
        here.mark_received(digest)
    except OSError as error:
        raise files.refused(error, here.path) from None
    return True


def _erased(store: ResponseStore, receipts: Sequence[Receipt]) -> int:
    """Withdrawals of this device that are done with; a receipt with a hash is for a late copy, which says
    nothing about the server."""
    open_stones = {stone.id for stone in store.tombstones() if stone.known and not stone.received}
    said = {receipt.id for receipt in receipts if receipt.status == "withdrawn" and not receipt.sha256}
    done = said & open_stones
    if done:
        store.mark_tombstones_received(done)
    return len(done)


def _frozen(store: ResponseStore, items: Sequence[PendingResponse]) -> Iterator[bytes]:
    for item in items:
        yield store.final_bytes(item.id)


def portable_name(name: str) -> str:
    """A name that every file system of a stick takes."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    return plain.strip("-")[:40] or "device"
