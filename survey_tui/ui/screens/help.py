"""Help: keys of the screen below, Vietnamese typing, saving, and the person to call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.ui.footer import key_name
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, ScrolledText, TextSpan, plain_text, text_lines, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class HelpScreen(BaseScreen[None]):
    """``explained``: bindings of the screen below; ``guidance`` of its question."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("common.back", "escape,enter,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, context: ScreenContext, explained: Sequence[Binding], guidance: str = "") -> None:
        super().__init__(context)
        self._explained = explained
        self._guidance = guidance
        self._page = ScrolledText()

    def accept_key(self, key: KeyEvent) -> bool:
        return self._page.press(key)

    def key_hints(self) -> Sequence[str]:
        return ("common.back", "common.language")

    def action_help(self) -> None:
        self.close()

    def action_back(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._text, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        return [(TextSpan(" " + self.context.words("help.title"), "title"),), *self.rule(width)]

    def _text(self, width: int, height: int) -> list[ScreenLine]:
        words = self.context.words
        lines: list[ScreenLine] = []
        if self._guidance:
            lines = text_lines(plain_text(self._guidance, newlines=True), width - 3)
            lines.append((TextSpan(""),))
        for found in self._explained:
            keys = " ".join(key_name(key) for key in found.key.split(","))
            lines += _item(keys, words(found.tooltip or found.description), width)
        for subject in ("choosing", "typing", "saving"):
            lines += [(TextSpan(""),), (TextSpan(" " + words(f"help.{subject}_title"), "strong"),)]
            lines += text_lines(words(f"help.{subject}"), width - 5, "", "   ")
        contact = plain_text(self.context.settings.contact) or words("help.nobody")
        lines += [(TextSpan(""),), (TextSpan(" " + words("help.contact_title"), "strong"),)]
        lines += text_lines(contact, width - 5, "", "   ")
        return self._page.show(lines, height, self.symbols)


def _item(keys: str, text: str, width: int) -> list[ScreenLine]:
    first, *rest = wrap(text, width - 20 if width >= 60 else width - 6)
    if width >= 60:
        return [
            (TextSpan(f" {keys:<16} ", "strong"), TextSpan(first)),
            *((TextSpan(" " * 18 + part),) for part in rest),
        ]
    return [(TextSpan(f" {keys}", "strong"),), *((TextSpan(f"   {part}"),) for part in (first, *rest))]
