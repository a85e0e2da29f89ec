"""A line that is typed unseen."""

from __future__ import annotations

from survey_tui.ui.appearance import ASCII, Signs
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import Key
from survey_tui.ui.text import Line, Span

__all__ = ["SecretLine"]


class SecretLine:
    """Keys in, dots out. The platform's input method works as everywhere; the program's own typing is off."""

    def __init__(self) -> None:
        self._editor = LineEditor()

    @property
    def empty(self) -> bool:
        """Nothing was typed."""
        return not self._editor.text

    def press(self, key: Key) -> bool:
        """Take a key; ``False`` if it means nothing here."""
        return self._editor.press(key)

    def paste(self, text: str) -> None:
        """Take pasted text."""
        self._editor.insert(text)

    def take(self) -> str:
        """What was typed; the line is empty afterwards."""
        text = self._editor.text
        self._editor = LineEditor()
        return text

    def line(self, width: int, signs: Signs) -> Line:
        """A dot a character, as many as there is room for."""
        dot = "*" if signs is ASCII else "•"
        return (Span(" > "), Span(dot * min(len(self._editor.text), width - 6), "typed"), Span(" ", "caret"))
