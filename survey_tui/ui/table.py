"""A repeat drawn as a table: a row an instance, a column a question."""

from __future__ import annotations

from survey_tui.interview.views import RosterRow, RosterView
from survey_tui.ui.scrolling import visible
from survey_tui.ui.signs import Signs
from survey_tui.ui.text import Line, Span, cell_len, pad, plain

__all__ = ["repeat_of", "table_lines"]

_NARROWEST, _WIDEST = 4, 24


def repeat_of(path: str) -> str:
    """Path of the innermost repeat that ``path`` lies in (``r/person[2]/p_age`` → ``r/person``), ``""`` if
    in none."""
    return path[: path.rindex("[")] if "[" in path else ""


def table_lines(roster: RosterView, current: str, width: int, height: int, signs: Signs) -> list[Line]:
    """Head and rows in ``height`` lines, with the cell at path ``current`` marked and kept in sight."""
    widths = _column_widths(roster, width - 6)
    first = _first_column(roster, current, widths, width - 6)
    shown = range(first, len(widths))
    head = "    " + "".join(pad(plain(roster.columns[i][1]), widths[i]) + " " for i in shown)
    sizes = {column: widths[column] for column in shown}
    rows = [
        [_row_line(row, number, current, sizes, signs)] for number, row in enumerate(roster.rows, start=1)
    ]
    here = next(
        (i for i, row in enumerate(roster.rows) if any(cell.path == current for cell in row.cells)), 0
    )
    return [(Span(pad(head, width), "dim"),), *visible(rows, here, max(height - 1, 1), signs)]


def _row_line(row: RosterRow, number: int, current: str, widths: dict[int, int], signs: Signs) -> Line:
    """``widths``: the shown columns, each with its width."""
    spans = [Span(f" {number:>2} ", "dim")]
    for column, size in widths.items():
        cell = row.cells[column]
        here = bool(cell.path) and cell.path == current
        text = plain(cell.answer or cell.text) or (
            signs.open if cell.path and cell.state != "skipped" else ""
        )
        lead = signs.pointer if here else " "
        tap = f"row:{(number - 1) * len(row.cells) + column}"
        spans.append(Span(lead + pad(text, size - 1), "cursor" if here else "", tap))
        spans.append(Span(" "))
    return tuple(spans)


def _column_widths(roster: RosterView, width: int) -> list[int]:
    wanted = []
    for column, (_, label) in enumerate(roster.columns):
        cells = [cell_len(plain(row.cells[column].answer)) + 1 for row in roster.rows]
        wanted.append(max([_NARROWEST, min(cell_len(plain(label)), 12), *cells]))
    wanted = [min(size, _WIDEST) for size in wanted]
    spare = width - sum(wanted) - len(wanted)
    for column, (_, label) in enumerate(roster.columns):
        more = min(max(cell_len(plain(label)) - wanted[column], 0), max(spare, 0))
        wanted[column] += more
        spare -= more
    return wanted


def _first_column(roster: RosterView, current: str, widths: list[int], width: int) -> int:
    """The first column to show, so that the current cell is on the screen."""
    column = next(
        (i for row in roster.rows for i, cell in enumerate(row.cells) if cell.path and cell.path == current),
        0,
    )
    first = 0
    while first < column and sum(widths[first : column + 1]) + (column + 1 - first) > width:
        first += 1
    return first
