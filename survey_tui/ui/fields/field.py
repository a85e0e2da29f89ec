"""The interface of fields, and the keys of missing codes."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from survey_tui.interview.views import QuestionView
from survey_tui.ui.appearance import Symbols
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine


class MissingKeys(NamedTuple):
    """Keys of one missing code. ``entry``: where text is typed. ``choice``: in a list of choices, unless
    another choice needs the key. ``choice_name``: the choice by which XLSForm lists offer the code."""

    entry: str
    choice: str
    choice_name: str


MISSING_KEYS = {
    "dk": MissingKeys(entry="ctrl+k", choice="8", choice_name="98"),
    "refused": MissingKeys(entry="ctrl+x", choice="9", choice_name="99"),
}
"""The only place where these keys are set; the help text names them and is checked against it."""


class FieldValue(NamedTuple):
    """The answer as it would be recorded now: canonical ``text``, or a ``missing`` code."""

    text: str = ""
    missing: str = ""


class RenderOptions(NamedTuple):
    """Size in cells, symbols and words to draw a field with."""

    width: int
    height: int
    symbols: Symbols
    dont_know: str
    refused: str


class Field(Protocol):
    """An answer while it is entered; ``view`` is its question."""

    view: QuestionView

    def press(self, key: KeyEvent) -> bool:
        """Handle a key; ``False`` if it has no meaning here."""

    def paste(self, text: str) -> None:
        """Insert pasted text."""

    def click(self, row: int) -> None:
        """Handle a click on row ``row`` of the field."""

    def read_value(self) -> FieldValue:
        """The present value. Raises ``AnswerError`` if the text is no value of the question's type."""

    @property
    def is_edited(self) -> bool:
        """Whether the value differs from the recorded answer."""

    def copy_from(self, other: Field) -> None:
        """Copy the state of ``other``, a field of the same question in another language or shown before."""

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        """Draw the field."""
