"""The base of all screens: keys change a state at once, and views are drawn from it afterwards.

The app hands keys to the top screen one after the other, and each is finished (answer checked, written, next
question chosen) before the next is looked at. No key waits for a widget: a screen understands keys before it
is mounted. So text typed in a burst always goes where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from survey_tui.errors import ExitCode
from survey_tui.interview.session import Session
from survey_tui.ui.appearance import MIN_HEIGHT, MIN_WIDTH, Symbols
from survey_tui.ui.footer import KeyHint, footer_lines
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, pad, text_lines
from survey_tui.ui.lines_view import STYLES, Clicked, LinesView
from survey_tui.ui.screen_context import ScreenContext

Result = TypeVar("Result")


class ScreenNavigator(Protocol):
    """The app as screens see it; methods as in :class:`~survey_tui.ui.app.SurveyApp`."""

    def open(self, screen: BaseScreen[Any]) -> None: ...
    def open_interview(self, session: Session) -> None: ...
    def open_help(self, screen: BaseScreen[Any], guidance: str = "") -> None: ...
    def close(self, screen: BaseScreen[Any]) -> None: ...
    def open_plugin_screen(
        self, screen: Screen[Any], on_failure: Callable[[BaseException], None]
    ) -> None: ...
    def close_plugin_screen(self) -> None: ...
    def perform_action(self, action: Callable[[], object]) -> None: ...
    def redraw(self) -> None: ...
    def leave(self, status: int = ExitCode.OK) -> None: ...


def binding(identity: str, keys: str, action: str) -> Binding:
    """A key binding with the messages ``<identity>`` (description) and ``<identity>_tip`` (tooltip)."""
    return Binding(keys, action, identity, id=identity, tooltip=f"{identity}_tip", show=True)


class BaseScreen(Screen[Result], Generic[Result], inherit_bindings=False):
    """A screen. ``on_result`` is called with the result when it closes, unless that is ``None``."""

    COMPONENT_CLASSES = set(STYLES)  # noqa: RUF012 (as Textual declares it)
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[Binding]] = []  # type: ignore[assignment]
    COMMON: ClassVar[list[Binding]] = [
        binding("common.help", "ctrl+h,f1,question_mark", "help"),
        binding("common.language", "ctrl+l", "language"),
    ]

    def __init__(self, context: ScreenContext, on_result: Callable[[Result], None] | None = None) -> None:
        super().__init__()
        self.context = context
        self._on_result = on_result
        self._keys = {key: found for found in self.all_bindings() for key in found.key.split(",")}

    # --- for subclasses
    def views(self) -> Iterable[LinesView]:
        """The views of this screen, from top to bottom; the footer is added."""
        raise NotImplementedError

    def accept_key(self, key: KeyEvent) -> bool:  # noqa: ARG002
        """Handle ``key`` as input (text, digits, arrows), before the bindings; ``False`` if it is none."""
        return False

    def accept_paste(self, text: str) -> None:
        """Handle pasted text as input."""

    def click_row(self, row: int) -> None:
        """Handle a click on row ``row`` (from 0)."""

    def handle_scroll(self, *, down: bool) -> None:
        """Handle the mouse wheel: like the arrow keys, where these choose nothing."""
        self.press(KeyEvent("down" if down else "up"))

    def key_hints(self) -> Sequence[str]:
        """Ids of the bindings for the footer, most needed first."""
        return [found.id or "" for found in self.BINDINGS][:6]

    def after_opening(self) -> None:
        """Open what comes on top of this screen at once."""

    # --- keys
    @property
    def navigator(self) -> ScreenNavigator:
        return cast("ScreenNavigator", self.app)

    @property
    def symbols(self) -> Symbols:
        return self.context.appearance.symbols

    def all_bindings(self) -> list[Binding]:
        """Bindings of this screen and those that every screen has."""
        return [*self.BINDINGS, *self.COMMON]

    def press(self, key: KeyEvent) -> None:
        """Handle ``key`` completely: as input first, then as a command."""
        if key.name == "?":
            key = KeyEvent("question_mark", "?")
        if self.accept_key(key):
            return
        found = self._keys.get(key.name)
        if found is not None:
            getattr(self, f"action_{found.action}")()

    def action_help(self) -> None:
        self.navigator.open_help(self)

    def action_language(self) -> None:
        """Show the other language on all screens."""
        self.context.switch_language()

    def close(self, result: Result | None = None) -> None:
        """Close the screen; its opener gets the result before the next key is handled."""
        self.navigator.close(self)
        if result is not None and self._on_result is not None:
            self._on_result(result)

    # --- drawing
    def compose(self) -> ComposeResult:
        yield from self.views()
        yield LinesView(self._footer, id="footer")

    def on_mount(self) -> None:
        """Check the size of the terminal at once."""
        self._check_size()

    def on_resize(self) -> None:
        """Show the screen, or say that the terminal is too small for it."""
        self._check_size()
        if self.is_current:
            self.draw()

    def draw(self) -> None:
        """Refresh the lines of all views."""
        self.set_class(self.context.appearance.theme == "ascii", "-ascii")
        for view in self.query_children(LinesView):
            view.refresh_lines()

    def is_too_small(self) -> bool:
        """Whether the terminal is too small to work in."""
        width, height = self.app.size
        return width < MIN_WIDTH or height < MIN_HEIGHT

    def _check_size(self) -> None:
        if self.is_too_small() and not self.query("#too-small"):
            self.mount(LinesView(self._too_small, grows=False, id="too-small"))
        self.set_class(self.is_too_small(), "-cramped")
        self.set_class(self.context.appearance.theme == "ascii", "-ascii")

    def _footer(self, width: int, _height: int) -> list[ScreenLine]:
        known = {found.id: found for found in self.all_bindings()}
        hints = [
            KeyHint(known[name].key.split(",")[0], self.context.words(name)) for name in self.key_hints()
        ]
        return footer_lines(hints, width, self.symbols.between if width >= 60 else "  ")

    def _too_small(self, width: int, height: int) -> list[ScreenLine]:
        words = self.context.words(
            "common.too_small",
            width=self.app.size.width,
            height=self.app.size.height,
            min_width=MIN_WIDTH,
            min_height=MIN_HEIGHT,
        )
        return text_lines(words, width, indent="")[:height]

    def rule(self, width: int) -> list[ScreenLine]:
        """A line across the screen."""
        return [(TextSpan(" " + self.symbols.rule * (width - 2), "dim"),)]

    def title_line(self, left: str, right: str, width: int) -> ScreenLine:
        """A line with text at both ends; the right end is never cut."""
        left_width = max(width - len(right) - 3, 0)
        return (TextSpan(" " + pad(left, left_width), "title"), TextSpan(f" {right} ", "title"))

    @on(Clicked)
    def _handle_click(self, message: Clicked) -> None:
        message.stop()
        if self.is_too_small():
            return
        kind, _, value = message.target.partition(":")
        run = self.navigator.perform_action
        if kind == "key":
            run(lambda: self.press(KeyEvent(value, value if len(value) == 1 else "")))
        elif kind == "scroll":
            run(lambda: self.handle_scroll(down=value == "down"))
        else:
            run(lambda: self.click_row(int(value)))
