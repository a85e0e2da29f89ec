"""The field of questions with choices: one, several, or several in an order. One key chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from survey_tui.interview.views import QuestionView
from survey_tui.ui.fields.field import MISSING_KEYS, Field, FieldValue, RenderOptions
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, TextSpan, plain_text, visible_lines, wrap
from survey_tui.vietnamese.match import match

_MISSING_NAMES = {keys.choice_name: keys.choice for keys in MISSING_KEYS.values()}
_CHOICE_KEYS = "123456789"
_FREE_KEYS = "".join(key for key in _CHOICE_KEYS if key not in _MISSING_NAMES.values())
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ChoiceRow(NamedTuple):
    """A choice or a ``missing`` code. ``key`` is ``""`` if there are more rows than keys."""

    key: str
    name: str
    label: str
    missing: str = ""


def choice_rows(view: QuestionView, words: dict[str, str]) -> list[ChoiceRow]:
    """Rows of a question with their keys.

    Choices get 1–9, then letters. Missing codes get the keys of :data:`MISSING_KEYS` where no other choice
    needs them, whether the question allows the codes or its list has them as choices.
    """
    plain_choices = [choice for choice in view.choices if choice.name not in _MISSING_NAMES]
    reserve = len(plain_choices) <= len(_FREE_KEYS)
    letters = iter(_LETTERS)
    numbers = iter(_FREE_KEYS if reserve else _CHOICE_KEYS)

    def next_key() -> str:
        return next(numbers, "") or next(letters, "")

    rows = []
    for choice in view.choices:
        reserved = _MISSING_NAMES.get(choice.name, "") if reserve else ""
        rows.append(ChoiceRow(reserved or next_key(), choice.name, plain_text(choice.label)))
    taken = {row.key for row in rows}
    for kind in view.allow:
        key = MISSING_KEYS[kind].choice
        if key in taken or not reserve:
            key = next_key()
        taken.add(key)
        rows.append(ChoiceRow(key, "", words[kind], kind))
    return rows


class ChoiceField:
    """A select, a ranking, an acknowledgement.

    ``kind``: ``one``, ``many`` or ``rank``. With the appearance ``search``, or more rows than keys, typed
    text filters the rows instead of choosing one.
    """

    def __init__(self, view: QuestionView, kind: str, words: dict[str, str]) -> None:
        self.view = view
        self.kind = kind
        self.all_rows = choice_rows(view, words)
        many = len(self.all_rows) > len(_CHOICE_KEYS) + len(_LETTERS)
        searching = bool({"search", "autocomplete"} & set(view.appearance)) or many
        self.filter = LineEditor() if searching else None
        self.chosen: list[str] = view.text.split() if not view.missing else []
        self.missing = view.missing
        self.cursor = Cursor(lambda: len(self.rows), self._row_of_answer())
        self._shows_cursor = kind != "one" or bool(self.chosen or self.missing)

    @property
    def rows(self) -> Sequence[ChoiceRow]:
        """Rows that match the filter."""
        if self.filter is None or not self.filter.text.strip():
            return self.all_rows
        return [row for row in self.all_rows if row.missing or match(self.filter.text, row.label)]

    @property
    def is_edited(self) -> bool:
        recorded = [] if self.view.missing else self.view.text.split()
        return self._in_order() != recorded or self.missing != self.view.missing

    def press(self, key: KeyEvent) -> bool:
        """Choose by a row's key, or by space at the cursor. Arrows move; in a single choice they choose too,
        so that Enter confirms the highlighted row."""
        if key.name == "space" and (self.filter is None or not self.filter.text or self.kind != "one"):
            self.click(self.cursor.row)
            return True
        if self.filter is not None:
            return self._press_filtered(key)
        for index, row in enumerate(self.rows):
            if row.key and row.key == key.name.lower():
                self.click(index)
                return True
        return self._press_arrow(key)

    def _press_arrow(self, key: KeyEvent) -> bool:
        before = self.cursor.row
        if not self.cursor.press(key):
            return False
        if not self._shows_cursor:
            self.cursor.row = (
                before if key.name == "down" else self.cursor.row
            )  # the first row is highlighted first
        if self.kind == "one":
            self.click(self.cursor.row)
        return True

    def scroll(self, *, down: bool) -> None:
        """Move the cursor without choosing."""
        self._shows_cursor = True
        self.cursor.press(KeyEvent("down" if down else "up"))

    def _press_filtered(self, key: KeyEvent) -> bool:
        assert self.filter is not None
        if key.name not in ("home", "end") and self._press_arrow(key):
            return True
        if not self.filter.press(key):
            return False
        self.cursor.row, self._shows_cursor = 0, True
        found = [row for row in self.rows if not row.missing]
        if self.kind == "one":
            self.chosen = [found[0].name] if found and self.filter.text.strip() else []
            self.missing = ""
        return True

    def paste(self, text: str) -> None:
        if self.filter is not None:
            self.filter.insert(text)

    def click(self, row: int) -> None:
        if 0 <= row < len(self.rows):
            self._shows_cursor = True
            self.cursor.row = row
            self._choose(self.rows[row])

    def read_value(self) -> FieldValue:
        """Names of the chosen rows, in the order of the list; of a ranking, in the order of choice."""
        return FieldValue("", self.missing) if self.missing else FieldValue(" ".join(self._in_order()))

    def copy_from(self, other: Field) -> None:
        if isinstance(other, ChoiceField):
            self.chosen, self.missing = list(other.chosen), other.missing
            self.cursor.row, self._shows_cursor = other.cursor.row, other._shows_cursor
            if self.filter is not None and other.filter is not None:
                self.filter.set(other.filter.text)

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        head: list[ScreenLine] = []
        if self.filter is not None:
            head = [(TextSpan("   / "), TextSpan(self.filter.text or " ", "typed"), TextSpan(" ", "caret"))]
        rows = self.rows
        gutter = max((len(row.key) for row in rows), default=0)
        blocks = [self._row_lines(index, row, gutter, options) for index, row in enumerate(rows)]
        return head + visible_lines(blocks, self.cursor.row, options.height - len(head), options.symbols)

    def _row_lines(self, index: int, row: ChoiceRow, gutter: int, options: RenderOptions) -> list[ScreenLine]:
        here = index == self.cursor.row and self._shows_cursor
        symbol = self._symbol(row, options)
        lead = f" {options.symbols.pointer if here else ' '} {row.key.rjust(gutter)} {symbol} "
        label_lines = wrap(row.label, options.width - len(lead) - 1)
        on = "strong" if self._is_on(row) else ""
        target = f"row:{index}"
        first: ScreenLine = (TextSpan(lead, on, target), TextSpan(label_lines[0], on, target))
        return [first, *((TextSpan(" " * len(lead)), TextSpan(text, on, target)) for text in label_lines[1:])]

    def _symbol(self, row: ChoiceRow, options: RenderOptions) -> str:
        on = self._is_on(row)
        if row.missing or self.kind == "one":
            return options.symbols.one_on if on else options.symbols.one_off
        if self.kind == "rank":
            return f"[{self.chosen.index(row.name) + 1}]" if on else options.symbols.many_off
        return options.symbols.many_on if on else options.symbols.many_off

    def _is_on(self, row: ChoiceRow) -> bool:
        return self.missing == row.missing if row.missing else not self.missing and row.name in self.chosen

    def _choose(self, row: ChoiceRow) -> None:
        if row.missing:
            self.missing = "" if self.missing == row.missing else row.missing
            self.chosen = []
        elif self.kind == "one":
            self.chosen, self.missing = [row.name], ""
        else:
            self.missing = ""
            if row.name in self.chosen:
                self.chosen.remove(row.name)
            else:
                self.chosen.append(row.name)

    def _in_order(self) -> list[str]:
        if self.kind != "many":
            return list(self.chosen)
        known = [row.name for row in self.all_rows if row.name in self.chosen]
        return known + [name for name in self.chosen if name not in known]

    def _row_of_answer(self) -> int:
        return next((index for index, row in enumerate(self.all_rows) if self._is_on(row)), 0)
