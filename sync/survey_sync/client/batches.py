"""Batches of an upload: their order, their size, and those under way."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Self

from survey_sync.client.destinations import Destination, EncodedBatch, Terms
from survey_sync.client.pending import PendingResponse, ResponseKey
from survey_sync.protocol.messages import Receipt

_WRAPPING_BYTES = 60  # around each response in a batch, before compression


class Batches:
    """Responses that an upload still has to send; ``len`` counts those under way too."""

    def __init__(self, responses: Iterable[PendingResponse]) -> None:
        self._waiting: dict[ResponseKey, PendingResponse] = {each.key: each for each in responses}
        self._under_way: dict[ResponseKey, PendingResponse] = {}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._under_way)

    @property
    def waiting(self) -> int:
        """Number of responses that are not under way."""
        return len(self._waiting)

    def next(
        self, read: Callable[[PendingResponse], bytes], terms: Terms, max_bytes: int, max_count: int
    ) -> dict[PendingResponse, bytes]:
        """The first waiting responses with their canonical bytes: at least one, at most ``max_count``, and as
        many as fit into ``max_bytes`` before compression."""
        contents: dict[PendingResponse, bytes] = {}
        size = 0
        for response in islice(self._waiting.values(), min(max_count, terms.responses)):
            canonical = read(response)
            size += len(canonical) + _WRAPPING_BYTES
            if contents and size > min(max_bytes, terms.decoded_bytes - 1000):
                break
            contents[response] = canonical
        return contents

    def mark_sent(self, responses: Iterable[PendingResponse]) -> None:
        """Take responses out of those that wait, until their batch is answered."""
        for response in responses:
            self._under_way[response.key] = self._waiting.pop(response.key)

    def put_first(self, responses: Iterable[PendingResponse]) -> None:
        """Send responses that were under way once more, before all others."""
        self._waiting = {**self._take_back(responses), **self._waiting}

    def put_last(self, responses: Iterable[PendingResponse]) -> None:
        """Send responses that were under way once more, after all others."""
        self._waiting |= self._take_back(responses)

    def remove(self, keys: Iterable[ResponseKey]) -> None:
        """Leave responses out of the rest of this upload."""
        for key in keys:
            self._under_way.pop(key, None)
            self._waiting.pop(key, None)

    def _take_back(self, responses: Iterable[PendingResponse]) -> dict[ResponseKey, PendingResponse]:
        return {each.key: self._under_way.pop(each.key) for each in responses}


_INSTANT_SECONDS, _QUICK_SECONDS, _SLOW_SECONDS = 0.7, 4.0, 20.0
"""Of one request: below the first, batches grow fourfold; below the second, twofold; above the third, they
shrink."""
_NEAR_SECONDS = 0.1
"""Of the first request, below which the connection counts as quick before anything was sent."""
_MIN_BYTES, _FIRST_BYTES, _MAX_BYTES = 1 << 10, 48 << 10, 1 << 20


class BatchSizer:
    """Size of the next batch: small after a failure, larger while requests are answered quickly.

    ``size``: bytes of a request body as sent. ``is_quick``: replies come so soon that a second request may be
    under way meanwhile. ``ratio``: bytes before compression for one after. ``first_reply_seconds``: time that
    the first request took.
    """

    def __init__(
        self,
        size: int | None = None,
        max_size: int = _MAX_BYTES,
        first_reply_seconds: float = _SLOW_SECONDS,
    ) -> None:
        self._max_size = max(min(max_size, _MAX_BYTES), _MIN_BYTES)
        self.size = min(max(size or _FIRST_BYTES, _MIN_BYTES), self._max_size)
        self.ratio = 10.0  # usual for answers of one form together, with gzip; zstd does better
        self.is_quick = first_reply_seconds < _NEAR_SECONDS
        self._bytes_per_second = 0.0

    @property
    def decoded_size(self) -> int:
        """``size`` in bytes before compression."""
        return int(self.size * self.ratio)

    def record_compression(self, before: int, after: int) -> None:
        """Learn from the bytes of a batch before and after compression."""
        if after and before > 2000:
            self.ratio = min(max(before / after, 1.0), 20.0)

    def record_reply(self, size: int, seconds: float) -> None:
        """Learn from a request of ``size`` bytes that was answered after ``seconds``."""
        self.is_quick = seconds < _INSTANT_SECONDS
        rate = size / max(seconds, 0.001)
        self._bytes_per_second = (
            rate if not self._bytes_per_second else 0.5 * self._bytes_per_second + 0.5 * rate
        )
        if seconds < _QUICK_SECONDS and size * 2 > self.size:
            self.size = min(self.size * (4 if seconds < _INSTANT_SECONDS else 2), self._max_size)
        elif seconds > _SLOW_SECONDS:
            self.size = max(self.size // 2, _MIN_BYTES)

    def record_failure(self) -> None:
        """Learn from a request without a reply."""
        self.is_quick = False
        self.size = max(self.size // 4, _MIN_BYTES)

    def estimate_seconds(self, size: float) -> float | None:
        """Seconds that ``size`` bytes will take, roughly; ``None`` before the first reply."""
        return size / self._bytes_per_second if self._bytes_per_second else None


class BatchReply(NamedTuple):
    """Receipts for one batch, unchecked, and the seconds that sending took."""

    receipts: Iterable[Receipt]
    seconds: float


class SendWindow:
    """At most ``width`` batches under way, each sent by a thread; with a width of one, by the thread that
    takes the reply.

    Leaving by an exception closes the destination: the replies are no longer needed.
    """

    def __init__(self, destination: Destination, width: int) -> None:
        self._destination = destination
        self._pool = ThreadPoolExecutor(width, "delivery") if width > 1 else None
        self._under_way: deque[tuple[EncodedBatch, Callable[[], BatchReply]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> None:
        if error is not None:
            self._destination.close()
        if self._pool is not None:
            self._pool.shutdown()

    def __len__(self) -> int:
        return len(self._under_way)

    def send(self, batch: EncodedBatch) -> None:
        """Add a batch to those under way."""
        send = partial(self._send, batch)
        self._under_way.append((batch, self._pool.submit(send).result if self._pool else send))

    def pop(self) -> tuple[EncodedBatch, Callable[[], BatchReply]]:
        """Take out the oldest batch, with the function that waits for its reply and raises as
        :meth:`Destination.send`."""
        return self._under_way.popleft()

    def _send(self, batch: EncodedBatch) -> BatchReply:
        batch.body  # noqa: B018  (encoding is not the connection's time)
        begun = time.monotonic()
        return BatchReply(self._destination.send(batch), time.monotonic() - begun)
