"""An answer in the making: what the surveyor has typed or chosen and not confirmed yet."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from survey_tui.interview.views import QuestionView
from survey_tui.ui.appearance import Signs
from survey_tui.ui.key_events import Key
from survey_tui.ui.layout import Line


class Draft(NamedTuple):
    """What would be answered now: canonical ``text``, or a ``missing`` kind (``dk``, ``refused``)."""

    text: str = ""
    missing: str = ""


class Look(NamedTuple):
    """How to draw: the space there is, and with which signs and words."""

    width: int
    height: int
    signs: Signs
    dont_know: str
    refused: str


class Field(Protocol):
    """One way to answer."""

    view: QuestionView

    def press(self, key: Key) -> bool:
        """Handle a key; ``False`` if it means nothing here."""

    def paste(self, text: str) -> None:
        """Pasted text."""

    def tap(self, row: int) -> None:
        """A tap on row ``row``."""

    def draft(self) -> Draft:
        """What stands here now. Raises ``AnswerError`` for what cannot be understood."""

    @property
    def touched(self) -> bool:
        """It is not what the session has."""

    def adopt(self, other: Field) -> None:
        """Take over what stands in ``other`` (the same question, in another language or asked again)."""

    def lines(self, look: Look) -> list[Line]:
        """The answer, drawn."""
