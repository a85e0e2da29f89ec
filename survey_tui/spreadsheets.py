"""Cells of a table that a spreadsheet program will open."""

from __future__ import annotations

import re

__all__ = ["neutral"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)


def neutral(cell: str) -> str:
    """The cell so that a spreadsheet shows it and never runs it (OWASP, "CSV Injection"): an apostrophe goes
    before what would begin a formula; plain numbers with a sign stay."""
    return "'" + cell if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
