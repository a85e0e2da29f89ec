"""Responses that survive: TinyDB documents on a crash-safe journal (file format: ``docs/store.md``).

:class:`ResponseStore` is used by the program; :func:`check_store` and :func:`repair_store` find and correct
damage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_tui.store.findings import StoreFinding
from survey_tui.store.journal.format import NO_KEYS, KeyRing
from survey_tui.store.passphrase_lock import PassphraseLock, is_locked
from survey_tui.store.responses import ResponseStore
from survey_tui.store.summary import STATUSES, Status, Summaries, Summary

if TYPE_CHECKING:
    from survey_tui.store.crypto.sealing import Seal
    from survey_tui.store.erasure import Tombstone
    from survey_tui.store.handover import CollectedResponse
    from survey_tui.store.integrity import RepairReport, check_store, repair_store

__all__ = [
    "NO_KEYS",
    "STATUSES",
    "CollectedResponse",
    "KeyRing",
    "PassphraseLock",
    "RepairReport",
    "ResponseStore",
    "Seal",
    "Status",
    "StoreFinding",
    "Summaries",
    "Summary",
    "Tombstone",
    "check_store",
    "is_locked",
    "repair_store",
]

_WHEN_ASKED = {
    "CollectedResponse": "handover",
    "RepairReport": "integrity",
    "Seal": "crypto.sealing",
    "Tombstone": "erasure",
    "check_store": "integrity",
    "repair_store": "integrity",
}
"""What most runs do not need, and the module it is in."""


def __getattr__(name: str) -> object:
    if name not in _WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_WHEN_ASKED[name]}"), name)
