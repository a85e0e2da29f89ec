"""What all screens share: a state that keys change at once, and views that are drawn from it afterwards.

The app hands keys to the top sheet one after the other, and each is finished (answer checked, written,
next question chosen) before the next is looked at. Nothing waits for a widget: a sheet understands keys
even before it is mounted. So what was typed in a burst always lands where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from survey_tui.ui import MIN_HEIGHT, MIN_WIDTH
from survey_tui.ui.footer import KeyHint, footer_lines
from survey_tui.ui.key_events import Key
from survey_tui.ui.layout import Line, Span, pad, wrap
from survey_tui.ui.lines_view import STYLES, LinesView, Tapped

if TYPE_CHECKING:
    from survey_tui.ui.app import SurveyApp
    from survey_tui.ui.screen_context import Desk


Result = TypeVar("Result")


def binding(identity: str, keys: str, action: str) -> Binding:
    """A key binding whose words are the messages ``<identity>`` (description) and ``<identity>_tip``
    (tooltip)."""
    return Binding(keys, action, identity, id=identity, tooltip=f"{identity}_tip", show=True)


class Sheet(Screen[Result], Generic[Result], inherit_bindings=False):
    """A screen. ``finished`` is called with the result when the sheet closes; ``None`` means "closed, no
    result"."""

    COMPONENT_CLASSES = set(STYLES)  # noqa: RUF012 (as Textual declares it)
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[Binding]] = []  # type: ignore[assignment]
    COMMON: ClassVar[list[Binding]] = [
        binding("common.help", "ctrl+h,f1,question_mark", "help"),
        binding("common.language", "ctrl+l", "language"),
    ]

    def __init__(self, desk: Desk, finished: Callable[[Result], None] | None = None) -> None:
        super().__init__()
        self.desk = desk
        self._finished = finished
        self._keys = {key: found for found in self.all_bindings() for key in found.key.split(",")}

    # --- for subclasses
    def views(self) -> Iterable[LinesView]:
        """The views of this sheet, from top to bottom; the footer is added."""
        raise NotImplementedError

    def typed(self, key: Key) -> bool:  # noqa: ARG002
        """Handle a key that is not (always) a command: text, digits, arrows. ``False`` if it means nothing
        here."""
        return False

    def pasted(self, text: str) -> None:
        """Text was pasted."""

    def row_tapped(self, row: int) -> None:
        """Row ``row`` (from 0) was tapped."""

    def scrolled(self, *, down: bool) -> None:
        """The wheel was turned: as the arrow keys, where these choose nothing."""
        self.press(Key("down" if down else "up"))

    def needed(self) -> Sequence[str]:
        """Ids of the bindings that this moment needs, most needed first."""
        return [found.id or "" for found in self.BINDINGS][:6]

    # --- keys
    @property
    def home_app(self) -> SurveyApp:
        """The app, with its own type."""
        return cast("SurveyApp", self.app)

    def all_bindings(self) -> list[Binding]:
        """This sheet's bindings and those that every sheet has."""
        return [*self.BINDINGS, *self.COMMON]

    def press(self, key: Key) -> None:
        """Handle a key to its end: what is typed here first, then the commands."""
        if key.name == "?":
            key = Key("question_mark", "?")
        if self.typed(key):
            return
        found = self._keys.get(key.name)
        if found is not None:
            getattr(self, f"action_{found.action}")()

    def action_help(self) -> None:
        """Open the help on this sheet."""
        self.home_app.open_help(self)

    def action_language(self) -> None:
        """The other language, at once and everywhere."""
        self.desk.switch_language()

    def close(self, result: Result | None = None) -> None:
        """Leave the sheet; who opened it gets the result before the next key is looked at."""
        self.home_app.close(self)
        if result is not None and self._finished is not None:
            self._finished(result)

    # --- drawing
    def compose(self) -> ComposeResult:
        """All views and the footer."""
        yield from self.views()
        yield LinesView(self._footer, id="footer")

    def on_mount(self) -> None:
        """Learn at once whether there is room."""
        self._measure()

    def on_resize(self) -> None:
        """Show the sheet, or say that there is no room for it."""
        self._measure()
        if self.is_current:
            self.draw()

    def draw(self) -> None:
        """Refill all views from the state."""
        self.set_class(self.desk.theme == "ascii", "-ascii")
        for view in self.query_children(LinesView):
            view.refill()

    def cramped(self) -> bool:
        """The terminal is too small to work in."""
        width, height = self.app.size
        return width < MIN_WIDTH or height < MIN_HEIGHT

    def _measure(self) -> None:
        if self.cramped() and not self.query("#too-small"):
            self.mount(LinesView(self._too_small, grows=False, id="too-small"))
        self.set_class(self.cramped(), "-cramped")
        self.set_class(self.desk.theme == "ascii", "-ascii")

    def _footer(self, width: int, _height: int) -> list[Line]:
        known = {found.id: found for found in self.all_bindings()}
        hints = [KeyHint(known[name].key.split(",")[0], self.desk.words(name)) for name in self.needed()]
        return footer_lines(hints, width, self.desk.signs.between if width >= 60 else "  ")

    def _too_small(self, width: int, height: int) -> list[Line]:
        words = self.desk.words(
            "common.too_small",
            width=self.app.size.width,
            height=self.app.size.height,
            min_width=MIN_WIDTH,
            min_height=MIN_HEIGHT,
        )
        lines: list[Line] = [(Span(line),) for line in wrap(words, width)]
        return lines[:height]

    def rule(self, width: int) -> list[Line]:
        """A line across the screen."""
        return [(Span(" " + self.desk.signs.rule * (width - 2), "dim"),)]

    def title_line(self, left: str, right: str, width: int) -> Line:
        """A line with words at both ends; the right end is never cut."""
        room = width - len(right) - 3
        return (Span(" " + pad(left, max(room, 0)), "title"), Span(f" {right} ", "title"))

    @on(Tapped)
    def _tapped(self, message: Tapped) -> None:
        message.stop()
        if self.cramped():
            return
        kind, _, value = message.target.partition(":")
        if kind == "key":
            self.home_app.act(lambda: self.press(Key(value, value if len(value) == 1 else "")))
        elif kind == "scroll":
            self.home_app.act(lambda: self.scrolled(down=value == "down"))
        else:
            self.home_app.act(lambda: self.row_tapped(int(value)))
