"""Sync status of a home, from its files alone: pending responses, findings, an estimate of an upload."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from survey_sync.client.attachments import pending_attachments
from survey_sync.client.collection_server import compressor
from survey_sync.client.conflicts import ConflictingResponses, PendingWithConflicts
from survey_sync.client.outbox import Outbox
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.upload_report import UploadFinding
from survey_sync.client.withdrawals import ForwardedWithdrawals
from survey_tui.store import ResponseStore
from survey_tui.store.queries import drafts, with_status

_SAMPLE_RESPONSES = 200


class PendingSummary(Struct, frozen=True):
    """A response without a receipt: attempts, code of the last error (``""``: none) and its moment."""

    id: str
    attempts: int
    error: str
    tried: str


class SyncStatus(Struct, frozen=True, kw_only=True):
    """``waiting``: responses that the server has not answered; ``findings``: answers that a person must look
    at; ``received``: number of responses that are safe; ``withdrawals``: number that the server has not
    confirmed; ``last``: moment of the last push or bundle without an error."""

    waiting: list[PendingSummary]
    findings: list[UploadFinding]
    received: int
    drafts: int
    withdrawals: int
    last: str


class UploadEstimate(Struct, frozen=True):
    """Responses that a push would send, and about how many bytes."""

    responses: int
    bytes: int


def sync_status(sync_home: SyncHome, store: ResponseStore) -> SyncStatus:
    """The present status. Raises ``StoreError``."""
    outbox = Outbox(sync_home.outbox())
    waiting, findings = [], []
    delivered = 0
    for response in _pending(sync_home, store).list():
        status = outbox.status_of(response.key)
        if status.is_delivered:
            delivered += 1
        elif status.has_receipt:
            findings.append(UploadFinding(response.id, status.status, status.reason))
        else:
            waiting.append(PendingSummary(response.id, status.attempts, status.error, status.at))
    stones = sum(stone.known and not stone.received for stone in store.tombstones())
    return SyncStatus(
        waiting=waiting,
        findings=[*findings, *_conflicts(outbox)],
        received=store.count(with_status("received")) + delivered,
        drafts=store.count(drafts()),
        withdrawals=stones + len(ForwardedWithdrawals(sync_home).list_pending()),
        last=_last_sent(sync_home),
    )


def count_pending_attachments(sync_home: SyncHome, store: ResponseStore) -> int:
    """Number of attachments that must still be sent, of responses that are received. Reads all of them, since
    a file may have changed."""

    def is_received(response: str) -> bool:
        found = store.find(response)
        return found is not None and found.status == "received"

    return sum(1 for _ in pending_attachments(sync_home.home, is_received))


def estimate_upload(sync_home: SyncHome, store: ResponseStore) -> UploadEstimate:
    """Compress what a push would send; of many responses, a sample of the oldest."""
    outbox = Outbox(sync_home.outbox())
    pending = _pending(sync_home, store)
    responses = [each for each in pending.list() if not outbox.status_of(each.key).has_receipt]
    sample = responses[:_SAMPLE_RESPONSES]
    if not sample:
        return UploadEstimate(0, 0)
    size = len(compressor("gzip")(b"".join(map(pending.read, sample))))
    return UploadEstimate(len(responses), size * len(responses) // len(sample))


def _pending(sync_home: SyncHome, store: ResponseStore) -> PendingWithConflicts:
    return PendingWithConflicts(store, ConflictingResponses(sync_home))


def _conflicts(outbox: Outbox) -> Iterator[UploadFinding]:
    for (response_id, _), status in outbox.statuses().items():
        if status.status == "conflict":
            yield UploadFinding(response_id, status.status, status.reason)


def _last_sent(sync_home: SyncHome) -> str:
    for event in reversed(SyncLog(sync_home.log).events(last=200)):
        if event.get("event") in {"push", "bundle"} and not event.get("error"):
            return str(event.get("at", ""))
    return ""
