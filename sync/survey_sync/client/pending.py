"""What waits in a store, and how the store is told.

A response is *claimed* before it is sent: the store marks it as handed over, so that nobody can reopen it
while it is on its way. What another program writes to the store meanwhile is seen and respected.

One response on its way."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeAlias

from msgspec import Struct

from survey_tui.store import ResponseStore, Summary
from survey_tui.store.queries import final, pending

ResponseKey: TypeAlias = tuple[str, str]
"""Response id and hash of its frozen bytes."""


class PendingResponse(Struct, frozen=True, gc=False):
    """A finished response without a receipt, by its id and the hash of its frozen bytes (hex).

    ``claimed``: it was handed over before and cannot be reopened.
    """

    id: str
    sha256: str
    claimed: bool = False

    @property
    def key(self) -> ResponseKey:
        """As the outbox knows it."""
        return self.id, self.sha256


class Parcel(Struct, frozen=True, gc=False):
    """An item with its frozen bytes."""

    item: PendingResponse
    frozen: bytes

    @classmethod
    def of(cls, response_id: str, frozen: bytes) -> Parcel:
        """A parcel with its hash computed."""
        return cls(PendingResponse(response_id, hashlib.sha256(frozen).hexdigest()), frozen)

    @property
    def id(self) -> str:
        """Response id."""
        return self.item.id

    @property
    def sha256(self) -> str:
        """Hash of the bytes (hex)."""
        return self.item.sha256


_QUICKLY, _AHEAD = 1.0, 8  # seconds between two claims; how many batches are then claimed ahead


class Shelf(Protocol):
    """A store as the upload sees it. Methods raise ``StoreError``."""

    def waiting(self) -> Sequence[PendingResponse]:
        """What is finished and has no receipt, oldest first."""

    def frozen(self, item: PendingResponse) -> bytes:
        """Its frozen bytes, checked against the hash."""

    def claim(self, items: Sequence[PendingResponse]) -> Collection[PendingResponse]:
        """From now on these cannot be reopened. Those for which that holds: not those whose bytes changed
        meanwhile, nor new ones while the store cannot be written."""

    def received(self, receipts: Mapping[ResponseKey, str]) -> Collection[ResponseKey]:
        """Id and hash → receipt. Those of which it stands on the disk from now on; what cannot be written now
        is told again by the next upload."""


def pending_responses(store: ResponseStore) -> list[PendingResponse]:
    """Finished responses of a store that have no receipt, oldest first."""
    found = sorted(store.search(pending()), key=_age)
    return [PendingResponse(summary.id, summary.sha256, summary.status == "sent") for summary in found]


def final_responses(store: ResponseStore) -> list[PendingResponse]:
    """Finished responses of a store, with or without a receipt, oldest first."""
    found = sorted(store.search(final()), key=_age)
    return [PendingResponse(summary.id, summary.sha256, summary.status != "final") for summary in found]


def claim_responses(store: ResponseStore, items: Collection[PendingResponse]) -> list[str]:
    """Mark as handed over what still has the same bytes; the ids. Raises ``StoreError``."""
    if not items:
        return []
    with store.handover.exclusive():
        same = [item.id for item in items if _waits(store, item.key)]
        store.handover.mark_sent(same)
    return same


def mark_received(store: ResponseStore, receipts: Mapping[ResponseKey, str]) -> set[ResponseKey]:
    """Mark as received what waits in this store in exactly these bytes, and say which that was; everything
    else is passed over."""
    if not receipts:
        return set()
    with store.handover.exclusive():
        told = {key: receipt for key, receipt in receipts.items() if _waits(store, key)}
        store.handover.mark_received({key[0]: receipt for key, receipt in told.items()})
    return set(told)


def _waits(store: ResponseStore, key: ResponseKey) -> bool:
    """Whether the store has a finished response without a receipt in exactly these bytes."""
    found = store.find(key[0])
    return found is not None and found.status in {"final", "sent"} and found.sha256 == key[1]


def _age(summary: Summary) -> tuple[str, str]:
    return summary.updated, summary.id


class StoreShelf:
    """A store opened beside other programs: each mark is a write of its own (``exclusive=False``), so that an
    interview can begin, and go on, at any moment.

    Where batches follow each other quickly, what comes next is claimed along, which saves waits for the disk.
    """

    def __init__(self, store: ResponseStore) -> None:
        self._store = store
        self._order: list[PendingResponse] = []
        self._claimed: set[ResponseKey] = set()
        self._claimed_at = float("-inf")

    def waiting(self) -> Sequence[PendingResponse]:
        """Read anew each time."""
        self._store.refresh()
        self._order = pending_responses(self._store)
        return self._order

    def frozen(self, item: PendingResponse) -> bytes:
        """From the disk."""
        return self._store.final_bytes(item.id)

    def claim(self, items: Sequence[PendingResponse]) -> Collection[PendingResponse]:
        """Mark as handed over."""
        new = [item for item in items if not self._is_claimed(item)]
        if new and not self._store.read_only:
            if time.monotonic() - self._claimed_at < _QUICKLY:
                new += self._following(new, _AHEAD * len(items))
            claimed = set(claim_responses(self._store, new))
            self._claimed.update(item.key for item in new if item.id in claimed)
            self._claimed_at = time.monotonic()
        return [item for item in items if self._is_claimed(item)]

    def _is_claimed(self, item: PendingResponse) -> bool:
        return item.claimed or item.key in self._claimed

    def _following(self, taken: Sequence[PendingResponse], count: int) -> list[PendingResponse]:
        skip = {item.key for item in taken}
        rest = (item for item in self._order if item.key not in skip and not self._is_claimed(item))
        return list(islice(rest, count))

    def received(self, receipts: Mapping[ResponseKey, str]) -> Collection[ResponseKey]:
        """All that wait in the store in these bytes, where it can be written."""
        return () if self._store.read_only else mark_received(self._store, receipts)
