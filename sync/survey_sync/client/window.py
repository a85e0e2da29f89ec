"""Packs under way to a destination: while the reply to one is awaited, the next is made ready and sent."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from survey_sync.client.destinations import Delivery, Destination, Packed

__all__ = ["Landed", "Window"]


class Landed(NamedTuple):
    """The destination's answer, and the seconds that it took."""

    delivery: Delivery
    seconds: float


class Window:
    """At most ``width`` packs at a time, each in a thread; with a width of one, in the thread that waits.

    Leaving by an exception closes the destination, since nobody waits for the answers any more.
    """

    def __init__(self, destination: Destination, width: int) -> None:
        self._destination = destination
        self._pool = ThreadPoolExecutor(width, "delivery") if width > 1 else None
        self._under_way: deque[tuple[Packed, Callable[[], Landed]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> None:
        if error is not None:
            self._destination.close()
        if self._pool is not None:
            self._pool.shutdown()

    def __len__(self) -> int:
        return len(self._under_way)

    def launch(self, packed: Packed) -> None:
        """Send this too."""
        delivery = partial(self._delivered, packed)
        self._under_way.append((packed, self._pool.submit(delivery).result if self._pool else delivery))

    def land(self) -> tuple[Packed, Callable[[], Landed]]:
        """The oldest, which does not count as under way any more, and the function that waits for its answer;
        it raises as :meth:`Destination.deliver`."""
        return self._under_way.popleft()

    def _delivered(self, packed: Packed) -> Landed:
        packed.body  # noqa: B018  (packing is not the line's time)
        begun = time.monotonic()
        return Landed(self._destination.deliver(packed), time.monotonic() - begun)
