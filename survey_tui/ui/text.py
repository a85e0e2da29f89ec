"""Plain text laid out in terminal cells: wrapped, cut, padded. Nothing here knows markup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from survey_tui.vietnamese import clean

__all__ = ["Line", "Span", "cell_len", "cut", "joined", "pad", "plain", "wrap"]

_LONGEST = 12_000  # characters of one text that are ever laid out: several screens full


class Span(NamedTuple):
    """A run of text in one style. ``tap`` names what a tap on it does (``key:ctrl+g``, ``row:3``), ``""``
    nothing."""

    text: str
    style: str = ""
    tap: str = ""


Line = tuple[Span, ...]


def plain(text: str, *, newlines: bool = False) -> str:
    """``text`` as it may be shown: without control characters, and no longer than anybody reads on a screen.

    Only :func:`wrap` understands the line ends that ``newlines`` keeps.
    """
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + " …"
    return clean(text, newlines=newlines)


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken at spaces where possible; at least one line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_paragraph(paragraph, max(width, 2)))
    return lines


def _wrap_paragraph(text: str, width: int) -> Iterator[str]:
    if cell_len(text) <= width:
        yield text
        return
    line, used = "", 0
    for word in text.split(" "):
        size = cell_len(word)
        if used and used + 1 + size <= width:
            line, used = f"{line} {word}", used + 1 + size
            continue
        if used:
            yield line
        *full, line = chop_cells(word, width) if size > width else [word]
        yield from full
        used = cell_len(line)
    yield line


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, with ``…`` where something was left out."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells."""
    return set_cell_size(cut(text, width), width)


def joined(line: Line) -> str:
    """The characters of a line, without its styles."""
    return "".join(span.text for span in line)
