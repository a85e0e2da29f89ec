"""``store check`` and ``store repair``: find what is wrong, mend it, discard nothing."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from survey_tui.store.findings import StoreFinding

__all__ = ["RepairReport", "check_store", "repair_store"]


class RepairReport(Struct, frozen=True, kw_only=True):
    """What a repair did: findings before it, the files that hold what was moved aside, lines kept."""

    findings: tuple[StoreFinding, ...]
    quarantined: tuple[Path, ...]
    kept_lines: int


def check_store(home: Path) -> list[StoreFinding]:
    """Read every byte of the store below ``home`` and say what is wrong; changes nothing, needs no lock."""
    raise NotImplementedError


def repair_store(home: Path) -> RepairReport:
    """Move damaged lines to a ``.damaged`` file and write the journal anew from the sound ones.

    Raises ``StoreError("store_in_use")`` while another program writes to the store.
    """
    raise NotImplementedError
