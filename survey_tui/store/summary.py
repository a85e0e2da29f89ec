"""What a list of responses shows: kept in memory for every response, so that no document is read for it."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias, TypedDict

from msgspec import Struct

__all__ = ["STATUSES", "Description", "Status", "Summary", "instant"]

Status: TypeAlias = Literal["draft", "final", "sent", "received"]
"""``draft`` → ``final`` (frozen) → ``sent`` (handed over, no answer) → ``received`` (a receipt is there)."""

STATUSES: tuple[Status, ...] = ("draft", "final", "sent", "received")


class Summary(Struct, frozen=True, kw_only=True, gc=False):
    """One response in a list.

    ``started`` and ``updated`` are ISO 8601 moments with zone, taken from the events. ``answered`` of
    ``relevant`` questions are what the caller last reported. ``outcome`` is the code of how the visit ended
    (``""``: open yet). ``sha256`` (hex) is that of the canonical bytes, ``""`` for a draft; ``receipt`` is
    the server's word, ``received`` when it came. Of a sealed response ``sealed`` is the key's id and
    ``withdraw`` the hash of its receipt code; what a seal hides is empty.
    """

    id: str
    form_id: str
    form_version: str = ""
    title: str = ""
    commune: str = ""
    ea: str = ""
    household: str = ""
    username: str = ""
    status: Status = "draft"
    outcome: str = ""
    answered: int = 0
    relevant: int = 0
    started: str = ""
    updated: str = ""
    sha256: str = ""
    receipt: str = ""
    received: str = ""
    sealed: str = ""
    withdraw: str = ""

    @property
    def place(self) -> str:
        """Code of the commune: the one the form was made for, or else the one that the area lies in."""
        return self.commune or self.ea.rpartition("-")[0]


class Description(TypedDict, total=False):
    """What a caller may say about a draft."""

    title: str
    ea: str
    household: str
    answered: int
    relevant: int


def instant(moment: str) -> float:
    """Seconds since 1970 of an ISO 8601 moment, by which moments of different zones are in order; 0 for what
    is none."""
    try:
        return dt.datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
