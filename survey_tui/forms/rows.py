"""Neutral table rows: what the TOML reader and the XLSForm reader both produce and the builder reads.

A cell's key is the column, for a translated column ``column::language`` (``label::vi``), or the bare column
for text in the survey's default language.
"""

from __future__ import annotations

from msgspec import Struct

from survey_tui.forms.model import Source

__all__ = ["ListRow", "Row"]


class Row(Struct, frozen=True):
    """One row of a survey sheet. Values are as the file had them: text, bool, number, list or table."""

    cells: dict[str, object]
    source: Source = Source()

    @property
    def name(self) -> str:
        """The item's name; ``""`` when it has none or the cell is not text."""
        name = self.cells.get("name")
        return name.strip() if isinstance(name, str) else ""


class ListRow(Struct, frozen=True):
    """One choice of the list ``list_name``; cells ``name``, ``label::…`` and the list's own columns."""

    list_name: str
    cells: dict[str, object]
    source: Source = Source()
