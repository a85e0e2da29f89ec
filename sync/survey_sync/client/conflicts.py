"""Received responses whose id already exists with different content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from survey_sync.client.pending import PendingResponse, PendingResponses, ResponseKey
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.protocol.hashes import canonical_sha256
from survey_tui.errors import StoreError
from survey_tui.store import ResponseStore


class ConflictingResponses:
    """The directory ``<home>/sync/conflicts``: canonical bytes in ``<id>_<sha256>.json``."""

    def __init__(self, sync_home: SyncHome) -> None:
        self._directory = sync_home.conflicts

    def list_keys(self) -> Iterator[ResponseKey]:
        """Id and SHA-256 of each response."""
        if self._directory.is_dir():
            for path in sorted(self._directory.glob("*_*.json")):
                response_id, _, sha256 = path.stem.partition("_")
                yield response_id, sha256

    def write(self, key: ResponseKey, canonical: bytes) -> None:
        """Store a response, durable on return. Raises ``StoreError``."""
        write_private(self._directory / f"{key[0]}_{key[1]}.json", canonical)

    def read(self, key: ResponseKey) -> bytes:
        """Canonical bytes; ``StoreError("sync_file_damaged")`` when they do not have this SHA-256."""
        path = self._directory / f"{key[0]}_{key[1]}.json"
        data = read_small(path)
        if data is None or canonical_sha256(data) != key[1]:
            raise StoreError("sync_file_damaged", path=str(path))
        return data

    def delete(self, response_id: str) -> None:
        """Delete every version of a response that was withdrawn, and drafts that a crash left of them."""
        paths = list(self._directory.iterdir()) if self._directory.is_dir() else []
        for path in paths:
            if path.name.partition("_")[0] == response_id:
                path.unlink(missing_ok=True)


class PendingWithConflicts(PendingResponses):
    """Pending responses of the store, then conflicting ones, whose receipts are in the outbox alone."""

    def __init__(self, store: ResponseStore, conflicts: ConflictingResponses) -> None:
        super().__init__(store)
        self._conflicts = conflicts
        self._conflicting: frozenset[ResponseKey] = frozenset()

    def list(self) -> Sequence[PendingResponse]:
        """Responses of the store, oldest first, then conflicting ones."""
        conflicting = [PendingResponse(*key, claimed=True) for key in self._conflicts.list_keys()]
        self._conflicting = frozenset(response.key for response in conflicting)
        return [*super().list(), *conflicting]

    def read(self, response: PendingResponse) -> bytes:
        """Canonical bytes, checked against their SHA-256."""
        return (
            self._conflicts.read(response.key) if self._is_conflicting(response) else super().read(response)
        )

    def claim(self, responses: Sequence[PendingResponse]) -> Collection[PendingResponse]:
        """Claim responses of the store; conflicting ones cannot be reopened anyway."""
        conflicting = [response for response in responses if self._is_conflicting(response)]
        return [*conflicting, *super().claim([each for each in responses if each not in conflicting])]

    def _is_conflicting(self, response: PendingResponse) -> bool:
        return response.claimed and response.key in self._conflicting
