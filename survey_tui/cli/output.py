"""The one module that writes to standard output: data and nothing else.

Text for people is cleaned of what could drive a terminal; JSON escapes control characters by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from survey_tui.vietnamese import clean

__all__ = ["write_bytes", "write_json", "write_line", "write_table"]


def write_line(text: str = "") -> None:
    """One line (or several, as they are) of text."""
    sys.stdout.write("\n".join(clean(line) for line in text.split("\n")) + "\n")


def write_json(value: object) -> None:
    """One JSON document, indented, with a line end."""
    import msgspec

    write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def write_bytes(data: bytes) -> None:
    """Bytes exactly as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns aligned by spaces under their headings; tabs and line ends within a cell become spaces."""
    table = [list(head)] + [[" ".join(clean(cell).split()) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
