"""Responses that came in on sticks and have no place in the store, since their id is taken there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from survey_sync.client.pending import Item, Key, Shelf
from survey_sync.client.sync_home import Folder, read_small, write_private
from survey_sync.protocol.hashes import frozen_sha256
from survey_tui.errors import StoreError


class Beside:
    """Responses that came with an id that the store has with other bytes: each a file of its own."""

    def __init__(self, folder: Folder) -> None:
        self._place = folder.conflicts

    def items(self) -> Iterator[Key]:
        """Id and hash of each."""
        if self._place.is_dir():
            for path in sorted(self._place.glob("*_*.json")):
                response_id, _, sha256 = path.stem.partition("_")
                yield response_id, sha256

    def keep(self, key: Key, frozen: bytes) -> None:
        """Durable on return."""
        write_private(self._place / f"{key[0]}_{key[1]}.json", frozen)

    def frozen(self, key: Key) -> bytes:
        """Its bytes; ``StoreError("sync_file_damaged")`` when they are not those any more."""
        path = self._place / f"{key[0]}_{key[1]}.json"
        data = read_small(path)
        if data is None or frozen_sha256(data) != key[1]:
            raise StoreError("sync_file_damaged", path=str(path))
        return data

    def forget(self, response_id: str) -> None:
        """The respondent withdrew it."""
        for found, sha256 in list(self.items()):
            if found == response_id:
                (self._place / f"{found}_{sha256}.json").unlink(missing_ok=True)


class CollectedShelf:
    """A store's shelf together with what lies beside it."""

    def __init__(self, shelf: Shelf, beside: Beside) -> None:
        self._shelf = shelf
        self._beside = beside
        self._keys: frozenset[Key] = frozenset()

    def waiting(self) -> Sequence[Item]:
        """The store's first."""
        others = [Item(*key, claimed=True) for key in self._beside.items()]
        self._keys = frozenset(item.key for item in others)
        return [*self._shelf.waiting(), *others]

    def frozen(self, item: Item) -> bytes:
        """From where it lies."""
        return self._beside.frozen(item.key) if self._is_beside(item) else self._shelf.frozen(item)

    def claim(self, items: Sequence[Item]) -> Collection[Item]:
        """What lies beside cannot be reopened anyway."""
        other = [item for item in items if self._is_beside(item)]
        return [*other, *self._shelf.claim([item for item in items if item not in other])]

    def received(self, receipts: Mapping[Key, str]) -> Collection[Key]:
        """The store knows its own by their hash; the rest stands in the outbox."""
        return self._shelf.received(receipts)

    def _is_beside(self, item: Item) -> bool:
        return item.claimed and item.key in self._keys
