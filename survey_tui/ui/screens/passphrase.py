"""Screens of the passphrase: setting it, and unlocking the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.ui.fields.line_editor import PassphraseLine
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, TextSpan, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class NewPassphraseScreen(BaseScreen[str]):
    """Sets the passphrase, which is typed twice. The result is a message."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("safety.next", "enter,ctrl+j", "next"),
        binding("common.cancel", "escape,ctrl+q,ctrl+c", "cancel"),
    ]

    def __init__(self, context: ScreenContext, on_result: Callable[[str], None]) -> None:
        super().__init__(context, on_result)
        self._passphrase = PassphraseLine()
        self._first = ""
        self.message = ""

    def accept_key(self, key: KeyEvent) -> bool:
        return self._passphrase.press(key)

    def accept_paste(self, text: str) -> None:
        self._passphrase.paste(text)

    def key_hints(self) -> Sequence[str]:
        return ("safety.next", "common.cancel")

    def action_next(self) -> None:
        """Read the first line, then the second; lock the store when they are equal."""
        if self._passphrase.is_empty:
            return
        text, self.message = self._passphrase.take(), ""
        if not self._first:
            self._first = text
            return
        first, self._first = self._first, ""
        if text != first:
            self.message = self.context.words("errors.lock_mismatch")
            return
        try:
            self.context.store.passphrase_lock.set_passphrase(text)
        except SurveyError as error:
            self.message = self.context.words.error(error)
            return
        self.close(self.context.words("safety.new_done"))

    def action_cancel(self) -> None:
        self.close()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._line, grows=False, id="answer")
        yield LinesView(self._feedback, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        ask = words("safety.new_again" if self._first else "safety.new_ask")
        title = (TextSpan(" " + words("safety.new_title"), "title"),)
        return [
            title,
            *self.rule(width),
            *text_lines(ask, width - 3, "strong"),
        ]

    def _line(self, width: int, _height: int) -> list[ScreenLine]:
        line = self._passphrase.line(width, self.symbols)
        return [line, (TextSpan(""),), *text_lines(self.context.words("safety.new_hint"), width - 3, "dim")]

    def _feedback(self, width: int, _height: int) -> list[ScreenLine]:
        message = text_lines(self.message, width - 4, "error", " ! ") if self.message else []
        return [*message, *self.rule(width)]


class UnlockScreen(BaseScreen[None]):
    """``attempt`` accepts the passphrase or raises; ``on_unlocked`` is called after it."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("safety.unlock", "enter,ctrl+j", "unlock"),
        binding("safety.quit", "escape,ctrl+q,ctrl+c", "quit"),
    ]

    def __init__(
        self, context: ScreenContext, attempt: Callable[[str], None], on_unlocked: Callable[[], None]
    ) -> None:
        super().__init__(context)
        self._attempt = attempt
        self._on_unlocked = on_unlocked
        self._passphrase = PassphraseLine()
        self.message = ""

    def accept_key(self, key: KeyEvent) -> bool:
        return self._passphrase.press(key)

    def accept_paste(self, text: str) -> None:
        self._passphrase.paste(text)

    def key_hints(self) -> Sequence[str]:
        return ("safety.unlock", "safety.quit", "common.language")

    def action_unlock(self) -> None:
        if self._passphrase.is_empty:
            return
        try:
            self._attempt(self._passphrase.take())
        except SurveyError as error:
            self.message = self.context.words.error(error)
            return
        self._on_unlocked()

    def action_quit(self) -> None:
        self.navigator.leave()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._line, grows=False, id="answer")
        yield LinesView(self._feedback, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        return [
            (TextSpan(" " + words("safety.unlock_title"), "title"),),
            *self.rule(width),
            (TextSpan(" " + words("safety.unlock_ask"), "strong"),),
        ]

    def _line(self, width: int, _height: int) -> list[ScreenLine]:
        line = self._passphrase.line(width, self.symbols)
        return [
            line,
            (TextSpan(""),),
            *text_lines(self.context.words("safety.unlock_hint"), width - 3, "dim"),
        ]

    def _feedback(self, width: int, _height: int) -> list[ScreenLine]:
        message = text_lines(self.message, width - 4, "error", " ! ") if self.message else []
        return [*message, *self.rule(width)]
