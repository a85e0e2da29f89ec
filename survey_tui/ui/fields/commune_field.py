"""The field to find a commune: by its name without marks, its initials, or its code."""

from __future__ import annotations

from collections.abc import Sequence

from survey_tui.errors import SurveyError
from survey_tui.interview.views import QuestionView
from survey_tui.places import Commune
from survey_tui.ui.fields.field import Field, FieldValue, RenderOptions
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, TextSpan, cut, plain_text, visible_lines
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.vietnamese import words

_MOST = 30


class CommuneField:
    """A search text and the communes that match it; the value is the code of the one at the cursor."""

    def __init__(self, context: ScreenContext, code: str) -> None:
        self.view = QuestionView(path="", name="commune", type="text", label="", text=code)
        self.editor = LineEditor()
        self._context = context
        self._remembered = self._find_code(code)
        self._found: Sequence[Commune] = self._remembered
        self.cursor = Cursor(lambda: len(self._found))
        self._is_confirmed = True

    def confirm(self) -> bool:
        """Whether the commune is certain: the only match, the one of exactly this name or code, or one chosen
        by arrow or click. A second call accepts the one at the cursor."""
        clear, self._is_confirmed = self._is_confirmed or self._is_clear(), True
        return clear

    @property
    def is_edited(self) -> bool:
        return bool(self.editor.text)

    def press(self, key: KeyEvent) -> bool:
        if key.name not in ("home", "end") and self.cursor.press(key):
            self._is_confirmed = True
            return True
        if self.editor.press(key):
            self._search()
            return True
        return False

    def paste(self, text: str) -> None:
        self.editor.insert(text)
        self._search()

    def click(self, row: int) -> None:
        self.cursor.row = row
        self._is_confirmed = True

    def read_value(self) -> FieldValue:
        return FieldValue(self._found[self.cursor.row].code if self._found else "")

    def copy_from(self, other: Field) -> None:
        if isinstance(other, CommuneField):
            self.editor.set(other.editor.text)
            self._search()
            self.cursor.row = other.cursor.row

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        typed: ScreenLine = (TextSpan("   > "), TextSpan(self.editor.text, "typed"), TextSpan(" ", "caret"))
        rows = [[self._row(index, commune, options)] for index, commune in enumerate(self._found)]
        return [typed, *visible_lines(rows, self.cursor.row, options.height - 1, options.symbols)]

    def _row(self, index: int, commune: Commune, options: RenderOptions) -> ScreenLine:
        here = index == self.cursor.row
        symbol = options.symbols.one_on if here else options.symbols.one_off
        text = cut(plain_text(f"{commune.name}, {commune.province} ({commune.code})"), options.width - 7)
        return (TextSpan(f"   {symbol} {text}", "strong" if here else "", f"row:{index}"),)

    def _search(self) -> None:
        typed = self.editor.text.strip()
        self._found = self._context.places.search(typed, limit=_MOST) if typed else self._remembered
        self.cursor.row = 0
        self._is_confirmed = not typed

    def _is_clear(self) -> bool:
        typed = words(self.editor.text)
        exact = [found for found in self._found if typed in (words(found.name), [found.code])]
        return len(self._found) <= 1 or (len(exact) == 1 and exact[0] is self._found[0])

    def _find_code(self, code: str) -> Sequence[Commune]:
        try:
            return (self._context.places.commune(code),) if code else ()
        except SurveyError:
            return ()
