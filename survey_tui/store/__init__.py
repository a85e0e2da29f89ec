"""What survives: responses on a crash-safe journal under TinyDB (file format: ``docs/store.md``).

:class:`ResponseStore` is what the program uses; :func:`check_store` and :func:`repair_store` look after the
file.
"""

from survey_tui.store.checkup import RepairReport, check_store, repair_store
from survey_tui.store.codec import NO_KEYS, KeyRing
from survey_tui.store.findings import StoreFinding
from survey_tui.store.protection import Protection, is_locked
from survey_tui.store.responses import ResponseStore
from survey_tui.store.sealing import Seal
from survey_tui.store.summary import STATUSES, Status, Summary
from survey_tui.store.tombstones import Tombstone

__all__ = [
    "NO_KEYS",
    "STATUSES",
    "KeyRing",
    "Protection",
    "RepairReport",
    "ResponseStore",
    "Seal",
    "Status",
    "StoreFinding",
    "Summary",
    "Tombstone",
    "check_store",
    "is_locked",
    "repair_store",
]
