"""Fields of questions with a typed answer, and of questions without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from survey_tui.interview.views import QuestionView
from survey_tui.ui.fields.field import MISSING_KEYS, Field, FieldValue, RenderOptions
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.footer import key_name
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, plain_text, text_lines, visible_lines

if TYPE_CHECKING:
    from survey_tui.vietnamese.typing import TypingEngine

_TEXT_TYPES = ("text", "string")


class EntryField:
    """A typed answer, or a missing code by its key (:data:`MISSING_KEYS`).

    A recorded number, date or other short value is ``selected`` as a whole (shown reversed): the first
    character typed replaces it. Text is never selected.
    """

    def __init__(
        self, view: QuestionView, engine: TypingEngine | None = None, *, selected: bool | None = None
    ) -> None:
        self.view = view
        self.missing = view.missing
        self.multiline = "multiline" in view.appearance
        self.editor = LineEditor(
            "" if view.missing else view.text,
            multiline=self.multiline,
            engine=engine if view.type in _TEXT_TYPES else None,
        )
        self._shown = self.editor.text
        self._selected = view.type not in _TEXT_TYPES if selected is None else selected

    @property
    def is_edited(self) -> bool:
        return self.editor.text != self._shown or self.missing != self.view.missing

    def press(self, key: KeyEvent) -> bool:
        """Edit the text, or toggle a missing code."""
        kind = _missing_code_of(key)
        if kind in self.view.allow:
            self._toggle(kind)
            return True
        if self._selected and key.character:
            self.editor.set("")
        if self.editor.press(key):
            self._selected = False
            if self.editor.text:
                self.missing = ""
            return True
        return False

    def paste(self, text: str) -> None:
        """Insert pasted text; it replaces a selected value."""
        if self._selected:
            self.editor.set("")
        self._selected = False
        self.editor.insert(text)
        self.missing = ""

    def click(self, row: int) -> None:
        if 0 <= row < len(self.view.allow):
            self._toggle(self.view.allow[row])

    def read_value(self) -> FieldValue:
        if self.missing:
            return FieldValue("", self.missing)
        self.editor.finish()
        if self.editor.text == self._shown:
            return FieldValue(self.view.text)
        typed = self.editor.text.strip()
        if not typed:
            return FieldValue("")
        from survey_tui.interview.answer_input import parse_answer

        return FieldValue(parse_answer(self.view, typed))

    def copy_from(self, other: Field) -> None:
        if isinstance(other, EntryField):
            self.editor.set(other.editor.text)
            self.editor.cursor = other.editor.cursor
            self._selected = other._selected
            self.missing = other.missing

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        """The text with its cursor, and the missing codes with their keys."""
        words = {"dk": options.dont_know, "refused": options.refused}
        foot: list[ScreenLine] = []
        for index, kind in enumerate(self.view.allow):
            symbol = options.symbols.one_on if self.missing == kind else options.symbols.one_off
            key = key_name(MISSING_KEYS[kind].entry)
            foot.append((TextSpan(f"   {key} {symbol} {words[kind]}", "", f"row:{index}"),))
        if foot:
            foot.insert(0, (TextSpan(""),))
        text_height = max(options.height - len(foot), 1)
        blocks, current = self._text_lines(options.width - 6)
        return [*visible_lines([[line] for line in blocks], current, text_height, options.symbols), *foot]

    def _text_lines(self, width: int) -> tuple[list[ScreenLine], int]:
        text, cursor = self.editor.text, self.editor.cursor
        if "masked" in self.view.appearance:
            text = "*" * len(text)
        lines: list[ScreenLine] = []
        style = "cursor" if self._selected and text else "typed"
        current = 0
        start = 0
        for paragraph in text.split("\n"):
            for piece in _pieces(paragraph, width):
                end = start + len(piece)
                if start <= cursor <= end:
                    current = len(lines)
                    lines.append(_with_cursor(piece, cursor - start, style))
                    cursor = -1
                else:
                    lines.append(
                        (TextSpan("   "), TextSpan("> " if not lines else "  "), TextSpan(piece, "typed"))
                    )
                start = end
            start += 1
        first = lines[0]
        lines[0] = (TextSpan("   > "), *first[2:])
        return lines, current

    def _toggle(self, kind: str) -> None:
        self.missing = "" if self.missing == kind else kind
        if self.missing:
            self.editor.set("")


def _missing_code_of(key: KeyEvent) -> str:
    return next((code for code, keys in MISSING_KEYS.items() if keys.entry == key.name), "")


def _pieces(text: str, width: int) -> list[str]:
    """``text`` in pieces of at most ``width`` cells; unlike wrapping, no character is dropped."""
    pieces, piece, used = [], "", 0
    for character in text:
        size = cell_len(character)
        if used + size > width:
            pieces.append(piece)
            piece, used = "", 0
        piece += character
        used += size
    return [*pieces, piece]


def _with_cursor(piece: str, at: int, style: str) -> ScreenLine:
    under = piece[at : at + 1] or " "
    return (
        TextSpan("   "),
        TextSpan("  "),
        TextSpan(piece[:at], style),
        TextSpan(under, "caret"),
        TextSpan(piece[at + 1 :], style),
    )


class ReadOnlyField:
    """A note, or an answer that can only be read."""

    def __init__(self, view: QuestionView) -> None:
        self.view = view
        self.is_edited = False

    def press(self, key: KeyEvent) -> bool:  # noqa: ARG002
        return False

    def paste(self, text: str) -> None:
        """Ignore pasted text."""

    def click(self, row: int) -> None:
        """Ignore clicks."""

    def read_value(self) -> FieldValue:
        return FieldValue(self.view.text, self.view.missing)

    def copy_from(self, other: Field) -> None:
        """Copy nothing: the answer is the recorded one."""

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        shown = plain_text(self.view.answer or self.view.text)
        return text_lines(shown, options.width - 6, "", "     ")[: options.height] if shown else []
