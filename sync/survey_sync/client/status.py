"""How it stands, without asking anybody: from the store and the outbox."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from survey_sync.client.attachments import pending_attachments
from survey_sync.client.collection_server import compressor
from survey_sync.client.conflicts import ConflictingResponses, PendingWithConflicts
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import PendingResponse, StoreShelf
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.upload_report import UploadFinding
from survey_sync.client.withdrawals import ForwardedWithdrawals
from survey_tui.store import ResponseStore
from survey_tui.store.queries import drafts, with_status

_SAMPLE = 200


class PendingSummary(Struct, frozen=True):
    """A response without a receipt: how often it was tried, and what went wrong last (``""``: nothing)."""

    id: str
    attempts: int
    error: str
    tried: str


class SyncStatus(Struct, frozen=True, kw_only=True):
    """``waiting`` has no answer, ``findings`` have one that a person must look at, ``received`` are safe.

    ``withdrawals``: tombstones that the server has not confirmed. ``last``: when something was last sent.
    """

    waiting: list[PendingSummary]
    findings: list[UploadFinding]
    received: int
    drafts: int
    withdrawals: int
    last: str


class UploadEstimate(Struct, frozen=True):
    """What a push would send: responses, and about how many bytes."""

    responses: int
    bytes: int


def sync_status(folder: SyncHome, store: ResponseStore) -> SyncStatus:
    """The present state. Raises ``StoreError``."""
    outbox = Outbox(folder.outbox())
    waiting, findings = [], []
    safe = 0
    for item in _shelf(folder, store).waiting():
        at = outbox.status_of(item.key)
        if at.safe:
            safe += 1
        elif at.settled:
            findings.append(UploadFinding(item.id, at.status, at.reason))
        else:
            waiting.append(PendingSummary(item.id, at.attempts, at.error, at.at))
    stones = sum(stone.known and not stone.received for stone in store.tombstones())
    return SyncStatus(
        waiting=waiting,
        findings=[*findings, *_conflicts(outbox)],
        received=store.count(with_status("received")) + safe,
        drafts=store.count(drafts()),
        withdrawals=stones + len(ForwardedWithdrawals(folder).unconfirmed()),
        last=_last_sent(folder),
    )


def count_pending_attachments(folder: SyncHome, store: ResponseStore) -> int:
    """How many attachments of responses that have arrived still have to go. Reads all of them: a picture may
    have changed."""

    def arrived(response: str) -> bool:
        found = store.find(response)
        return found is not None and found.status == "received"

    return sum(1 for _ in pending_attachments(folder.home, arrived))


def estimate_upload(folder: SyncHome, store: ResponseStore) -> UploadEstimate:
    """Count and compress what waits; a long queue is estimated by its beginning."""
    outbox = Outbox(folder.outbox())
    shelf = _shelf(folder, store)
    items = [item for item in shelf.waiting() if not outbox.status_of(item.key).settled]
    sample = items[:_SAMPLE]
    if not sample:
        return UploadEstimate(0, 0)
    size = len(compressor("gzip")(b"".join(_bodies(shelf, sample))))
    return UploadEstimate(len(items), size * len(items) // len(sample))


def _shelf(folder: SyncHome, store: ResponseStore) -> PendingWithConflicts:
    return PendingWithConflicts(StoreShelf(store), ConflictingResponses(folder))


def _bodies(shelf: PendingWithConflicts, items: list[PendingResponse]) -> Iterator[bytes]:
    for item in items:
        yield shelf.frozen(item)


def _conflicts(outbox: Outbox) -> Iterator[UploadFinding]:
    for (response_id, _), at in outbox.statuses().items():
        if at.status == "conflict":
            yield UploadFinding(response_id, at.status, at.reason)


def _last_sent(folder: SyncHome) -> str:
    for event in reversed(SyncLog(folder.log).events(last=200)):
        if event.get("event") in {"push", "bundle"} and not event.get("error"):
            return str(event.get("at", ""))
    return ""
