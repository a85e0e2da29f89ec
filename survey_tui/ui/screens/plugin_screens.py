"""The screens of plugins, to choose one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding
from textual.screen import Screen

from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.offered_screens import OfferedScreen, offered_screens
from survey_tui.plugins.offers import ScreenCall
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, TextSpan, cut, plain_text, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class PluginScreensScreen(BaseScreen[None]):
    """A row a screen; its key, or Enter, opens it."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("plugins.open_screen", "enter", "open"),
        binding("common.back", "escape,ctrl+p,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, context: ScreenContext, plugins: Plugins) -> None:
        super().__init__(context)
        self.rows: list[OfferedScreen] = offered_screens(plugins)
        self.cursor = Cursor(lambda: len(self.rows))
        context.collect_plugin_failures()

    def accept_key(self, key: KeyEvent) -> bool:
        row = next((row for row, each in enumerate(self.rows) if each.key and each.key == key.name), None)
        if row is None:
            return self.cursor.press(key)
        self.cursor.row = row
        self.action_open()
        return True

    def click_row(self, row: int) -> None:
        self.cursor.row = row
        self.action_open()

    def key_hints(self) -> Sequence[str]:
        first = ("plugins.open_screen",) if self.rows else ()
        return (*first, "common.back", "common.language", "common.help")

    def action_open(self) -> None:
        """Open the screen of the cursor's row; one that cannot be made is reported here."""
        if not self.rows:
            return
        row = self.rows[self.cursor.row]
        call = ScreenCall(
            home=self.context.home,
            language=self.context.words.language,
            close=self.navigator.close_plugin_screen,
            context=self.context,
        )
        made = row.open(call)
        if isinstance(made, Screen):
            self.navigator.open_plugin_screen(made, lambda error: self._fail(row, error))
        elif made is None:
            self.context.collect_plugin_failures()
        else:
            self._fail(row, TypeError(f"{type(made).__name__} is no textual.screen.Screen"))

    def _fail(self, row: OfferedScreen, error: BaseException) -> None:
        row.fail(error)
        self.context.collect_plugin_failures()

    def action_back(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        return [
            (TextSpan(" " + cut(self.context.words("plugins.screens"), width - 2), "title"),),
            *self.rule(width),
        ]

    def _list(self, width: int, _height: int) -> list[ScreenLine]:
        lines: list[ScreenLine] = []
        for index, row in enumerate(self.rows):
            here = index == self.cursor.row
            pointer = self.symbols.pointer if here else " "
            title = self.context.translate(row.offered.title)
            text = plain_text(f" {pointer} {row.key or ' '}  {title} ({row.plugin})")
            lines.append((TextSpan(cut(text, width - 1), "strong" if here else "", f"row:{index}"),))
        return lines or [(TextSpan(f"   {self.context.words('plugins.no_screens')}"),)]

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        problem = plain_text(self.context.problem)
        parts = wrap(problem, width - 4) if problem else []
        return [*((TextSpan(f" ! {part}", "warning"),) for part in parts), *self.rule(width)]
