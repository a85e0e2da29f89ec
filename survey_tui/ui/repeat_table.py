"""A repeat drawn as a table: a row for each instance, a column for each question."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len

from survey_tui.interview.views import RosterRow, RosterView
from survey_tui.ui.appearance import Symbols
from survey_tui.ui.layout import ScreenLine, TextSpan, pad, plain_text, visible_lines

_NARROWEST, _WIDEST = 4, 24


def repeat_of(path: str) -> str:
    """Path of the innermost repeat around ``path`` (``r/person[2]/p_age`` → ``r/person``), ``""`` if there is
    none."""
    return path[: path.rindex("[")] if "[" in path else ""


class RepeatTable(NamedTuple):
    """A repeat with a short head for each column."""

    roster: RosterView
    heads: tuple[str, ...]

    @classmethod
    def of(cls, roster: RosterView, numbers: dict[str, str]) -> RepeatTable:
        """A table whose heads are question numbers, or labels where there is no number."""
        return cls(roster, tuple(numbers.get(name) or plain_text(label) for name, label in roster.columns))

    def lines(self, current: str, width: int, height: int, symbols: Symbols) -> list[ScreenLine]:
        """Head and rows in ``height`` lines; the cell at path ``current`` is marked and visible."""
        free = width - 6
        widths = self._widths(free)
        sizes = {column: widths[column] for column in range(self._first(current, widths, free), len(widths))}
        head = "    " + "".join(pad(self.heads[column], size) + " " for column, size in sizes.items())
        rows = [
            [_row_line(row, number, current, sizes, symbols)]
            for number, row in enumerate(self.roster.rows, start=1)
        ]
        here = self._column_of(current)[0]
        return [(TextSpan(pad(head, width), "dim"),), *visible_lines(rows, here, max(height - 1, 1), symbols)]

    def _column_of(self, current: str) -> tuple[int, int]:
        for index, row in enumerate(self.roster.rows):
            for column, cell in enumerate(row.cells):
                if cell.path and cell.path == current:
                    return index, column
        return 0, 0

    def _widths(self, free: int) -> list[int]:
        wanted = []
        for column, head in enumerate(self.heads):
            answers = [cell_len(plain_text(row.cells[column].answer)) + 1 for row in self.roster.rows]
            wanted.append(min(max([_NARROWEST, cell_len(head) + 1, *answers]), _WIDEST))
        spare = (free - sum(wanted) - len(wanted)) // max(len(wanted), 1)
        return [size + min(max(spare, 0), 4) for size in wanted]

    def _first(self, current: str, widths: list[int], free: int) -> int:
        """The first column to show, so that the current cell is visible."""
        column = self._column_of(current)[1]
        first = 0
        while first < column and sum(widths[first : column + 1]) + (column + 1 - first) > free:
            first += 1
        return first


def _row_line(
    row: RosterRow, number: int, current: str, sizes: dict[int, int], symbols: Symbols
) -> ScreenLine:
    """A row; ``sizes`` are the shown columns with their widths."""
    spans = [TextSpan(f" {number:>2} ", "dim")]
    for column, size in sizes.items():
        cell = row.cells[column]
        here = bool(cell.path) and cell.path == current
        text = plain_text(cell.answer or cell.text) or (
            symbols.open if cell.path and cell.state != "skipped" else ""
        )
        lead = symbols.pointer if here else " "
        target = f"row:{(number - 1) * len(row.cells) + column}"
        spans.append(TextSpan(lead + pad(text, size - 1), "cursor" if here else "", target))
        spans.append(TextSpan(" "))
    return tuple(spans)
