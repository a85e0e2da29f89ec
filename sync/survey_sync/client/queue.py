"""The responses of one upload, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from survey_sync.client.destinations import Terms
from survey_sync.client.parcels import Item, Parcel

__all__ = ["Queue"]

_WRAPPING = 60  # bytes around each response in a batch, before compression


class Queue:
    """Items that still have to go; the front is next."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)

    def __len__(self) -> int:
        return len(self._items)

    def batch(self, read: Callable[[Item], bytes], terms: Terms, most: int, after: int = 0) -> list[Parcel]:
        """Parcels from the front, behind the first ``after``: as many as fit into ``most`` bytes before
        compression, and at least one."""
        parcels: list[Parcel] = []
        size = 0
        for item in self._items[after : after + terms.responses]:
            parcel = Parcel(item, read(item))
            size += len(parcel.frozen) + _WRAPPING
            if parcels and size > min(most, terms.decoded_bytes - 1000):
                break
            parcels.append(parcel)
        return parcels

    def put_back(self, items: Collection[Item]) -> None:
        """Try these after all others."""
        self._items = [*self.without(items), *items]

    def drop(self, items: Collection[Item]) -> None:
        """These are done with, for this upload."""
        self._items = self.without(items)

    def without(self, items: Collection[Item]) -> list[Item]:
        """The others, in their order."""
        gone = {item.key for item in items}
        return [item for item in self._items if item.key not in gone]
