"""Bundles that a device writes to a USB drive, and the receipts that come back on it.

A bundle has every response without a receipt, so that one lost USB drive costs nothing: the next has them
again. A receipt counts if a trusted key signed the file, and its id and SHA-256 are those of a pending
response. Withdrawals of other devices come back the same way and are erased attachment.
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
from survey_sync.protocol.messages import DELIVERED_STATUSES, Receipt, Withdrawal
from survey_tui import files
from survey_tui.store import ResponseStore
from survey_tui.store.queries import with_status

BUNDLE_SUFFIX, RECEIPTS_SUFFIX = ".svb", ".svr"


class BundleSender(Struct, frozen=True):
    """Sender of a bundle: ``device`` is the device's own id in responses, ``name`` its name for people,
    ``surveyor`` the code of its surveyor (``""``: not known)."""

    device: str
    name: str
    surveyor: str = ""


class WrittenBundle(Struct, frozen=True):
    """Result of writing: no bundle (``path`` is ``None``) without a pending response or withdrawal.
    ``size``: bytes; ``files``: attachments next to it; ``too_large``: attachments that no server accepts."""

    path: Path | None
    responses: int = 0
    withdrawals: int = 0
    size: int = 0
    files: int = 0
    too_large: int = 0


class AppliedReceipts(Struct, frozen=True):
    """Effects of a file of receipts: responses marked as received; refusals, which a person must look at;
    confirmed withdrawals; receipts for other responses or other bytes; attachments marked as received;
    responses erased because they were withdrawn on another device."""

    received: int = 0
    refused: int = 0
    erased: int = 0
    foreign: int = 0
    files: int = 0
    withdrawn: int = 0


def write_pending(sync_home: SyncHome, store: ResponseStore, target: Path, me: BundleSender) -> WrittenBundle:
    """Write all pending responses and unconfirmed withdrawals into one bundle, and attachments next to it.

    Responses are claimed first, so that none on the USB drive changes any more. Raises :class:`BundleError`,
    ``StoreError``.
    """
    key = SigningKey(sync_home)
    every = store.tombstones()
    delete_attachments(sync_home.home, [stone.id for stone in every])
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
    claimed = _claim_pending(store)
    written = WrittenBundle(None)
    if claimed or withdrawals:
        stamp = "".join(c for c in header.created[:19] if c.isdigit())
        path = target / f"{safe_file_name(me.name or me.device)}-{stamp}-{os.getpid()}{BUNDLE_SUFFIX}"
        complete = write_bundle(path, header, _read_all(store, claimed), key)
        written = WrittenBundle(path, complete.count, len(withdrawals), path.stat().st_size)
        _remove_older_bundles(sync_home, target, key, path)
    else:
        _remove_received_bundles(sync_home, store, target, key)
    remove_received(sync_home, target, key, {stone.id for stone in every})
    handed_over = {summary.id for summary in store.search(with_status("sent", "received"))}
    attachments = write_attachments(sync_home, target, header, key, handed_over.__contains__)
    written = structs.replace(written, files=attachments.files, too_large=attachments.too_large)
    if written.path is not None or written.files:
        fields = {"responses": written.responses, "withdrawals": len(withdrawals), "bytes": written.size}
        SyncLog(sync_home.log).append("bundle", **fields, files=written.files)
    return written


def _claim_pending(store: ResponseStore) -> list[PendingResponse]:
    """Pending responses that cannot be reopened any more."""
    pending = pending_responses(store)
    claimed = set(claim_responses(store, [each for each in pending if not each.claimed]))
    return [each for each in pending if each.claimed or each.id in claimed]


def _remove_older_bundles(sync_home: SyncHome, target: Path, key: SigningKey, newest: Path) -> None:
    """Remove this device's older bundles with their receipts: pending responses are in the newest one, and
    withdrawn ones must not stay."""
    for path in sorted(target.glob(f"*{BUNDLE_SUFFIX}")):
        if path != newest and _is_signed_by(path, {key.public}):
            _remove_bundle(sync_home, path)


def _remove_received_bundles(
    sync_home: SyncHome, store: ResponseStore, target: Path, key: SigningKey
) -> None:
    """Remove this device's bundles in which every response has its receipt here.

    A bundle with a response that is not in this store stays: the store may have been restored from a backup.
    """
    received = {summary.sha256 for summary in store.search(with_status("received"))}
    for path in sorted(target.glob(f"*{BUNDLE_SUFFIX}")):
        with suppress(BundleError):
            if read_header(path).key == key.public and received.issuperset(
                map(canonical_sha256, read_lines(path))
            ):
                _remove_bundle(sync_home, path)


def _remove_bundle(sync_home: SyncHome, path: Path) -> None:
    """Remove a bundle, and receipts for it that are signed with a trusted key."""
    trusted = set(trusted_keys(sync_home).values())
    with suppress(OSError):  # the newest bundle is written all the same
        for receipts in path.parent.glob(f"{glob.escape(path.stem)}-*{RECEIPTS_SUFFIX}"):
            if _is_signed_by(receipts, trusted):
                receipts.unlink()
        path.unlink()


def _is_signed_by(path: Path, keys: Collection[str]) -> bool:
    try:
        return read_header(path).key in keys
    except BundleError:
        return False


def apply_receipts(sync_home: SyncHome, store: ResponseStore, path: Path) -> AppliedReceipts:
    """Apply a file of receipts. It must be signed with a trusted key
    (``BundleError("sync_receipts_untrusted")``). Raises ``StoreError``."""
    header = read_header(path)
    if header.kind != "receipts":
        raise BundleError("sync_bundle_not", path=str(path))
    if header.key not in trusted_keys(sync_home).values():
        raise BundleError("sync_receipts_untrusted", path=str(path), public=header.key)
    withdrawn = erase_withdrawn(sync_home, store, header.withdrawals)
    pending = {response.key for response in pending_responses(store)}
    every = list(read_receipts(path))
    receipts = [receipt for receipt in every if isinstance(receipt, Receipt)]
    own = [receipt for receipt in receipts if (receipt.id, receipt.sha256) in pending]
    delivered = {(r.id, r.sha256): r.receipt for r in own if r.status in DELIVERED_STATUSES}
    with sync_home.lock(), Outbox(sync_home.outbox(), writable=True) as outbox:
        outbox.add_receipts(own, now())
    mark_received(store, delivered)
    erased = _confirm_withdrawals(store, receipts)
    applied = AppliedReceipts(
        received=len(delivered),
        refused=len(own) - len(delivered),
        erased=erased,
        foreign=len(receipts) - len(own) - erased,
        files=sum(_mark_attachment(sync_home, each) for each in every if isinstance(each, AttachmentReceipt)),
        withdrawn=withdrawn,
    )
    fields = {"received": applied.received, "refused": applied.refused, "files": applied.files}
    SyncLog(sync_home.log).append("receipts", **fields, withdrawn=withdrawn)
    return applied


def _mark_attachment(sync_home: SyncHome, receipt: AttachmentReceipt) -> bool:
    """Mark an attachment as received, if these bytes are here and not marked yet; whether it did."""
    if not is_file_name(receipt.name):
        return False
    attachment = AttachmentFile(receipt.id, attachment_path(sync_home.home, receipt.id, receipt.name))
    digest = bytes.fromhex(receipt.sha256)
    try:
        if (
            not attachment.path.is_file()
            or attachment.mark_path(digest).exists()
            or attachment.sha256() != digest
        ):
            return False
        attachment.mark_received(digest)
    except OSError as error:
        raise files.store_error_from(error, attachment.path) from None
    return True


def _confirm_withdrawals(store: ResponseStore, receipts: Sequence[Receipt]) -> int:
    """Store confirmations of this device's withdrawals; their number. A receipt with a SHA-256 is for a late
    copy, which proves nothing about the server."""
    open_stones = {stone.id for stone in store.tombstones() if stone.known and not stone.received}
    confirmed = {receipt.id for receipt in receipts if receipt.status == "withdrawn" and not receipt.sha256}
    done = confirmed & open_stones
    if done:
        store.mark_tombstones_received(done)
    return len(done)


def _read_all(store: ResponseStore, responses: Sequence[PendingResponse]) -> Iterator[bytes]:
    for response in responses:
        yield store.final_bytes(response.id)


def safe_file_name(name: str) -> str:
    """A file name that every file system of a USB drive accepts."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    return plain.strip("-")[:40] or "device"
