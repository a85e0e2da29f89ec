"""The responses of one upload: those that wait, in the order in which they are tried, and those under way.

How large the next batch should be: small after a failure, larger while it flows.

Packs under way to a destination: while the reply to one is awaited, the next is made ready and sent."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Self

from survey_sync.client.destinations import Delivery, Destination, EncodedBatch, Terms
from survey_sync.client.pending import Parcel, PendingResponse, ResponseKey

_WRAPPING = 60  # bytes around each response in a batch, before compression


class Batches:
    """Items that still have to go; ``len`` counts those under way too."""

    def __init__(self, items: Iterable[PendingResponse]) -> None:
        self._waiting: dict[ResponseKey, PendingResponse] = {item.key: item for item in items}
        self._under_way: dict[ResponseKey, PendingResponse] = {}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._under_way)

    @property
    def waiting(self) -> int:
        """How many are not under way."""
        return len(self._waiting)

    def batch(
        self, read: Callable[[PendingResponse], bytes], terms: Terms, most: int, count: int
    ) -> list[Parcel]:
        """Parcels from the front of those that wait: as many as fit into ``most`` bytes before compression,
        at most ``count`` and at least one."""
        parcels: list[Parcel] = []
        size = 0
        for item in islice(self._waiting.values(), min(count, terms.responses)):
            parcel = Parcel(item, read(item))
            size += len(parcel.frozen) + _WRAPPING
            if parcels and size > min(most, terms.decoded_bytes - 1000):
                break
            parcels.append(parcel)
        return parcels

    def launch(self, items: Iterable[PendingResponse]) -> None:
        """These are under way."""
        for item in items:
            self._under_way[item.key] = self._waiting.pop(item.key)

    def again(self, items: Iterable[PendingResponse]) -> None:
        """These come next once more."""
        self._waiting = {**self._landed(items), **self._waiting}

    def last(self, items: Iterable[PendingResponse]) -> None:
        """Try these after all others."""
        self._waiting |= self._landed(items)

    def drop(self, keys: Iterable[ResponseKey]) -> None:
        """These are done with, for this upload."""
        for key in keys:
            self._under_way.pop(key, None)
            self._waiting.pop(key, None)

    def _landed(self, items: Iterable[PendingResponse]) -> dict[ResponseKey, PendingResponse]:
        return {item.key: self._under_way.pop(item.key) for item in items}


_AT_ONCE, _QUICK, _SLOW = 0.7, 4.0, 20.0
"""Seconds of one request: below the first batches grow fourfold, below the second twofold, above the last
they shrink."""
_NEAR = 0.1
"""Seconds of a question and its answer, below which the line is quick before anything was sent."""
_LEAST, _FIRST, _MOST = 1 << 10, 48 << 10, 1 << 20


class BatchSizer:
    """``size`` is the aim for one request, in bytes as they travel.

    ``asking``: seconds that the first question took. ``quick``: requests are answered so soon that another
    one may be under way meanwhile. ``ratio`` follows how well the responses compress (bytes before for one
    after).
    """

    def __init__(self, size: int | None = None, most: int = _MOST, asking: float = _SLOW) -> None:
        self._most = max(min(most, _MOST), _LEAST)
        self.size = min(max(size or _FIRST, _LEAST), self._most)
        self.ratio = 10.0  # what answers of one form together usually reach; gzip and zstd go beyond
        self.quick = asking < _NEAR
        self._rate = 0.0

    @property
    def decoded(self) -> int:
        """The same in bytes before compression."""
        return int(self.size * self.ratio)

    def packed(self, before: int, after: int) -> None:
        """A batch was compressed."""
        if after and before > 2000:
            self.ratio = min(max(before / after, 1.0), 20.0)

    def record_reply(self, size: int, seconds: float) -> None:
        """A request of ``size`` bytes got its answer."""
        self.quick = seconds < _AT_ONCE
        rate = size / max(seconds, 0.001)
        self._rate = rate if not self._rate else 0.5 * self._rate + 0.5 * rate
        if seconds < _QUICK and size * 2 > self.size:
            self.size = min(self.size * (4 if seconds < _AT_ONCE else 2), self._most)
        elif seconds > _SLOW:
            self.size = max(self.size // 2, _LEAST)

    def record_failure(self) -> None:
        """A request got no answer."""
        self.quick = False
        self.size = max(self.size // 4, _LEAST)

    def seconds_for(self, size: float) -> float | None:
        """About how long ``size`` bytes will take; ``None`` before anything flowed."""
        return size / self._rate if self._rate else None


class BatchReply(NamedTuple):
    """The destination's answer, and the seconds that it took."""

    delivery: Delivery
    seconds: float


class SendWindow:
    """At most ``width`` packs at a time, each in a thread; with a width of one, in the thread that waits.

    Leaving by an exception closes the destination, since nobody waits for the answers any more.
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

    def launch(self, packed: EncodedBatch) -> None:
        """Send this too."""
        delivery = partial(self._delivered, packed)
        self._under_way.append((packed, self._pool.submit(delivery).result if self._pool else delivery))

    def land(self) -> tuple[EncodedBatch, Callable[[], BatchReply]]:
        """The oldest, which does not count as under way any more, and the function that waits for its answer;
        it raises as :meth:`Destination.deliver`."""
        return self._under_way.popleft()

    def _delivered(self, packed: EncodedBatch) -> BatchReply:
        packed.body  # noqa: B018  (packing is not the line's time)
        begun = time.monotonic()
        return BatchReply(self._destination.deliver(packed), time.monotonic() - begun)
