"""Cells and columns of CSV files with responses, safe to open in a spreadsheet program."""

from __future__ import annotations

import re

FIRST_COLUMNS = (
    "response_id",
    "form_id",
    "form_version",
    "commune",
    "username",
    "language",
    "started",
    "finished",
    "minutes",
    "outcome",
    "outcome_text",
)
LAST_COLUMNS = ("missing", "notes", "confirmed", "aside")
"""Before and after the columns of the questions: fields of a response's canonical bytes."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)


def escape_cell(cell: str) -> str:
    """The cell as a text that a spreadsheet does not evaluate (OWASP, "CSV Injection").

    An apostrophe is put before a text that could be a formula; numbers with a sign stay.
    """
    return "'" + cell if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
