"""A plugin that fails: what was wrong, and whether to do without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.ui.layout import Line, Span, plain, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.base import Sheet, binding


class PluginOff(Sheet[str]):
    """Its result is what Home says afterwards. The first plugin of ``desk.failing`` is asked about."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("plugins.off_yes", "c", "yes"),
        binding("plugins.off_yes_y", "y", "yes"),
        binding("plugins.off_no", "k,escape,ctrl+b,ctrl+q,ctrl+c", "no"),
        binding("plugins.off_no_n", "n", "no"),
    ]

    def __init__(self, desk: Desk, finished: Callable[[str], None]) -> None:
        super().__init__(desk, finished)
        self.plugin = next(iter(desk.failing))
        self._errors = tuple(desk.failing[self.plugin])

    def needed(self) -> Sequence[str]:
        """Yes or no, by the letters of the language."""
        keys = ("off_yes", "off_no") if self.desk.words.language == "vi" else ("off_yes_y", "off_no_n")
        return (*(f"plugins.{key}" for key in keys), "common.language", "common.help")

    def action_yes(self) -> None:
        """Switch it off; a disk that refuses is said here."""
        self.desk.switch_off(self.plugin)
        self.close(self.desk.words("plugins.off_done", plugin=self.plugin))

    def action_no(self) -> None:
        """Leave it on."""
        self.desk.failing.pop(self.plugin, None)
        self.close()

    def views(self) -> Iterable[LinesView]:
        """The question, what was wrong, what follows."""
        yield LinesView(self._head, id="header")
        yield LinesView(self._body, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[Line]:
        return [
            (Span(" " + self.desk.words("plugins.off_title", plugin=plain(self.plugin)), "title"),),
            *self.rule(width),
        ]

    def _body(self, width: int, height: int) -> list[Line]:
        words = self.desk.words
        told = [words.error(error) for error in self._errors]
        after = [words("plugins.off_explained", plugin=self.plugin), words("plugins.off_safe_mode")]
        tail = [line for text in after for line in self._paragraph(text, width)]
        wrong = [line for text in told for line in self._paragraph(text, width, "warning")]
        problem = self._paragraph(self.desk.problem, width, "error") if self.desk.problem else []
        room = max(0, height - len(tail) - len(problem))
        return [*wrong[:room], *tail, *problem]

    @staticmethod
    def _paragraph(text: str, width: int, style: str = "") -> list[Line]:
        return [*((Span(f" {part}", style),) for part in wrap(plain(text), width - 3)), (Span(""),)]
