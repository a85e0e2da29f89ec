"""The responses of one upload: those that wait, in the order in which they are tried, and those under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from survey_sync.client.destinations import Terms
from survey_sync.client.parcels import Item, Key, Parcel

__all__ = ["Queue"]

_WRAPPING = 60  # bytes around each response in a batch, before compression


class Queue:
    """Items that still have to go; ``len`` counts those under way too."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._waiting: dict[Key, Item] = {item.key: item for item in items}
        self._under_way: dict[Key, Item] = {}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._under_way)

    @property
    def waiting(self) -> int:
        """How many are not under way."""
        return len(self._waiting)

    def batch(self, read: Callable[[Item], bytes], terms: Terms, most: int, count: int) -> list[Parcel]:
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

    def launch(self, items: Iterable[Item]) -> None:
        """These are under way."""
        for item in items:
            self._under_way[item.key] = self._waiting.pop(item.key)

    def again(self, items: Iterable[Item]) -> None:
        """These come next once more."""
        self._waiting = {**self._landed(items), **self._waiting}

    def last(self, items: Iterable[Item]) -> None:
        """Try these after all others."""
        self._waiting |= self._landed(items)

    def drop(self, keys: Iterable[Key]) -> None:
        """These are done with, for this upload."""
        for key in keys:
            self._under_way.pop(key, None)
            self._waiting.pop(key, None)

    def _landed(self, items: Iterable[Item]) -> dict[Key, Item]:
        return {item.key: self._under_way.pop(item.key) for item in items}
