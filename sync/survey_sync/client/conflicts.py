"""Responses that came in on sticks and have no place in the store, since their id is taken there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from survey_sync.client.pending import PendingResponse, ResponseKey, Shelf
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.protocol.hashes import canonical_sha256
from survey_tui.errors import StoreError


class ConflictingResponses:
    """Responses that came with an id that the store has with other bytes: each a file of its own."""

    def __init__(self, folder: SyncHome) -> None:
        self._place = folder.conflicts

    def items(self) -> Iterator[ResponseKey]:
        """Id and hash of each."""
        if self._place.is_dir():
            for path in sorted(self._place.glob("*_*.json")):
                response_id, _, sha256 = path.stem.partition("_")
                yield response_id, sha256

    def keep(self, key: ResponseKey, frozen: bytes) -> None:
        """Durable on return."""
        write_private(self._place / f"{key[0]}_{key[1]}.json", frozen)

    def frozen(self, key: ResponseKey) -> bytes:
        """Its bytes; ``StoreError("sync_file_damaged")`` when they are not those any more."""
        path = self._place / f"{key[0]}_{key[1]}.json"
        data = read_small(path)
        if data is None or canonical_sha256(data) != key[1]:
            raise StoreError("sync_file_damaged", path=str(path))
        return data

    def forget(self, response_id: str) -> None:
        """The respondent withdrew it."""
        for found, sha256 in list(self.items()):
            if found == response_id:
                (self._place / f"{found}_{sha256}.json").unlink(missing_ok=True)


class PendingWithConflicts:
    """A store's shelf together with what lies beside it."""

    def __init__(self, shelf: Shelf, beside: ConflictingResponses) -> None:
        self._shelf = shelf
        self._beside = beside
        self._keys: frozenset[ResponseKey] = frozenset()

    def waiting(self) -> Sequence[PendingResponse]:
        """The store's first."""
        others = [PendingResponse(*key, claimed=True) for key in self._beside.items()]
        self._keys = frozenset(item.key for item in others)
        return [*self._shelf.waiting(), *others]

    def frozen(self, item: PendingResponse) -> bytes:
        """From where it lies."""
        return self._beside.frozen(item.key) if self._is_beside(item) else self._shelf.frozen(item)

    def claim(self, items: Sequence[PendingResponse]) -> Collection[PendingResponse]:
        """What lies beside cannot be reopened anyway."""
        other = [item for item in items if self._is_beside(item)]
        return [*other, *self._shelf.claim([item for item in items if item not in other])]

    def received(self, receipts: Mapping[ResponseKey, str]) -> Collection[ResponseKey]:
        """The store knows its own by their hash; the rest stands in the outbox."""
        return self._shelf.received(receipts)

    def _is_beside(self, item: PendingResponse) -> bool:
        return item.claimed and item.key in self._keys
