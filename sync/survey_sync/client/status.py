"""How it stands, without asking anybody: from the store and the outbox."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from survey_sync.client.attachments import waiting_attachments
from survey_sync.client.collection_server import compressor
from survey_sync.client.conflicts import Beside, CollectedShelf
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import Item, StoreShelf
from survey_sync.client.sync_home import Folder, History
from survey_sync.client.upload_report import Finding
from survey_sync.client.withdrawals import PassedOn
from survey_tui.store import ResponseStore

_SAMPLE = 200


class Waiting(Struct, frozen=True):
    """A response without a receipt: how often it was tried, and what went wrong last (``""``: nothing)."""

    id: str
    attempts: int
    error: str
    tried: str


class Overview(Struct, frozen=True, kw_only=True):
    """``waiting`` has no answer, ``findings`` have one that a person must look at, ``received`` are safe.

    ``withdrawals``: tombstones that the server has not confirmed. ``last``: when something was last sent.
    """

    waiting: list[Waiting]
    findings: list[Finding]
    received: int
    drafts: int
    withdrawals: int
    last: str


class Rehearsal(Struct, frozen=True):
    """What a push would send: responses, and about how many bytes."""

    responses: int
    bytes: int


def overview(folder: Folder, store: ResponseStore) -> Overview:
    """The present state. Raises ``StoreError``."""
    outbox = Outbox(folder.outbox())
    waiting, findings = [], []
    safe = 0
    for item in _shelf(folder, store).waiting():
        at = outbox.standing(item.key)
        if at.safe:
            safe += 1
        elif at.settled:
            findings.append(Finding(item.id, at.status, at.reason))
        else:
            waiting.append(Waiting(item.id, at.attempts, at.error, at.at))
    stones = sum(stone.known and not stone.received for stone in store.tombstones())
    return Overview(
        waiting=waiting,
        findings=[*findings, *_conflicts(outbox)],
        received=len(store.summaries(statuses=("received",))) + safe,
        drafts=len(store.summaries(statuses=("draft",))),
        withdrawals=stones + len(PassedOn(folder).untold()),
        last=_last_sent(folder),
    )


def attachments_waiting(folder: Folder, store: ResponseStore) -> int:
    """How many attachments of responses that have arrived still have to go. Reads all of them: a picture may
    have changed."""

    def arrived(response: str) -> bool:
        found = store.find(response)
        return found is not None and found.status == "received"

    return sum(1 for _ in waiting_attachments(folder.home, arrived))


def rehearsal(folder: Folder, store: ResponseStore) -> Rehearsal:
    """Count and compress what waits; a long queue is estimated by its beginning."""
    outbox = Outbox(folder.outbox())
    shelf = _shelf(folder, store)
    items = [item for item in shelf.waiting() if not outbox.standing(item.key).settled]
    sample = items[:_SAMPLE]
    if not sample:
        return Rehearsal(0, 0)
    size = len(compressor("gzip")(b"".join(_bodies(shelf, sample))))
    return Rehearsal(len(items), size * len(items) // len(sample))


def _shelf(folder: Folder, store: ResponseStore) -> CollectedShelf:
    return CollectedShelf(StoreShelf(store), Beside(folder))


def _bodies(shelf: CollectedShelf, items: list[Item]) -> Iterator[bytes]:
    for item in items:
        yield shelf.frozen(item)


def _conflicts(outbox: Outbox) -> Iterator[Finding]:
    for (response_id, _), at in outbox.standings().items():
        if at.status == "conflict":
            yield Finding(response_id, at.status, at.reason)


def _last_sent(folder: Folder) -> str:
    for event in reversed(History(folder.log).events(last=200)):
        if event.get("event") in {"push", "bundle"} and not event.get("error"):
            return str(event.get("at", ""))
    return ""
