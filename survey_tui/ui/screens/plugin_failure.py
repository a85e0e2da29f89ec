"""A plugin that failed: its failures, and whether to switch it off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.application.plugin_failures import PluginFailures
from survey_tui.ui.layout import ScreenLine, TextSpan, plain_text, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class PluginFailureScreen(BaseScreen[str]):
    """Asks about the first undecided plugin of ``failures``. The result is a message for Home."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("plugins.off_yes", "c", "switch_off"),
        binding("plugins.off_yes_y", "y", "switch_off"),
        binding("plugins.off_no", "k,escape,ctrl+b,ctrl+q,ctrl+c", "keep"),
        binding("plugins.off_no_n", "n", "keep"),
    ]

    def __init__(
        self, context: ScreenContext, failures: PluginFailures, on_result: Callable[[str], None]
    ) -> None:
        super().__init__(context, on_result)
        self.failures = failures
        self.plugin = next(iter(failures.undecided))
        self._errors = tuple(failures.undecided[self.plugin])

    def key_hints(self) -> Sequence[str]:
        """Yes and no, by the letters of the language."""
        keys = ("off_yes", "off_no") if self.context.words.language == "vi" else ("off_yes_y", "off_no_n")
        return (*(f"plugins.{key}" for key in keys), "common.language", "common.help")

    def action_switch_off(self) -> None:
        self.failures.disable(self.plugin)
        self.close(self.context.words("plugins.off_done", plugin=self.plugin))

    def action_keep(self) -> None:
        """Go on using the plugin."""
        self.failures.keep(self.plugin)
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._body, grows=False, id="answer")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        return [
            (
                TextSpan(
                    " " + self.context.words("plugins.off_title", plugin=plain_text(self.plugin)), "title"
                ),
            ),
            *self.rule(width),
        ]

    def _body(self, width: int, height: int) -> list[ScreenLine]:
        words = self.context.words
        failures = [words.error(error) for error in self._errors]
        after = [words("plugins.off_explained", plugin=self.plugin), words("plugins.off_safe_mode")]
        tail = [line for text in after for line in self._paragraph(text, width)]
        wrong = [line for text in failures for line in self._paragraph(text, width, "warning")]
        problem = self._paragraph(self.context.problem, width, "error") if self.context.problem else []
        free = max(0, height - len(tail) - len(problem))
        return [*wrong[:free], *tail, *problem]

    @staticmethod
    def _paragraph(text: str, width: int, style: str = "") -> list[ScreenLine]:
        return [
            *text_lines(plain_text(text), width - 3, style),
            (TextSpan(""),),
        ]
