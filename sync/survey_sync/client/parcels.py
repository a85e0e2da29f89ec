"""One response on its way."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

from msgspec import Struct

__all__ = ["Item", "Key", "Parcel"]

Key: TypeAlias = tuple[str, str]
"""Response id and hash of its frozen bytes."""


class Item(Struct, frozen=True, gc=False):
    """A finished response without a receipt, by its id and the hash of its frozen bytes (hex).

    ``claimed``: it was handed over before and cannot be reopened.
    """

    id: str
    sha256: str
    claimed: bool = False

    @property
    def key(self) -> Key:
        """As the outbox knows it."""
        return self.id, self.sha256


class Parcel(Struct, frozen=True, gc=False):
    """An item with its frozen bytes."""

    item: Item
    frozen: bytes

    @classmethod
    def of(cls, response_id: str, frozen: bytes) -> Parcel:
        """A parcel with its hash computed."""
        return cls(Item(response_id, hashlib.sha256(frozen).hexdigest()), frozen)

    @property
    def id(self) -> str:
        """Response id."""
        return self.item.id

    @property
    def sha256(self) -> str:
        """Hash of the bytes (hex)."""
        return self.item.sha256
