"""Help: the keys of the screen it was called from, how to type Vietnamese, whom to call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.ui.footer import key_name
from survey_tui.ui.key_events import Key
from survey_tui.ui.layout import Line, Page, Span, plain, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet, binding


class Help(Sheet[None]):
    """``explained``: bindings of the screen below; ``guidance``: what the form says about its question."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("common.back", "escape,enter,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, desk: Desk, explained: Sequence[Binding], guidance: str = "") -> None:
        super().__init__(desk)
        self._explained = explained
        self._guidance = guidance
        self._page = Page()

    def typed(self, key: Key) -> bool:
        """Arrows and pages scroll."""
        return self._page.press(key)

    def needed(self) -> Sequence[str]:
        """Back, and the language."""
        return ("common.back", "common.language")

    def action_help(self) -> None:
        """Help again: back."""
        self.close()

    def action_back(self) -> None:
        """Back to the screen below."""
        self.close()

    def views(self) -> Iterable[LinesView]:
        """Title and text."""
        yield LinesView(self._head, id="header")
        yield LinesView(self._text, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[Line]:
        return [(Span(" " + self.desk.words("help.title"), "title"),), *self.rule(width)]

    def _text(self, width: int, height: int) -> list[Line]:
        words = self.desk.words
        lines: list[Line] = []
        if self._guidance:
            lines = [(Span(f" {text}"),) for text in wrap(plain(self._guidance, newlines=True), width - 3)]
            lines.append((Span(""),))
        for found in self._explained:
            keys = " ".join(key_name(key) for key in found.key.split(","))
            lines += _item(keys, words(found.tooltip or found.description), width)
        for subject in ("choosing", "typing", "saving"):
            lines += [(Span(""),), (Span(" " + words(f"help.{subject}_title"), "strong"),)]
            lines += [(Span(f"   {text}"),) for text in wrap(words(f"help.{subject}"), width - 5)]
        contact = plain(self.desk.settings.contact) or words("help.nobody")
        lines += [(Span(""),), (Span(" " + words("help.contact_title"), "strong"),)]
        lines += [(Span(f"   {text}"),) for text in wrap(contact, width - 5)]
        return self._page.show(lines, height, self.desk.signs)


def _item(keys: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, width - 20 if width >= 60 else width - 6)
    if width >= 60:
        return [(Span(f" {keys:<16} ", "strong"), Span(first)), *((Span(" " * 18 + part),) for part in rest)]
    return [(Span(f" {keys}", "strong"),), *((Span(f"   {part}"),) for part in (first, *rest))]
