"""Responses on this device: every answer durable before it is shown as saved.

A draft is a document whose events are appended one journal line at a time; a final response is one line with its
frozen canonical bytes, their SHA-256 and the events as paradata.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from survey_tui.interview.events import Event, Finalised, Reopened, Started
from survey_tui.store.findings import StoreFinding
from survey_tui.store.summary import Status, Summary

__all__ = ["ResponseStore"]


class ResponseStore:
    """The responses below ``home/store``. Not for use by two threads at once.

    Every method that writes raises :class:`StoreError` and leaves memory and disk as they were when the disk is full
    (``store_disk_full``), the file cannot be written (``store_not_writable``, ``store_io``) or the store was opened
    read-only (``store_read_only``). An unknown id is ``store_no_response``; a damaged record ``store_damaged``.
    """

    read_only: bool
    """True when nothing can be written; ``notices`` say why."""
    notices: tuple[StoreFinding, ...]
    """What opening the store found: a torn last line cut off, a damaged line, another program holding it …"""

    @classmethod
    def open(cls, home: Path, *, read_only: bool = False) -> Self:
        """Open or create the store of this home.

        Falls back to read-only, and says so in ``notices``, when another program writes to it, when it is damaged in
        the middle, when it is from a newer version, or when the file system is read-only.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Write what still waits and let the lock go."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def new_id(self) -> str:
        """A new response id: UUIDv7 text, increasing within this process even when the clock jumps back."""
        raise NotImplementedError

    def begin(self, started: Started, *, title: str = "", ea: str = "", household: str = "") -> None:
        """Start a draft; durable on return. ``ea`` is the enumeration area, ``household`` its number there."""
        raise NotImplementedError

    def record(self, response_id: str, event: Event, *, durable: bool = True) -> None:
        """Append one event to a draft; on disk and synced on return.

        With ``durable=False`` (visits) the event waits and is written in front of the next durable one.
        """
        raise NotImplementedError

    def describe(
        self,
        response_id: str,
        *,
        title: str | None = None,
        ea: str | None = None,
        household: str | None = None,
        answered: int | None = None,
        relevant: int | None = None,
    ) -> None:
        """Change what the summary of a draft says; in memory now, on disk with the next event or at ``close``."""
        raise NotImplementedError

    def events(self, response_id: str) -> list[Event]:
        """All events of a draft or a finished response, oldest first, as :meth:`Session.replay` takes them."""
        raise NotImplementedError

    def finalise(self, response_id: str, event: Finalised, canonical: bytes) -> str:
        """Freeze a draft: one line with ``canonical`` (UTF-8), its SHA-256 (returned, hex) and the events."""
        raise NotImplementedError

    def reopen(self, response_id: str, event: Reopened) -> None:
        """Make a final response a draft again; refused (``store_already_sent``) once it was sent."""
        raise NotImplementedError

    def final_bytes(self, response_id: str) -> bytes:
        """The canonical bytes of a finished response, checked against their SHA-256."""
        raise NotImplementedError

    def mark_sent(self, response_ids: Iterable[str]) -> None:
        """These final responses were handed over; they cannot be reopened."""
        raise NotImplementedError

    def mark_received(self, receipts: dict[str, str]) -> None:
        """The server (or coordinator) has these: response id → receipt."""
        raise NotImplementedError

    def summary(self, response_id: str) -> Summary:
        """What lists show of one response."""
        raise NotImplementedError

    def summaries(
        self, *, statuses: Iterable[Status] | None = None, form_id: str | None = None
    ) -> list[Summary]:
        """What lists show, the last changed first."""
        raise NotImplementedError

    def last_saved(self, form_id: str) -> dict[str, str]:
        """Question name → text of the response of this form finished last (outside repeats); {} if there is none."""
        raise NotImplementedError

    def discard_draft(self, response_id: str) -> None:
        """Take a draft away for good; refused (``store_not_a_draft``) for finished responses."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Take up what another program appended (a read-only store follows the writer)."""
        raise NotImplementedError
