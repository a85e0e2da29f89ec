"""Tables of responses that a spreadsheet program opens: the columns around the answers, and safe cells."""

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


def neutral(cell: str) -> str:
    """The cell so that a spreadsheet shows it and never runs it (OWASP, "CSV Injection"): an apostrophe goes
    before what would begin a formula; plain numbers with a sign stay."""
    return "'" + cell if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
