"""Settings: language, typing, theme, mouse, answering with one key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.application.settings import THEMES, TYPING
from survey_tui.store.crypto import crypto_available
from survey_tui.ui.key_events import Key
from survey_tui.ui.layout import Cursor, Line, Span, pad, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet, binding

_OPTIONS: dict[str, tuple[object, ...]] = {
    "language": ("vi", "en"),
    "typing": TYPING,
    "theme": THEMES,
    "mouse": (True, False),
    "one_key": (False, True),
}


class SettingsSheet(Sheet[None]):
    """A row a setting; a change holds at once and is kept."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("settings.change", "enter,space,right", "change"),
        binding("settings.change_back", "left", "change_back"),
        binding("settings.lock", "ctrl+p", "lock"),
        binding("common.back", "escape,ctrl+s,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.names = list(_OPTIONS)
        self.cursor = Cursor(lambda: len(self.names))

    def typed(self, key: Key) -> bool:
        """Arrows move; a digit goes to its row."""
        if key.name.isdecimal() and 0 < int(key.name) <= len(self.names):
            self.cursor.row = int(key.name) - 1
            self.action_change()
            return True
        return self.cursor.press(key)

    def row_tapped(self, row: int) -> None:
        """A tap changes."""
        self.cursor.row = row
        self.action_change()

    def needed(self) -> Sequence[str]:
        """Changing, and going back."""
        return ("settings.change", "settings.lock", "common.back", "common.language", "common.help")

    def action_change(self) -> None:
        """The next value."""
        self._step(1)

    def action_change_back(self) -> None:
        """The value before."""
        self._step(-1)

    def action_lock(self) -> None:
        """Set or change the passphrase."""
        from survey_tui.ui.screens.passphrase import NewPassphrase

        if self.desk.store.read_only:
            self.desk.problem = self.desk.words("home.read_only")
        else:
            self.home_app.open(NewPassphrase(self.desk, self._locked))

    def _locked(self, message: str) -> None:
        self.desk.problem = message

    def action_back(self) -> None:
        """Leave; everything holds already."""
        self.close()

    def _step(self, step: int) -> None:
        name = self.names[self.cursor.row]
        values = _OPTIONS[name]
        now = values.index(getattr(self.desk.settings, name))
        if name == "language":
            self.desk.switch_language()
        else:
            self.desk.change_settings(**{name: values[(now + step) % len(values)]})
        if name == "theme":
            self.home_app.apply_theme()

    def views(self) -> Iterable[LinesView]:
        """Title, rows, and what the setting at hand means."""
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")
        yield LinesView(self._foot, id="remark")

    def _head(self, width: int, _height: int) -> list[Line]:
        return [(Span(" " + self.desk.words("settings.title"), "title"),), *self.rule(width)]

    def _list(self, width: int, _height: int) -> list[Line]:
        words = self.desk.words
        size = max(len(words(f"settings.{name}")) for name in self.names) + 2
        lines: list[Line] = []
        for index, name in enumerate(self.names):
            here = index == self.cursor.row
            pointer = self.desk.signs.pointer if here else " "
            value = str(getattr(self.desk.settings, name)).lower()
            text = f" {pointer} {index + 1} {pad(words(f'settings.{name}'), size)}"
            first, *rest = wrap(words(f"settings.{name}_{value}"), width - len(text) - 1)
            lines.append(
                (Span(text, "strong" if here else "", f"row:{index}"), Span(first, "", f"row:{index}"))
            )
            lines += [(Span(" " * len(text) + part, "", f"row:{index}"),) for part in rest]
        return lines

    def _protection(self) -> str:
        if self.desk.store.protection.locked:
            return self.desk.words("settings.encrypted")
        library = "" if crypto_available() else "_no_library"
        return self.desk.words(f"settings.not_encrypted{library}")

    def _foot(self, width: int, _height: int) -> list[Line]:
        tip = wrap(self.desk.words(f"settings.{self.names[self.cursor.row]}_tip"), width - 3)
        problem = wrap(self.desk.problem, width - 4) if self.desk.problem else []
        return [
            *((Span(f" {text}", "dim"),) for text in tip),
            *((Span(f" {text}", "dim"),) for text in wrap(self._protection(), width - 3)),
            *((Span(f" ! {text}", "error"),) for text in problem),
            *self.rule(width),
        ]
