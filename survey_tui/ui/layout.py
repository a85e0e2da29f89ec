"""Plain text laid out in terminal cells, lists longer than the screen, and their cursor. No markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from survey_tui.ui.appearance import Symbols
from survey_tui.ui.key_events import KeyEvent
from survey_tui.vietnamese import clean

_LONGEST = 12_000  # characters of one text that are ever laid out: several screens full


class TextSpan(NamedTuple):
    """A run of text in one style. ``target`` is what a click on it acts on (``key:ctrl+g``, ``row:3``), or
    ``""``."""

    text: str
    style: str = ""
    target: str = ""


ScreenLine = tuple[TextSpan, ...]


def plain_text(text: str, *, newlines: bool = False) -> str:
    """``text`` without control characters, and cut to a length that no screen exceeds.

    Only :func:`wrap` handles the line breaks that ``newlines`` keeps.
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


def text_lines(text: str, width: int, style: str = "", indent: str = " ") -> list[ScreenLine]:
    """``text`` wrapped to ``width`` cells in one style, each line after ``indent``; at least one line."""
    return [(TextSpan(indent + line, style),) for line in wrap(text, width)]


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, with ``…`` for what is left out."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """``text`` in exactly ``width`` cells."""
    return set_cell_size(cut(text, width), width)


def line_text(line: ScreenLine) -> str:
    """The text of a line, without its styles."""
    return "".join(span.text for span in line)


Block = Sequence[ScreenLine]
"""The lines of one row of a list."""


def visible_lines(blocks: Sequence[Block], current: int, height: int, symbols: Symbols) -> list[ScreenLine]:
    """At most ``height`` lines around row ``current``, with symbols where there are more."""
    lines = [line for block in blocks for line in block]
    if len(lines) <= height:
        return lines
    start = sum(len(block) for block in blocks[:current])
    end = start + (len(blocks[current]) if 0 <= current < len(blocks) else 0)
    top = min(max(0, (start + end) // 2 - height // 2), len(lines) - height)
    shown = lines[top : top + height]
    hidden_below = len(lines) - top - height
    if top:
        shown[0] = (TextSpan(f" {symbols.more_above} +{top + 1}", "dim", "scroll:up"),)
    if hidden_below > 0:
        shown[-1] = (TextSpan(f" {symbols.more_below} +{hidden_below + 1}", "dim", "scroll:down"),)
    return shown


class Cursor:
    """The current row of a list of ``count()`` rows."""

    def __init__(self, count: Callable[[], int], row: int = 0) -> None:
        self._count = count
        self._row = row

    @property
    def row(self) -> int:
        """The current row, 0 in an empty list."""
        return max(0, min(self._row, self._count() - 1))

    @row.setter
    def row(self, row: int) -> None:
        self._row = row

    def press(self, key: KeyEvent) -> bool:
        """Move; ``False`` if ``key`` does not move the cursor."""
        step = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -(10**6), "end": 10**6}.get(
            key.name
        )
        if step is None:
            return False
        self._row = max(0, min(self.row + step, self._count() - 1))
        return True


class ScrolledText:
    """Scroll position in a text that may be longer than the screen."""

    def __init__(self) -> None:
        self.top = 0

    def press(self, key: KeyEvent) -> bool:
        """Scroll; ``False`` if ``key`` does not scroll."""
        step = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "space": 8, "home": -(10**6)}.get(key.name)
        if step is None:
            return False
        self.top = max(0, self.top + step)
        return True

    def show(self, lines: Sequence[ScreenLine], height: int, symbols: Symbols) -> list[ScreenLine]:
        """The visible lines; the last one is a symbol where there are more."""
        self.top = min(self.top, max(0, len(lines) - height))
        shown = list(lines[self.top : self.top + height])
        if shown and self.top + height < len(lines):
            shown[-1] = (TextSpan(f" {symbols.more_below} PgDn", "dim", "key:pagedown"),)
        return shown

    def end(self, count: int, height: int) -> int:
        """Number of the first of ``count`` lines that has not been visible; ``count`` if all have been."""
        below = self.top + height
        return count if below >= count else below - 1
