"""Editors of one or several lines: text, cursor, and the effect of each key.

Every key is handled completely before the next one, deletions like letters. Vietnamese input methods send
backspaces and the corrected word in one burst; a queue that delays the backspaces breaks the word
(Textualize/textual#6605).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from survey_tui.ui.appearance import ASCII, Symbols
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan
from survey_tui.vietnamese import nfc

if TYPE_CHECKING:
    from survey_tui.vietnamese.typing import TypingEngine


_MAX_LENGTH = 20_000


class LineEditor:
    """Text being edited, always NFC and printable. ``cursor`` counts characters from the start."""

    def __init__(
        self, text: str = "", *, multiline: bool = False, engine: TypingEngine | None = None
    ) -> None:
        self.multiline = multiline
        self.engine = engine
        self.text = ""
        self.cursor = 0
        self.insert(text)

    def set(self, text: str) -> None:
        """Replace the text; the cursor goes to its end."""
        self.text, self.cursor = "", 0
        self.insert(text)

    def insert(self, text: str) -> None:
        """Insert ``text`` at the cursor without control characters; line breaks stay in a multiline
        editor."""
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        if not self.multiline:
            text = text.replace("\n", " ")
        kept = "".join(c for c in text if c.isprintable() or c == "\n")
        free = _MAX_LENGTH - len(self.text)
        self._replace_before_cursor(self.text[: self.cursor] + kept[: max(free, 0)])

    def press(self, key: KeyEvent) -> bool:
        """Handle ``key``; ``False`` if it has no meaning here."""
        if key.character:
            self._type(key.character)
            return True
        command = _COMMANDS.get(key.name)
        if command is not None:
            command(self)
            return True
        if self.multiline and key.name in _LINE_COMMANDS:
            _LINE_COMMANDS[key.name](self)
            return True
        return False

    def finish(self) -> None:
        """Complete the word before the cursor."""
        if self.engine is not None:
            self._replace_before_cursor(self.engine.finish(self.text[: self.cursor]))

    def _type(self, character: str) -> None:
        if self.engine is None:
            self.insert(character)
        else:
            self._replace_before_cursor(self.engine.feed(self.text[: self.cursor], character))

    def _replace_before_cursor(self, before: str) -> None:
        before, after = nfc(before), self.text[self.cursor :]
        self.text, self.cursor = before + after, len(before)

    def _backspace(self) -> None:
        if not self.cursor:
            return
        before = self.text[: self.cursor]
        self._replace_before_cursor(before[:-1] if self.engine is None else self.engine.backspace(before))

    def _delete(self) -> None:
        self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]

    def _delete_word(self) -> None:
        kept = self.text[: self.cursor].rstrip()
        kept = kept[: max(kept.rfind(" "), kept.rfind("\n")) + 1]
        self.text, self.cursor = kept + self.text[self.cursor :], len(kept)

    def _clear(self) -> None:
        self.text, self.cursor = "", 0

    def _move_left(self) -> None:
        self.cursor = max(self.cursor - 1, 0)

    def _move_right(self) -> None:
        self.cursor = min(self.cursor + 1, len(self.text))

    def _move_to_start(self) -> None:
        self.cursor = self.text.rfind("\n", 0, self.cursor) + 1

    def _move_to_end(self) -> None:
        end = self.text.find("\n", self.cursor)
        self.cursor = len(self.text) if end < 0 else end

    def _new_line(self) -> None:
        self.insert("\n")

    def _move_up(self) -> None:
        start = self.text.rfind("\n", 0, self.cursor) + 1
        if start:
            above = self.text.rfind("\n", 0, start - 1) + 1
            self.cursor = min(above + self.cursor - start, start - 1)

    def _move_down(self) -> None:
        start = self.text.rfind("\n", 0, self.cursor) + 1
        end = self.text.find("\n", self.cursor)
        if end >= 0:
            below_end = self.text.find("\n", end + 1)
            limit = len(self.text) if below_end < 0 else below_end
            self.cursor = min(end + 1 + self.cursor - start, limit)


_COMMANDS: dict[str, Callable[[LineEditor], None]] = {
    "backspace": LineEditor._backspace,
    "delete": LineEditor._delete,
    "ctrl+w": LineEditor._delete_word,
    "ctrl+u": LineEditor._clear,
    "left": LineEditor._move_left,
    "right": LineEditor._move_right,
    "home": LineEditor._move_to_start,
    "ctrl+a": LineEditor._move_to_start,
    "end": LineEditor._move_to_end,
    "ctrl+e": LineEditor._move_to_end,
}
_LINE_COMMANDS: dict[str, Callable[[LineEditor], None]] = {
    "ctrl+j": LineEditor._new_line,
    "up": LineEditor._move_up,
    "down": LineEditor._move_down,
}


class PassphraseLine:
    """A line that shows dots. Input methods work as usual; the program's own typing engine is off."""

    def __init__(self) -> None:
        self._editor = LineEditor()

    @property
    def is_empty(self) -> bool:
        return not self._editor.text

    def press(self, key: KeyEvent) -> bool:
        return self._editor.press(key)

    def paste(self, text: str) -> None:
        self._editor.insert(text)

    def take(self) -> str:
        """Return the text and clear the line."""
        text = self._editor.text
        self._editor = LineEditor()
        return text

    def line(self, width: int, symbols: Symbols) -> ScreenLine:
        """A dot for each character, as far as they fit in ``width``."""
        dot = "*" if symbols is ASCII else "•"
        return (
            TextSpan(" > "),
            TextSpan(dot * min(len(self._editor.text), width - 6), "typed"),
            TextSpan(" ", "caret"),
        )
