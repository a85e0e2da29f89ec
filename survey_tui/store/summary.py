"""What a list of responses shows: kept in memory for every response, so that no document is read for it.

Heads of responses: the summary and the number of events, as they stand in journal lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict

from msgspec import Struct, convert, json, structs

from survey_tui.store.journal.index import Entry

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


class Head(Struct, frozen=True, gc=False):
    """A summary, and how many events the response has: a lost line shows in that number."""

    summary: Summary
    count: int


class _Counted(Struct, gc=False):
    count: int = 0


_NEVER_CHANGES = ("id", "form_id", "commune", "username", "started")
_CHANGEABLE = tuple(name for name in Summary.__struct_fields__ if name not in _NEVER_CHANGES)
INDEXED = frozenset((*Summary.__struct_fields__, "count"))

_summary = json.Decoder(Summary)
_counted = json.Decoder(_Counted)
_encoder = json.Encoder()


def first_head(head: Head) -> bytes:
    """The head of a ``put`` line, without the fields that are empty: the index keeps it in memory."""
    said = {name: value for name, value in structs.asdict(head.summary).items() if value}
    return _encoder.encode({**said, "count": head.count})


def patch_of(base: Summary, head: Head) -> bytes:
    """The head of a later line: every field that differs from the ``put`` line's, and the count."""
    now = head.summary
    changed: dict[str, object] = {
        name: value for name in _CHANGEABLE if (value := getattr(now, name)) != getattr(base, name)
    }
    changed["count"] = head.count
    return _encoder.encode(changed)


def amend(entry: Entry, changes: Mapping[str, str]) -> bytes:
    """The head of a line that changes these fields of a response and leaves the others as they are."""
    said = json.decode(entry.patch) if entry.patch else {"count": _counted.decode(entry.head).count}
    return _encoder.encode({**said, **changes})


def summary_of(entry: Entry) -> Summary:
    """What the index knows of a response."""
    return _amended(_summary.decode(entry.head), entry.patch)


def head_of(entry: Entry) -> tuple[Summary, Head]:
    """The summary of the ``put`` line, and the head as it is now."""
    base = _summary.decode(entry.head)
    count = _counted.decode(entry.patch or entry.head).count
    return base, Head(_amended(base, entry.patch), count)


def _amended(base: Summary, patch: bytes) -> Summary:
    """The summary of a ``put`` line with the fields that later lines changed."""
    return convert({**structs.asdict(base), **json.decode(patch)}, Summary) if patch else base
