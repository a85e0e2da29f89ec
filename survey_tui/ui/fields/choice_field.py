"""Answers by choosing: one, several, or several in an order. A choice is one key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from survey_tui.interview.views import QuestionView
from survey_tui.ui.fields.field import Field, FieldValue, RenderOptions
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, Span, plain_text, visible_lines, wrap
from survey_tui.vietnamese import match

_MISSING_KEYS = {"dk": "8", "refused": "9"}
_MISSING_NAMES = {"98": "8", "99": "9"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ChoiceRow(NamedTuple):
    """One thing to choose. ``key`` chooses it, ``""`` if there are more rows than keys."""

    key: str
    name: str
    label: str
    missing: str = ""


def choice_rows(view: QuestionView, words: dict[str, str]) -> list[ChoiceRow]:
    """The rows of a question with their keys.

    Choices get 1–9, then letters. Don't know and refused get 8 and 9 where no other choice needs them:
    whether the question allows them (``allow``) or the list has them as the codes 98 and 99.
    """
    plain_choices = [choice for choice in view.choices if choice.name not in _MISSING_NAMES]
    reserve = len(plain_choices) < 8
    letters = iter(_LETTERS)
    numbers = iter("123456789" if not reserve else "1234567")

    def next_key() -> str:
        return next(numbers, "") or next(letters, "")

    rows = []
    for choice in view.choices:
        reserved = _MISSING_NAMES.get(choice.name, "") if reserve else ""
        rows.append(ChoiceRow(reserved or next_key(), choice.name, plain_text(choice.label)))
    taken = {row.key for row in rows}
    for kind in view.allow:
        key = _MISSING_KEYS.get(kind, "")
        if key in taken or not reserve:
            key = next_key()
        taken.add(key)
        rows.append(ChoiceRow(key, "", words[kind], kind))
    return rows


class ChoiceField:
    """A select, a ranking, an acknowledgement.

    ``kind``: ``one``, ``many`` or ``rank``. With the appearance ``search``, or more rows than keys, typed
    text filters the rows instead of choosing.
    """

    def __init__(self, view: QuestionView, kind: str, words: dict[str, str]) -> None:
        self.view = view
        self.kind = kind
        self.all_rows = choice_rows(view, words)
        many = len(self.all_rows) > 9 + len(_LETTERS)
        searching = bool({"search", "autocomplete"} & set(view.appearance)) or many
        self.filter = LineEditor() if searching else None
        self.chosen: list[str] = view.text.split() if not view.missing else []
        self.missing = view.missing
        self.cursor = Cursor(lambda: len(self.rows), self._row_of_answer())
        self._pointing = kind != "one" or bool(self.chosen or self.missing)

    @property
    def rows(self) -> Sequence[ChoiceRow]:
        """The rows that are shown: all, or those that the typed text finds."""
        if self.filter is None or not self.filter.text.strip():
            return self.all_rows
        return [row for row in self.all_rows if row.missing or match(self.filter.text, row.label)]

    @property
    def is_edited(self) -> bool:
        """Another choice than the recorded one."""
        recorded = [] if self.view.missing else self.view.text.split()
        return self._in_order() != recorded or self.missing != self.view.missing

    def press(self, key: KeyEvent) -> bool:
        """A row's key chooses it; space chooses the row of the cursor; arrows move, and where one answer is
        wanted they choose too, so that Enter takes the row that is lit."""
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
        if not self._pointing:
            self.cursor.row = before if key.name == "down" else self.cursor.row  # the first row is lit first
        if self.kind == "one":
            self.click(self.cursor.row)
        return True

    def scroll(self, *, down: bool) -> None:
        """Show what lies further on; nothing is chosen."""
        self._pointing = True
        self.cursor.press(KeyEvent("down" if down else "up"))

    def _press_filtered(self, key: KeyEvent) -> bool:
        assert self.filter is not None
        if key.name not in ("home", "end") and self._press_arrow(key):
            return True
        if not self.filter.press(key):
            return False
        self.cursor.row, self._pointing = 0, True
        found = [row for row in self.rows if not row.missing]
        if self.kind == "one":
            self.chosen = [found[0].name] if found and self.filter.text.strip() else []
            self.missing = ""
        return True

    def paste(self, text: str) -> None:
        """Pasted text filters."""
        if self.filter is not None:
            self.filter.insert(text)

    def click(self, row: int) -> None:
        """Choose row ``row``."""
        if 0 <= row < len(self.rows):
            self._pointing = True
            self.cursor.row = row
            self._choose(self.rows[row])

    def read_value(self) -> FieldValue:
        """The names of what is chosen; several in the order of the list, a ranking in its own."""
        return FieldValue("", self.missing) if self.missing else FieldValue(" ".join(self._in_order()))

    def copy_from(self, other: Field) -> None:
        """Take over what is chosen there."""
        if isinstance(other, ChoiceField):
            self.chosen, self.missing = list(other.chosen), other.missing
            self.cursor.row, self._pointing = other.cursor.row, other._pointing
            if self.filter is not None and other.filter is not None:
                self.filter.set(other.filter.text)

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        """The typed filter if there is one, and the rows."""
        head: list[ScreenLine] = []
        if self.filter is not None:
            head = [(Span("   / "), Span(self.filter.text or " ", "typed"), Span(" ", "caret"))]
        rows = self.rows
        gutter = max((len(row.key) for row in rows), default=0)
        blocks = [self._row_lines(index, row, gutter, options) for index, row in enumerate(rows)]
        return head + visible_lines(blocks, self.cursor.row, options.height - len(head), options.symbols)

    def _row_lines(self, index: int, row: ChoiceRow, gutter: int, options: RenderOptions) -> list[ScreenLine]:
        here = index == self.cursor.row and self._pointing
        sign = self._sign(row, options)
        lead = f" {options.symbols.pointer if here else ' '} {row.key.rjust(gutter)} {sign} "
        label_lines = wrap(row.label, options.width - len(lead) - 1)
        on = "strong" if self._is_on(row) else ""
        tap = f"row:{index}"
        first: ScreenLine = (Span(lead, on, tap), Span(label_lines[0], on, tap))
        return [first, *((Span(" " * len(lead)), Span(text, on, tap)) for text in label_lines[1:])]

    def _sign(self, row: ChoiceRow, options: RenderOptions) -> str:
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
