"""Everything that waits goes to a destination, in batches that suit the line, until all have a receipt.

The order within one batch is what makes it safe to be killed anywhere: claim in the store, send, check each
receipt against what was sent, write it into the outbox, tell the store (one of the two waits for the disk).
What is in either is never sent again; what is not, is sent again and answered with ``present``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from msgspec import Struct

from survey_sync.client.batches import Batches, BatchReply, BatchSizer, SendWindow
from survey_sync.client.destinations import Destination, EncodedBatch, Terms
from survey_sync.client.errors import RetryableError, ServerProblemError, SyncError
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import Parcel, PendingResponse, ResponseKey, Shelf
from survey_sync.client.retry import Backoff, Patience
from survey_sync.client.sync_home import now
from survey_sync.client.upload_report import UploadFinding, UploadProgress, UploadReport
from survey_sync.protocol.messages import SAFE, Receipt
from survey_tui.errors import StoreError

_FROM_THE_LINE = frozenset(
    ("digest_mismatch", "digest_missing", "encoding_broken", "protocol_missing", "timeout", "too_large")
)
"""Refusals of a batch that a damaged request or its size explains: smaller and again."""

_WIDTH = 2  # requests at a time over a quick line
_FEW = 100  # responses
_OVERHEAD = 900  # bytes of headers, both ways, of one request


class UploadRules(Struct, frozen=True, kw_only=True):
    """``patience``: seconds without any receipt after which the upload gives up for now (0: at the first
    failure). ``limit_bytes``: what the line may carry in all (``None``: no limit)."""

    patience: float = 60.0
    limit_bytes: int | None = None


class Upload:
    """One run. ``told`` hears of progress; ``stop`` ends it after the request under way (closing the
    destination ends it within). Not reusable."""

    def __init__(  # noqa: PLR0913 (its parts, each once)
        self,
        destination: Destination,
        shelf: Shelf,
        outbox: Outbox,
        *,
        rules: UploadRules | None = None,
        told: Callable[[UploadProgress], None] | None = None,
        stop: threading.Event | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._destination = destination
        self._shelf = shelf
        self._outbox = outbox
        self._rules = rules or UploadRules()
        self._told = told or (lambda _progress: None)
        self._patience = Patience(self._rules.patience, stop or threading.Event(), self._progress, backoff)
        self._pace = BatchSizer(outbox.pace)
        self._queue = Batches(())
        self._findings: list[UploadFinding] = []
        self._counts: dict[str, int] = {}
        self._aside: list[PendingResponse] = []
        self._total = self._held = self._sent = 0

    def run(self) -> UploadReport:
        """Send until nothing waits, the limit is reached, patience ends or ``stop`` is set.

        What the line, the server or a person must change is in the report. Raises ``StoreError`` when this
        device's disk refuses.
        """
        begun = time.monotonic()
        terms: Terms | None = None
        error: SyncError | None = None
        self._sort_out()
        try:
            if len(self._queue):
                asked = time.monotonic()
                terms = self._patience.run_until_success(self._destination.terms)
                self._pace = BatchSizer(self._outbox.pace, terms.encoded_bytes, time.monotonic() - asked)
                self._send_all(terms)
        except SyncError as failure:
            error = failure
        finally:
            self._outbox.store_batch_size(self._pace.size)
        return self._report(error, time.monotonic() - begun, terms)

    def give_up(self, error: SyncError) -> UploadReport:
        """Do not even begin, because of ``error``: only the store is told what earlier runs were answered."""
        self._sort_out()
        return self._report(error, 0.0, None)

    def _report(self, error: SyncError | None, seconds: float, terms: Terms | None) -> UploadReport:
        return UploadReport(
            total=self._total,
            waiting=len(self._queue) + len(self._aside),
            held=self._held,
            counts=self._counts,
            sent=self._sent,
            seconds=seconds,
            findings=tuple(self._findings),
            error=error,
            server=terms.name if terms else "",
            seconds_off=terms.seconds_off if terms else None,
        )

    def _sort_out(self) -> None:
        """What waits; what an earlier run had an answer for is told to the store, not sent."""
        known: dict[ResponseKey, str] = {}
        waiting = []
        for item in self._shelf.waiting():
            standing = self._outbox.status_of(item.key)
            if standing.safe:
                known[item.key] = standing.receipt
            elif standing.settled:
                self._findings.append(UploadFinding(item.id, standing.status, standing.reason))
            else:
                waiting.append(item)
        self._shelf.received(known)
        self._queue = Batches(waiting)
        self._total = len(waiting)

    # --- the loop
    def _send_all(self, terms: Terms) -> None:
        self._progress()
        with SendWindow(self._destination, _WIDTH if terms.overlaps else 1) as window:
            while len(self._queue):
                self._patience.check()
                self._fill(window, terms)
                if len(window):
                    self._land(window)

    def _fill(self, window: SendWindow, terms: Terms) -> None:
        """Send as much at a time as the line takes well."""
        width = _WIDTH if terms.overlaps and self._pace.quick and self._rules.limit_bytes is None else 1
        while self._queue.waiting and len(window) < width:
            try:
                packed = self._next(terms)
            except (StoreError, SyncError):
                if not len(window):
                    raise
                return  # met again, and told, when nothing is under way
            if packed is not None:
                self._queue.launch(parcel.item for parcel in packed.parcels)
                window.launch(packed)

    def _land(self, window: SendWindow) -> None:
        packed, answer = window.land()
        try:
            try:
                landed = answer()
            finally:
                self._left(packed)
            self._accept(packed, landed)
        except ServerProblemError as error:
            self._refused(packed, error)
        except RetryableError as error:
            self._failed(packed, error)

    def _next(self, terms: Terms) -> EncodedBatch | None:
        """The next batch, packed and claimed; ``None`` when nothing in it could be claimed."""
        room = self._room()
        most = self._pace.decoded if room is None else min(self._pace.decoded, int(room * self._pace.ratio))
        # Over a quick line the last batches are small, so that both sides are at work up to the end.
        count = max(self._queue.waiting // 2, _FEW) if self._pace.quick else terms.responses
        parcels = self._queue.batch(self._shelf.frozen, terms, most, count)
        packed = self._destination.pack(parcels)
        while room is not None and packed.size > room:
            if len(parcels) == 1:
                raise RetryableError("sync_limit", limit=self._rules.limit_bytes)
            parcels = parcels[: len(parcels) // 2]
            packed = self._destination.pack(parcels)
        return self._claimed(packed)

    def _left(self, packed: EncodedBatch) -> None:
        """Whatever became of it, the line carried it."""
        self._sent += packed.size + _OVERHEAD
        self._pace.packed(sum(len(parcel.frozen) for parcel in packed.parcels), packed.size)

    def _room(self) -> int | None:
        """Bytes that a request may still take."""
        limit = self._rules.limit_bytes
        return None if limit is None else max(limit - self._sent - _OVERHEAD, 0)

    def _claimed(self, packed: EncodedBatch) -> EncodedBatch | None:
        allowed = {item.key for item in self._shelf.claim([parcel.item for parcel in packed.parcels])}
        kept = [parcel for parcel in packed.parcels if parcel.item.key in allowed]
        if len(kept) == len(packed.parcels):
            return packed
        held = [parcel.item for parcel in packed.parcels if parcel.item.key not in allowed]
        self._queue.drop(item.key for item in held)
        self._aside += held
        self._held += len(held)
        return self._destination.pack(kept) if kept else None

    def _accept(self, packed: EncodedBatch, landed: BatchReply) -> None:
        receipts = checked(packed.parcels, landed.delivery.receipts)
        if not receipts:
            raise RetryableError("sync_no_receipt", count=len(packed.parcels))
        self._took(receipts)
        unanswered = [parcel.item for parcel in packed.parcels if parcel.item.key not in receipts]
        if unanswered:
            self._queue.last(unanswered)
            self._outbox.failed((item.key for item in unanswered), "sync_no_receipt", now())
        self._pace.record_reply(packed.size, landed.seconds)
        self._progress()

    def _took(self, receipts: dict[ResponseKey, Receipt]) -> None:
        """Receipts that are right: the outbox first, then the store."""
        self._outbox.received(receipts.values(), now(), durable=False)
        findings = len(self._findings)
        told: dict[ResponseKey, str] = {}
        for receipt in receipts.values():
            self._counts[receipt.status] = self._counts.get(receipt.status, 0) + 1
            if receipt.status in SAFE:
                told[receipt.id, receipt.sha256] = receipt.receipt
            if receipt.status in {"conflict", "refused", "withdrawn"}:
                self._findings.append(UploadFinding(receipt.id, receipt.status, receipt.reason))
        self._queue.drop(receipts)
        kept = self._shelf.received(told)
        if len(kept) < len(told) or len(self._findings) > findings:
            self._outbox.sync()  # what the store has on the disk need not wait for the disk once more
        self._patience.reset()

    # --- when it does not work
    def _failed(self, packed: EncodedBatch, error: RetryableError) -> None:
        items = [parcel.item for parcel in packed.parcels]
        self._outbox.failed((item.key for item in items), error.code, now())
        if len(items) == 1:
            self._queue.last(items)  # it must not keep the others waiting
        else:
            self._queue.again(items)
        self._pace.record_failure()
        self._patience.wait(error)

    def _refused(self, packed: EncodedBatch, error: ServerProblemError) -> None:
        """The whole batch was refused: smaller and again, until the one that is to blame stands alone."""
        if error.problem == "forbidden":
            raise error
        alone = len(packed.parcels) == 1
        if not alone or (error.problem in _FROM_THE_LINE and error.problem != "too_large"):
            again = RetryableError("sync_rejected", problem=error.problem, status=error.status, detail="")
            self._failed(packed, again)
            return
        item = packed.parcels[0].item
        self._outbox.failed([item.key], f"sync_{error.problem}", now())
        self._queue.drop([item.key])
        self._aside.append(item)
        self._findings.append(UploadFinding(item.id, "rejected", error.problem))

    # --- telling
    def _progress(self, trouble: SyncError | None = None, pause: float = 0.0) -> None:
        remaining = len(self._queue) + len(self._aside)
        done = self._total - remaining
        left = int(self._sent / done * remaining) if done else None
        self._told(
            UploadProgress(
                done=done,
                total=self._total,
                sent=self._sent,
                left=left,
                seconds=self._pace.seconds_for(left) if left is not None else None,
                trouble=trouble,
                pause=pause,
            )
        )


def checked(parcels: Iterable[Parcel], receipts: Iterable[Receipt]) -> dict[ResponseKey, Receipt]:
    """Receipts that count: for a parcel that was sent, with the hash of its bytes. The first one of each."""
    sent = {parcel.item.key for parcel in parcels}
    found: dict[ResponseKey, Receipt] = {}
    for receipt in receipts:
        key = (receipt.id, receipt.sha256)
        if key in sent:
            found.setdefault(key, receipt)
    return found
