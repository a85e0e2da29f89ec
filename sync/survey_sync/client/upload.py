"""Upload: all pending responses go to a destination in batches, until each has a receipt.

The order of steps makes a kill at any moment harmless: claim in the store, send, check each receipt against
the batch, write it into the outbox, mark the store (one of the last two waits for the disk). A response that
either of them has as received is never sent again; any other is, and the server answers ``present``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct

from survey_sync.client.batches import Batches, BatchReply, BatchSizer, SendWindow
from survey_sync.client.destinations import Destination, EncodedBatch, Terms
from survey_sync.client.errors import RetryableError, ServerProblemError, SyncError
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import PendingResponse, PendingResponses, ResponseKey
from survey_sync.client.retry import Backoff, Retry
from survey_sync.client.sync_home import now
from survey_sync.client.upload_report import UploadFinding, UploadProgress, UploadReport
from survey_sync.protocol.messages import DELIVERED_STATUSES, Receipt
from survey_tui.errors import StoreError

_TRANSFER_PROBLEMS = frozenset(
    ("digest_mismatch", "digest_missing", "encoding_broken", "protocol_missing", "timeout", "too_large")
)
"""Problems that a damaged request or its size explains: sent again in smaller batches."""

_MAX_UNDER_WAY = 2  # requests at a time over a quick connection
_MIN_RESPONSES = 100  # in the last batches over a quick connection
_OVERHEAD_BYTES = 900  # of headers, both ways, of one request


class UploadRules(Struct, frozen=True, kw_only=True):
    """``deadline``: seconds without any receipt after which the upload ends (0: at the first failure).
    ``limit_bytes``: bytes that may be sent in all (``None``: no limit)."""

    deadline: float = 60.0
    limit_bytes: int | None = None


class Upload:
    """An upload, not reusable.

    ``stop`` ends it after the request under way; closing the destination breaks that request off too.
    """

    def __init__(  # noqa: PLR0913 (its parts, each once)
        self,
        destination: Destination,
        pending: PendingResponses,
        outbox: Outbox,
        *,
        rules: UploadRules | None = None,
        on_progress: Callable[[UploadProgress], None] | None = None,
        stop: threading.Event | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._destination = destination
        self._pending = pending
        self._outbox = outbox
        self._rules = rules or UploadRules()
        self._on_progress = on_progress or (lambda _progress: None)
        self._retry = Retry(self._rules.deadline, stop, self._report_progress, backoff)
        self._sizer = BatchSizer(outbox.batch_size)
        self._batches = Batches(())
        self._findings: list[UploadFinding] = []
        self._counts: dict[str, int] = {}
        self._left_out: list[PendingResponse] = []
        self._total = self._held = self._sent = 0

    def run(self) -> UploadReport:
        """Send until no response is pending, the limit or the deadline is reached, or ``stop`` is set.

        Errors of the connection, of the server, and those that a person must correct are in the report.
        Raises ``StoreError`` when this device's disk fails.
        """
        begun = time.monotonic()
        terms: Terms | None = None
        error: SyncError | None = None
        self._load_pending()
        try:
            if len(self._batches):
                requested = time.monotonic()
                terms = self._retry.run_until_success(self._destination.terms)
                seconds = time.monotonic() - requested
                self._sizer = BatchSizer(self._outbox.batch_size, terms.encoded_bytes, seconds)
                self._send_all(terms)
        except SyncError as failure:
            error = failure
        finally:
            self._outbox.store_batch_size(self._sizer.size)
        return self._report(error, time.monotonic() - begun, terms)

    def report_without_sending(self, error: SyncError) -> UploadReport:
        """Send nothing because of ``error``; receipts of earlier uploads still mark the store."""
        self._load_pending()
        return self._report(error, 0.0, None)

    def _report(self, error: SyncError | None, seconds: float, terms: Terms | None) -> UploadReport:
        return UploadReport(
            total=self._total,
            waiting=len(self._batches) + len(self._left_out),
            held=self._held,
            counts=self._counts,
            sent=self._sent,
            seconds=seconds,
            findings=tuple(self._findings),
            error=error,
            server=terms.name if terms else "",
            seconds_off=terms.seconds_off if terms else None,
        )

    def _load_pending(self) -> None:
        """Sort pending responses: those with a receipt in the outbox mark the store, the others are sent."""
        delivered: dict[ResponseKey, str] = {}
        to_send = []
        for response in self._pending.list():
            status = self._outbox.status_of(response.key)
            if status.is_delivered:
                delivered[response.key] = status.receipt
            elif status.has_receipt:
                self._findings.append(UploadFinding(response.id, status.status, status.reason))
            else:
                to_send.append(response)
        self._pending.mark_received(delivered)
        self._batches = Batches(to_send)
        self._total = len(to_send)

    # --- the loop
    def _send_all(self, terms: Terms) -> None:
        self._report_progress()
        with SendWindow(self._destination, _MAX_UNDER_WAY if terms.overlaps else 1) as window:
            while len(self._batches):
                self._retry.check_cancelled()
                self._fill_window(window, terms)
                if len(window):
                    self._take_reply(window)

    def _fill_window(self, window: SendWindow, terms: Terms) -> None:
        """Send as many batches at a time as the connection takes well."""
        overlaps = terms.overlaps and self._sizer.is_quick and self._rules.limit_bytes is None
        while self._batches.waiting and len(window) < (_MAX_UNDER_WAY if overlaps else 1):
            try:
                batch = self._next_batch(terms)
            except (StoreError, SyncError):
                if not len(window):
                    raise
                return  # raised again when no batch is under way
            if batch is not None:
                self._batches.mark_sent(batch.responses)
                window.send(batch)

    def _take_reply(self, window: SendWindow) -> None:
        batch, wait_for_reply = window.pop()
        try:
            try:
                reply = wait_for_reply()
            finally:
                self._count_bytes_sent(batch)
            self._accept_reply(batch, reply)
        except ServerProblemError as error:
            self._handle_problem(batch, error)
        except RetryableError as error:
            self._handle_failure(batch, error)

    def _next_batch(self, terms: Terms) -> EncodedBatch | None:
        """The next batch, encoded and claimed; ``None`` when none of its responses can be claimed."""
        limit = self._bytes_left()
        size = self._sizer.decoded_size
        if limit is not None:
            size = min(size, int(limit * self._sizer.ratio))
        # Over a quick connection the last batches are small, so that both sides are at work up to the end.
        quick = self._sizer.is_quick
        count = max(self._batches.waiting // 2, _MIN_RESPONSES) if quick else terms.responses
        contents = self._batches.next(self._pending.read, terms, size, count)
        batch = self._destination.encode(contents)
        while limit is not None and batch.size > limit:
            if len(contents) == 1:
                raise RetryableError("sync_limit", limit=self._rules.limit_bytes)
            contents = dict(list(contents.items())[: len(contents) // 2])
            batch = self._destination.encode(contents)
        return self._claim(batch)

    def _count_bytes_sent(self, batch: EncodedBatch) -> None:
        """Count a request, whatever became of it."""
        self._sent += batch.size + _OVERHEAD_BYTES
        self._sizer.record_compression(batch.canonical_size, batch.size)

    def _bytes_left(self) -> int | None:
        """Bytes that the limit leaves for the body of a request."""
        limit = self._rules.limit_bytes
        return None if limit is None else max(limit - self._sent - _OVERHEAD_BYTES, 0)

    def _claim(self, batch: EncodedBatch) -> EncodedBatch | None:
        claimed = {response.key for response in self._pending.claim(batch.responses)}
        held = [response for response in batch.responses if response.key not in claimed]
        if not held:
            return batch
        self._batches.remove(response.key for response in held)
        self._left_out += held
        self._held += len(held)
        contents = {each: canonical for each, canonical in batch.contents.items() if each.key in claimed}
        return self._destination.encode(contents) if contents else None

    def _accept_reply(self, batch: EncodedBatch, reply: BatchReply) -> None:
        receipts = valid_receipts(batch.responses, reply.receipts)
        if not receipts:
            raise RetryableError("sync_no_receipt", count=len(batch.responses))
        self._accept_receipts(receipts)
        unanswered = [response for response in batch.responses if response.key not in receipts]
        if unanswered:
            self._batches.put_last(unanswered)
            self._outbox.add_failure((each.key for each in unanswered), "sync_no_receipt", now())
        self._sizer.record_reply(batch.size, reply.seconds)
        self._report_progress()

    def _accept_receipts(self, receipts: dict[ResponseKey, Receipt]) -> None:
        """Store valid receipts: in the outbox first, then in the store."""
        self._outbox.add_receipts(receipts.values(), now(), durable=False)
        findings = len(self._findings)
        delivered: dict[ResponseKey, str] = {}
        for receipt in receipts.values():
            self._counts[receipt.status] = self._counts.get(receipt.status, 0) + 1
            if receipt.status in DELIVERED_STATUSES:
                delivered[receipt.id, receipt.sha256] = receipt.receipt
            if receipt.status in {"conflict", "refused", "withdrawn"}:
                self._findings.append(UploadFinding(receipt.id, receipt.status, receipt.reason))
        self._batches.remove(receipts)
        marked = self._pending.mark_received(delivered)
        if len(marked) < len(delivered) or len(self._findings) > findings:
            self._outbox.sync()  # not needed for receipts that are durable in the store
        self._retry.reset()

    # --- failures
    def _handle_failure(self, batch: EncodedBatch, error: RetryableError) -> None:
        self._outbox.add_failure((response.key for response in batch.responses), error.code, now())
        if len(batch.responses) == 1:
            self._batches.put_last(batch.responses)  # the others need not wait for it
        else:
            self._batches.put_first(batch.responses)
        self._sizer.record_failure()
        self._retry.wait(error)

    def _handle_problem(self, batch: EncodedBatch, error: ServerProblemError) -> None:
        """Send a refused batch again in smaller ones, until the response that causes it is alone."""
        if error.problem == "forbidden":
            raise error
        alone = len(batch.responses) == 1
        if not alone or (error.problem in _TRANSFER_PROBLEMS and error.problem != "too_large"):
            retryable = RetryableError("sync_rejected", problem=error.problem, status=error.status, detail="")
            self._handle_failure(batch, retryable)
            return
        (response,) = batch.responses
        self._outbox.add_failure([response.key], f"sync_{error.problem}", now())
        self._batches.remove([response.key])
        self._left_out.append(response)
        self._findings.append(UploadFinding(response.id, "rejected", error.problem))

    # --- progress
    def _report_progress(self, error: SyncError | None = None, pause: float = 0.0) -> None:
        remaining = len(self._batches) + len(self._left_out)
        done = self._total - remaining
        left = int(self._sent / done * remaining) if done else None
        self._on_progress(
            UploadProgress(
                done=done,
                total=self._total,
                sent=self._sent,
                left=left,
                seconds=self._sizer.estimate_seconds(left) if left is not None else None,
                error=error,
                pause=pause,
            )
        )


def valid_receipts(
    sent: Collection[PendingResponse], receipts: Iterable[Receipt]
) -> dict[ResponseKey, Receipt]:
    """Receipts for responses that were sent, with the SHA-256 of their bytes; the first one of each."""
    keys = {response.key for response in sent}
    found: dict[ResponseKey, Receipt] = {}
    for receipt in receipts:
        key = (receipt.id, receipt.sha256)
        if key in keys:
            found.setdefault(key, receipt)
    return found
