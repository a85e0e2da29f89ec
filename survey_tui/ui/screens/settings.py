"""Settings: language, typing, theme, mouse, answering with one key, passphrase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.application.settings import THEMES, TYPING
from survey_tui.store.crypto import crypto_available
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, TextSpan, pad, text_lines, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.ui.screens.passphrase import NewPassphraseScreen

_OPTIONS: dict[str, tuple[object, ...]] = {
    "language": ("vi", "en"),
    "typing": TYPING,
    "theme": THEMES,
    "mouse": (True, False),
    "one_key": (False, True),
}


class SettingsScreen(BaseScreen[None]):
    """A row for each setting; a change has effect at once and is saved."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("settings.change", "enter,space,right", "change"),
        binding("settings.change_back", "left", "change_back"),
        binding("settings.lock", "ctrl+p", "lock"),
        binding("common.back", "escape,ctrl+s,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context)
        self.names = list(_OPTIONS)
        self.cursor = Cursor(lambda: len(self.names))

    def accept_key(self, key: KeyEvent) -> bool:
        """Move by arrows; a digit changes its row."""
        if key.name.isdecimal() and 0 < int(key.name) <= len(self.names):
            self.cursor.row = int(key.name) - 1
            self.action_change()
            return True
        return self.cursor.press(key)

    def click_row(self, row: int) -> None:
        self.cursor.row = row
        self.action_change()

    def key_hints(self) -> Sequence[str]:
        return ("settings.change", "settings.lock", "common.back", "common.language", "common.help")

    def action_change(self) -> None:
        self._change_value(1)

    def action_change_back(self) -> None:
        self._change_value(-1)

    def action_lock(self) -> None:
        """Set or change the passphrase."""
        if self.context.store.read_only:
            self.context.problem = self.context.words("home.read_only")
        else:
            self.navigator.open(NewPassphraseScreen(self.context, self._show_message))

    def _show_message(self, message: str) -> None:
        self.context.problem = message

    def action_back(self) -> None:
        self.close()

    def _change_value(self, step: int) -> None:
        name = self.names[self.cursor.row]
        values = _OPTIONS[name]
        now = values.index(getattr(self.context.settings, name))
        if name == "language":
            self.context.switch_language()
        else:
            self.context.change_settings(**{name: values[(now + step) % len(values)]})
        if name == "theme":
            self.app.theme = self.context.appearance.textual_theme

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        return [(TextSpan(" " + self.context.words("settings.title"), "title"),), *self.rule(width)]

    def _list(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        size = max(len(words(f"settings.{name}")) for name in self.names) + 2
        lines: list[ScreenLine] = []
        for index, name in enumerate(self.names):
            here = index == self.cursor.row
            pointer = self.symbols.pointer if here else " "
            value = str(getattr(self.context.settings, name)).lower()
            text = f" {pointer} {index + 1} {pad(words(f'settings.{name}'), size)}"
            first, *rest = wrap(words(f"settings.{name}_{value}"), width - len(text) - 1)
            lines.append(
                (
                    TextSpan(text, "strong" if here else "", f"row:{index}"),
                    TextSpan(first, "", f"row:{index}"),
                )
            )
            lines += [(TextSpan(" " * len(text) + part, "", f"row:{index}"),) for part in rest]
        return lines

    def _protection_text(self) -> str:
        if self.context.store.passphrase_lock.is_set:
            return self.context.words("settings.encrypted")
        library = "" if crypto_available() else "_no_library"
        return self.context.words(f"settings.not_encrypted{library}")

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        words, problem = self.context.words, self.context.problem
        return [
            *text_lines(words(f"settings.{self.names[self.cursor.row]}_tip"), width - 3, "dim"),
            *text_lines(self._protection_text(), width - 3, "dim"),
            *(text_lines(problem, width - 4, "error", " ! ") if problem else []),
            *self.rule(width),
        ]
