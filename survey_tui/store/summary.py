"""Summaries of responses: the fields that lists show, kept in memory for every response.

In a journal line they are its head, with the number of events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias, TypedDict, overload

from msgspec import Struct, convert, json, structs

from survey_tui.interview.events import Started
from survey_tui.store.journal.stored_table import StoredDocument, TableFields

Status: TypeAlias = Literal["draft", "final", "sent", "received"]
"""``draft`` → ``final`` (frozen) → ``sent`` (handed over, no answer) → ``received`` (a receipt is there)."""

STATUSES: tuple[Status, ...] = ("draft", "final", "sent", "received")


class Summary(Struct, frozen=True, kw_only=True, gc=False):
    """A response in a list.

    ``started`` and ``updated`` are ISO 8601 moments with zone, taken from the events. ``answered`` of
    ``relevant`` questions is what the caller last reported. ``outcome`` is the code of how the visit ended
    (``""``: still open). ``sha256`` (hex) is that of the canonical bytes, ``""`` for a draft; ``receipt`` is
    the server's, received at ``received``. Of a sealed response ``sealed`` is the key's id and ``withdraw``
    the hash of its receipt code; what a seal hides is empty.
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
        """Code of the commune: that of the form, or else that of the enumeration area."""
        return self.commune or self.ea.rpartition("-")[0]


def summary_from_started(started: Started, *, title: str, ea: str, household: str) -> Summary:
    """The summary of a draft that has just begun."""
    return Summary(
        id=started.response_id,
        form_id=started.form_id,
        form_version=started.form_version,
        title=title,
        commune=started.commune,
        ea=ea,
        household=household,
        username=started.username,
        started=started.at,
        updated=started.at,
    )


class SummaryChanges(TypedDict, total=False):
    """Fields of a draft's summary that a caller may change."""

    title: str
    ea: str
    household: str
    answered: int
    relevant: int


def parse_moment(moment: str) -> float:
    """Seconds since 1970 of an ISO 8601 moment, comparable across zones; 0 for another text."""
    try:
        return dt.datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


class Head(Struct, frozen=True, gc=False):
    """A summary and the number of events of the response, by which a lost line shows."""

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
    """The head of a ``put`` line; the index keeps it in memory."""
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
    """The summary in a document's indexed fields."""
    return _apply_patch(_summary.decode(document.head), document.patch)


def decode_head(document: StoredDocument) -> tuple[Summary, Head]:
    """The summary of the ``put`` line, and the current head."""
    base = _summary.decode(document.head)
    count = _counted.decode(document.patch or document.head).count
    return base, Head(_apply_patch(base, document.patch), count)


def _apply_patch(base: Summary, patch: bytes) -> Summary:
    return convert({**structs.asdict(base), **json.decode(patch)}, Summary) if patch else base


class Summaries(Sequence[Summary]):
    """Responses in the order of a list. A row is decoded when it is read, so that a long list takes little
    memory."""

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
        """The rows that meet a condition, in the same order."""
        return Summaries([document for document in self._documents if condition(decode_summary(document))])


def newest_first(documents: list[StoredDocument]) -> Summaries:
    """A list with the response changed last at its top."""

    def age(document: StoredDocument) -> tuple[float, str]:
        changed = _updated.decode(document.patch).updated if document.patch else ""
        return parse_moment(changed or _updated.decode(document.head).updated), document.doc_id

    return Summaries(sorted(documents, key=age, reverse=True))
