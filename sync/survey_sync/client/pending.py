"""Pending responses of a store: final, without a receipt.

A response is *claimed* before it is sent: the store marks it as handed over, so that it cannot be reopened
while it is under way. Changes that other programs make to the store in the meantime are seen and respected.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from msgspec import Struct

from survey_tui.store import ResponseStore, Summary
from survey_tui.store.queries import final, pending

ResponseKey: TypeAlias = tuple[str, str]
"""Response id and SHA-256 of its canonical bytes (hex)."""

_QUICK_SECONDS, _AHEAD = 1.0, 8  # between two claims; how many batches are then claimed ahead


class PendingResponse(Struct, frozen=True, gc=False):
    """A final response by its id and the SHA-256 of its canonical bytes (hex).

    ``claimed``: it was handed over before and cannot be reopened.
    """

    id: str
    sha256: str
    claimed: bool = False

    @property
    def key(self) -> ResponseKey:
        """Its key in the outbox."""
        return self.id, self.sha256


class PendingResponses:
    """Pending responses of a store that other programs may have open too (``exclusive=False``): each mark is
    a write of its own, so that an interview can begin and go on at any moment.

    Where batches follow each other quickly, the next ones are claimed in the same write, which saves syncs.
    Methods raise ``StoreError``.
    """

    def __init__(self, store: ResponseStore) -> None:
        self._store = store
        self._order: Sequence[PendingResponse] = ()
        self._claimed: set[ResponseKey] = set()
        self._claimed_at = float("-inf")

    def list(self) -> Sequence[PendingResponse]:
        """Pending responses, oldest first; read from the disk at each call."""
        self._store.refresh()
        self._order = pending_responses(self._store)
        return self._order

    def read(self, response: PendingResponse) -> bytes:
        """Canonical bytes, checked against their SHA-256."""
        return self._store.final_bytes(response.id)

    def claim(self, responses: Sequence[PendingResponse]) -> Collection[PendingResponse]:
        """Make sure that responses cannot be reopened; return those for which that holds.

        Left out are responses whose bytes have changed, and new ones while the store cannot be written.
        """
        new = [response for response in responses if not self._is_claimed(response)]
        if new and not self._store.read_only:
            if time.monotonic() - self._claimed_at < _QUICK_SECONDS:
                new += self._following(new, _AHEAD * len(responses))
            claimed = set(claim_responses(self._store, new))
            self._claimed.update(response.key for response in new if response.id in claimed)
            self._claimed_at = time.monotonic()
        return [response for response in responses if self._is_claimed(response)]

    def mark_received(self, receipts: Mapping[ResponseKey, str]) -> Collection[ResponseKey]:
        """Store receipt numbers; return the keys for which that is durable.

        The others are marked by the next upload, from the outbox.
        """
        return () if self._store.read_only else mark_received(self._store, receipts)

    def _is_claimed(self, response: PendingResponse) -> bool:
        return response.claimed or response.key in self._claimed

    def _following(self, taken: Sequence[PendingResponse], count: int) -> Sequence[PendingResponse]:
        skip = {response.key for response in taken}
        rest = (each for each in self._order if each.key not in skip and not self._is_claimed(each))
        return list(islice(rest, count))


def pending_responses(store: ResponseStore) -> list[PendingResponse]:
    """Final responses of a store that have no receipt, oldest first."""
    found = sorted(store.search(pending()), key=_age)
    return [PendingResponse(summary.id, summary.sha256, summary.status == "sent") for summary in found]


def final_responses(store: ResponseStore) -> list[PendingResponse]:
    """Final responses of a store, with or without a receipt, oldest first."""
    found = sorted(store.search(final()), key=_age)
    return [PendingResponse(summary.id, summary.sha256, summary.status != "final") for summary in found]


def claim_responses(store: ResponseStore, responses: Collection[PendingResponse]) -> list[str]:
    """Mark responses as handed over whose bytes have not changed; their ids. Raises ``StoreError``."""
    if not responses:
        return []
    with store.handover.exclusive():
        same = [response.id for response in responses if _is_pending(store, response.key)]
        store.handover.mark_sent(same)
    return same


def mark_received(store: ResponseStore, receipts: Mapping[ResponseKey, str]) -> set[ResponseKey]:
    """Mark responses as received that are pending in exactly these bytes; their keys."""
    if not receipts:
        return set()
    with store.handover.exclusive():
        pending = {key: receipt for key, receipt in receipts.items() if _is_pending(store, key)}
        store.handover.mark_received({key[0]: receipt for key, receipt in pending.items()})
    return set(pending)


def _is_pending(store: ResponseStore, key: ResponseKey) -> bool:
    found = store.find(key[0])
    return found is not None and found.status in {"final", "sent"} and found.sha256 == key[1]


def _age(summary: Summary) -> tuple[str, str]:
    return summary.updated, summary.id
