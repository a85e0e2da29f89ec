"""An answer in the making: what the surveyor has typed or chosen and not confirmed yet."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from survey_tui.interview.views import QuestionView
from survey_tui.ui.appearance import Symbols
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine


class FieldValue(NamedTuple):
    """What would be answered now: canonical ``text``, or a ``missing`` kind (``dk``, ``refused``)."""

    text: str = ""
    missing: str = ""


class RenderOptions(NamedTuple):
    """How to draw: the space there is, and with which signs and words."""

    width: int
    height: int
    symbols: Symbols
    dont_know: str
    refused: str


class Field(Protocol):
    """One way to answer."""

    view: QuestionView

    def press(self, key: KeyEvent) -> bool:
        """Handle a key; ``False`` if it means nothing here."""

    def paste(self, text: str) -> None:
        """Pasted text."""

    def click(self, row: int) -> None:
        """A tap on row ``row``."""

    def read_value(self) -> FieldValue:
        """What stands here now. Raises ``AnswerError`` for what cannot be understood."""

    @property
    def is_edited(self) -> bool:
        """It is not what the session has."""

    def copy_from(self, other: Field) -> None:
        """Take over what stands in ``other`` (the same question, in another language or asked again)."""

    def lines(self, options: RenderOptions) -> list[ScreenLine]:
        """The answer, drawn."""
