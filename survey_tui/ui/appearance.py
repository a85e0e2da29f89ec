"""Theme, symbols and typing engine, as the settings choose them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from survey_tui.application.settings import Settings

if TYPE_CHECKING:
    from survey_tui.vietnamese.typing import TypingEngine

MIN_WIDTH, MIN_HEIGHT = 34, 12
"""Cells that the screens need."""

_TERMINAL_THEMES = {"linux": "16", "vt100": "ascii", "vt220": "ascii", "dumb": "ascii"}
_TEXTUAL_THEMES = {
    "dark": "textual-dark",
    "light": "textual-light",
    "16": "ansi-dark",
    "ascii": "ansi-dark",
}


class Symbols(Struct, frozen=True):
    """Symbols for one kind of terminal. No colour carries a meaning that no symbol or text carries too."""

    one_on: str = "(•)"
    one_off: str = "( )"
    many_on: str = "[x]"
    many_off: str = "[ ]"
    saved: str = "●"
    unsaved: str = "○"
    bar_done: str = "█"
    bar_left: str = "░"
    rule: str = "─"
    between: str = " · "
    pointer: str = "›"
    more_above: str = "▲"
    more_below: str = "▼"
    done: str = "✓"
    open: str = "○"
    column: str = "│"


UNICODE = Symbols()
ASCII = Symbols(
    one_on="(*)",
    saved="*",
    unsaved="o",
    bar_done="#",
    bar_left="-",
    rule="-",
    between=" | ",
    pointer=">",
    more_above="^",
    more_below="v",
    done="+",
    open="o",
    column="|",
)


class Appearance:
    """Appearance that ``settings`` choose on a terminal of type ``terminal`` (``$TERM``)."""

    def __init__(self, settings: Settings, terminal: str) -> None:
        automatic = _TERMINAL_THEMES.get(terminal, "dark")
        self.theme = automatic if settings.theme == "auto" else settings.theme
        self.textual_theme = _TEXTUAL_THEMES[self.theme]
        self.symbols = ASCII if self.theme == "ascii" else UNICODE
        self._typing = settings.typing

    def new_typing_engine(self) -> TypingEngine | None:
        """An engine for Vietnamese typing; each editor has its own."""
        if self._typing == "off":
            return None
        from survey_tui.vietnamese.typing import TelexEngine, VniEngine

        return TelexEngine() if self._typing == "telex" else VniEngine()
