"""What a list of responses shows: kept in memory for every response, so that no document is read for it.

Heads of responses: the summary and the number of events, as they stand in journal lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, overload

from msgspec import Struct, convert, json, structs

from survey_tui.store.journal.stored_table import StoredDocument, TableFields

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


class SummaryChanges(TypedDict, total=False):
    """What a caller may say about a draft."""

    title: str
    ea: str
    household: str
    answered: int
    relevant: int


def parse_moment(moment: str) -> float:
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


class _Updated(Struct, gc=False):
    updated: str = ""


_NEVER_CHANGES = ("id", "form_id", "commune", "username", "started")
_CHANGEABLE = tuple(name for name in Summary.__struct_fields__ if name not in _NEVER_CHANGES)
RESPONSE_FIELDS = TableFields(
    indexed=frozenset((*Summary.__struct_fields__, "count")), changeable=frozenset((*_CHANGEABLE, "count"))
)
"""Of the table of responses."""

_summary = json.Decoder(Summary)
_counted = json.Decoder(_Counted)
_updated = json.Decoder(_Updated)
_encoder = json.Encoder()


def encode_head(head: Head) -> bytes:
    """The head of a ``put`` line: the index keeps it in memory."""
    return _encoder.encode(head_fields(head))


def head_fields(head: Head) -> dict[str, Any]:
    """Indexed fields of a new document, without those that are empty."""
    said = {name: value for name, value in structs.asdict(head.summary).items() if value}
    return {**said, "count": head.count}


def encode_patch(base: Summary, head: Head) -> bytes:
    """The head of a later line: every field that differs from the ``put`` line's, and the count."""
    now = head.summary
    changed: dict[str, object] = {
        name: value for name in _CHANGEABLE if (value := getattr(now, name)) != getattr(base, name)
    }
    changed["count"] = head.count
    return _encoder.encode(changed)


def decode_summary(document: StoredDocument) -> Summary:
    """What the index knows of a response."""
    return _apply_patch(_summary.decode(document.head), document.patch)


def decode_head(document: StoredDocument) -> tuple[Summary, Head]:
    """The summary of the ``put`` line, and the head as it is now."""
    base = _summary.decode(document.head)
    count = _counted.decode(document.patch or document.head).count
    return base, Head(_apply_patch(base, document.patch), count)


def _apply_patch(base: Summary, patch: bytes) -> Summary:
    """The summary of a ``put`` line with the fields that later lines changed."""
    return convert({**structs.asdict(base), **json.decode(patch)}, Summary) if patch else base


class Summaries(Sequence[Summary]):
    """Responses in the order of a list. A summary is decoded when its row is read, so that a long list costs
    little memory."""

    def __init__(self, documents: list[StoredDocument]) -> None:
        self._documents = documents

    def __len__(self) -> int:
        return len(self._documents)

    @overload
    def __getitem__(self, index: int) -> Summary: ...
    @overload
    def __getitem__(self, index: slice) -> Summaries: ...
    def __getitem__(self, index: int | slice) -> Summary | Summaries:
        found: Any = self._documents[index]
        return Summaries(found) if isinstance(index, slice) else decode_summary(found)

    def __iter__(self) -> Iterator[Summary]:
        return map(decode_summary, self._documents)

    def __add__(self, others: Summaries) -> Summaries:
        return Summaries(self._documents + others._documents)

    def select(self, condition: Callable[[Summary], bool]) -> Summaries:
        """Those that meet a condition, in the same order."""
        return Summaries([document for document in self._documents if condition(decode_summary(document))])


def newest_first(documents: list[StoredDocument]) -> Summaries:
    """A list with the response changed last at its top."""

    def age(document: StoredDocument) -> tuple[float, str]:
        changed = _updated.decode(document.patch).updated if document.patch else ""
        return parse_moment(changed or _updated.decode(document.head).updated), document.doc_id

    return Summaries(sorted(documents, key=age, reverse=True))
