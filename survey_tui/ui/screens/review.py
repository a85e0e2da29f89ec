"""The review before the end: findings, duration, finalisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.errors import AnswerError, StoreError
from survey_tui.interview.session import Session
from survey_tui.interview.views import END, InterviewFinding, Review
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import Cursor, ScreenLine, TextSpan, plain_text, text_lines, visible_lines, wrap
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding


class ReviewScreen(BaseScreen[str]):
    """The result is the path of a finding, or ``END`` when the response is final and stored."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("finish.jump", "enter", "open_finding"),
        binding("finish.done", "enter", "open_finding"),
        binding("finish.finish", "ctrl+f", "finish"),
        binding("finish.back", "escape,ctrl+b", "back"),
        binding("finish.pause", "ctrl+q,ctrl+c", "pause"),
    ]

    def __init__(self, context: ScreenContext, session: Session, on_result: Callable[[str], None]) -> None:
        super().__init__(context, on_result)
        self.session = session
        self.sha256 = ""
        self._message = ""
        self._view: Review | None = None
        self._language = ""
        self.cursor = Cursor(lambda: len(self.findings))

    @property
    def review(self) -> Review:
        """The review in the present language."""
        if self._view is None or self._language != self.session.language:
            self._view, self._language = self.session.review(self.context.now()), self.session.language
        return self._view

    @property
    def findings(self) -> Sequence[InterviewFinding]:
        return self.review.findings

    def accept_key(self, key: KeyEvent) -> bool:
        return self.cursor.press(key)

    def click_row(self, row: int) -> None:
        """Go to the clicked finding."""
        self.cursor.row = row
        self.action_open_finding()

    def key_hints(self) -> Sequence[str]:
        if self.sha256:
            return ("finish.done",)
        first = ["finish.finish"] if self.review.complete else []
        return [
            *first,
            *(["finish.jump"] if self.findings else []),
            "finish.back",
            "common.language",
            "finish.pause",
        ]

    def action_open_finding(self) -> None:
        """Go to the question of the current finding; after finalisation, leave."""
        if self.sha256:
            self.close(END)
        elif self.findings and self.findings[self.cursor.row].path:
            self.close(self.findings[self.cursor.row].path)

    def action_finish(self) -> None:
        if self.sha256:
            return
        if not self.review.complete:
            self._message = self.context.words("finish.not_yet")
            return
        try:
            self.sha256 = self.context.interviews.finalise(self.session)
            self._message = ""
        except (StoreError, AnswerError) as error:
            self._message = self.context.words.error(error)
            self._view = None

    def action_back(self) -> None:
        """Go back to the interview; after finalisation, leave."""
        if self.sha256:
            self.close(END)
        elif self.session.current == END:
            self.close(self.session.back(self.context.now()).path)
        else:
            self.close()

    def action_pause(self) -> None:
        """Leave; a draft stays a draft."""
        if not self.sha256:
            self.session.pause(self.context.now())
        self.close(END)

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words, review = self.context.words, self.review
        facts = words(
            "finish.facts",
            answered=review.answered,
            relevant=review.relevant,
            minutes=max(1, round(review.minutes)),
        )
        lines: list[ScreenLine] = [(TextSpan(" " + words("finish.title"), "title"),), *self.rule(width)]
        return [*lines, *text_lines(facts, width - 3), (TextSpan(""),)]

    def _list(self, width: int, height: int) -> list[ScreenLine]:
        if self.sha256:
            return self._stored_lines(width)
        if not self.findings:
            text = wrap(self.context.words("finish.all_well"), width - 5)
            return [
                (TextSpan(f" {self.symbols.done} {text[0]}", "good"),),
                *((TextSpan(f"   {t}"),) for t in text[1:]),
            ]
        blocks = [self._finding_lines(index, found, width) for index, found in enumerate(self.findings)]
        return visible_lines(blocks, self.cursor.row, height, self.symbols)

    def _finding_lines(self, index: int, found: InterviewFinding, width: int) -> list[ScreenLine]:
        here = index == self.cursor.row
        pointer = self.symbols.pointer if here else " "
        symbol = "X" if found.blocking else "!"
        target = f"row:{index}"
        style = "error" if found.blocking else "warning"
        label = wrap(plain_text(found.label or found.path), width - 7)[:2]
        lines: list[ScreenLine] = [
            (TextSpan(f" {pointer} "), TextSpan(f"{symbol} {label[0]}", "strong" if here else "", target))
        ]
        lines += [(TextSpan("     "), TextSpan(text, "strong" if here else "", target)) for text in label[1:]]
        message = wrap(plain_text(found.message), width - 7)[:3]
        return lines + [(TextSpan("     "), TextSpan(text, style, target)) for text in message]

    def _stored_lines(self, width: int) -> list[ScreenLine]:
        words = self.context.words("finish.stored")
        return [
            *text_lines(words, width - 5, "good", f" {self.symbols.saved} "),
            (TextSpan(""),),
            *text_lines(f"SHA-256 {self.sha256}", width - 5, "dim", "   "),
        ]

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        message = text_lines(self._message, width - 4, "error", " ! ") if self._message else []
        return [*message, *self.rule(width)]
