"""The only widget of the screens: lines of plain text.

A view calls its maker for lines and repaints those that changed. Its layout changes only with the number of
lines, so the step to the next question costs about as much as refreshing one Label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from survey_tui.ui.layout import ScreenLine

Maker = Callable[[int, int], Sequence[ScreenLine]]
"""(width, height) in cells → lines. The height is 0 for a view that is as high as its lines."""

_TYPEWRITER = str.maketrans("…·“”‘’–—↑↓×", "~|\"\"''--^vx")
"""ASCII forms of the punctuation in texts; each has the same width."""
STYLES = frozenset(
    f"lines--{name}"
    for name in ("title", "dim", "strong", "cursor", "caret", "error", "warning", "good", "typed")
)
"""Component classes of a screen that holds views. Textual makes a node for each, so the screen has them once
and not every view again."""


@dataclass
class Clicked(Message):
    """A click on text with a target."""

    target: str
    """What the span says it does: ``key:ctrl+g``, ``row:3``, ``scroll:down``."""


class LinesView(Widget, can_focus=False):
    """Lines of ``maker``. With ``grows`` the view is as high as its lines, otherwise the layout decides."""

    ALLOW_SELECT = False

    def __init__(self, maker: Maker, *, grows: bool = True, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._maker = maker
        self._grows = grows
        self._made_for = (-1, -1)
        self._lines: Sequence[ScreenLine] = ()
        self.styles.height = "auto" if grows else "1fr"

    def refresh_lines(self) -> None:
        """Call the maker again and repaint the lines that changed."""
        before = self._lines
        width, height = self.size
        if not width:
            return
        after = self._make(width, height, force=True)
        self._place_terminal_cursor(after)
        if len(before) != len(after) and self._grows:
            self.refresh(layout=True)
            return
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=False)) if old != new]
        changed.extend(range(min(len(before), len(after)), max(len(before), len(after))))
        if changed:
            self.refresh(Region(0, changed[0], width, changed[-1] - changed[0] + 1))

    def _place_terminal_cursor(self, lines: Sequence[ScreenLine]) -> None:
        """Put the terminal's cursor at the caret: input methods show their candidates there."""
        for y, line in enumerate(lines):
            x = 0
            for span in line:
                if span.style == "caret":
                    self.app.cursor_position = self.content_region.offset + Offset(x, y)
                    return
                x += cell_len(span.text)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._make(width, 0))

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = self._make(width, height)
        base = self.rich_style
        if y >= len(lines):
            return Strip.blank(width, base)
        segments = [Segment(self._drawn(span.text), base + self._style(span.style)) for span in lines[y]]
        return Strip(segments).adjust_cell_length(width, base)

    def _make(self, width: int, height: int, *, force: bool = False) -> Sequence[ScreenLine]:
        key = (width, 0 if self._grows else height)
        if force or key != self._made_for:
            self._made_for = key
            self._lines = self._maker(*key)
        return self._lines

    def _drawn(self, text: str) -> str:
        return text.translate(_TYPEWRITER) if self.screen.has_class("-ascii") else text

    def _style(self, name: str) -> Style:
        return self.screen.get_component_rich_style(f"lines--{name}", partial=True) if name else Style.null()

    def on_mouse_scroll_down(self) -> None:
        self.post_message(Clicked("scroll:down"))

    def on_mouse_scroll_up(self) -> None:
        self.post_message(Clicked("scroll:up"))

    def on_click(self, event: events.Click) -> None:
        """Post the target of the clicked text."""
        event.stop()
        if not 0 <= event.y < len(self._lines):
            return
        x = 0
        line = self._lines[event.y]
        for span in line:
            x += cell_len(span.text)
            if event.x < x and span.target:
                self.post_message(Clicked(span.target))
                return
        if line and line[-1].target.startswith("row:"):
            self.post_message(Clicked(line[-1].target))
