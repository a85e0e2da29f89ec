"""Home: the list of responses with their states, and the way to all other screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding

from survey_tui.interview.outcome import OUTCOMES
from survey_tui.store import STATUSES, Summaries, Summary
from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import (
    Cursor,
    ScreenLine,
    TextSpan,
    cut,
    plain_text,
    text_lines,
    visible_lines,
)
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.vietnamese.match import match

_WIDE = 60


class HomeScreen(BaseScreen[None]):
    """Responses, drafts first; typed text filters them."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("home.open", "enter", "open"),
        binding("home.new", "ctrl+n", "new"),
        binding("home.reopen", "ctrl+o", "reopen"),
        binding("home.discard", "ctrl+d", "discard"),
        binding("home.withdraw", "ctrl+x", "withdraw"),
        binding("home.sync", "ctrl+y", "sync"),
        binding("home.settings", "ctrl+s", "settings"),
        binding("home.plugin_off", "ctrl+t", "plugin_failure"),
        binding("home.plugin_screens", "ctrl+p", "plugin_screens"),
        binding("home.quit", "ctrl+q,ctrl+c", "quit"),
    ]

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context)
        self.filter = LineEditor()
        self.message = ""
        self._confirming = ""
        self._unread_counts: tuple[tuple[str, int], ...] = ()
        self._all = self.rows = Summaries([])
        self._counts: dict[str, int] = {}
        self.cursor = Cursor(lambda: len(self.rows))
        self.reload()

    def reload(self) -> None:
        """Read the responses from the store."""
        self._headings: dict[tuple[str, str], str] = {}
        self._all = self.context.responses()
        self._count()
        self._narrow()

    def _count(self) -> None:
        self._counts = dict.fromkeys(("today", *STATUSES), 0)
        today = f"{self.context.now():%Y-%m-%d}"
        for row in self._all:
            self._counts[row.status] += 1
            self._counts["today"] += row.status != "draft" and row.updated.startswith(today)

    def _narrow(self) -> None:
        typed = self.filter.text.strip()
        self.rows = (
            self._all.select(lambda row: bool(match(typed, self._search_text(row)))) if typed else self._all
        )

    def _search_text(self, row: Summary) -> str:
        return f"{self._heading(row)} {self._state(row)}"

    def _heading(self, row: Summary) -> str:
        key = (row.id, self.context.words.language)
        if key not in self._headings:
            self._headings[key] = plain_text(self.context.heading(row.place, row.household, row.title))
        return self._headings[key]

    # --- keys
    def press(self, key: KeyEvent) -> None:
        """Cancel an action that must be pressed twice by any other key."""
        if self._confirming and key.name not in ("ctrl+o", "ctrl+d"):
            self._clear_messages()
        super().press(key)

    def accept_key(self, key: KeyEvent) -> bool:
        """Move by arrows; filter by text."""
        if key.name == "question_mark" and not self.filter.text:
            return False
        if key.name not in ("home", "end") and self.cursor.press(key):
            self._clear_messages()
            return True
        if self.filter.press(key):
            self._apply_filter()
            return True
        return False

    def accept_paste(self, text: str) -> None:
        self.filter.insert(text)
        self._apply_filter()

    def _apply_filter(self) -> None:
        self.cursor.row = 0
        self._narrow()
        self._clear_messages()

    def click_row(self, row: int) -> None:
        """Select a row; open it at a second click."""
        if self.cursor.row == row:
            self.action_open()
        self.cursor.row = row

    def key_hints(self) -> Sequence[str]:
        row = self._row()
        reopen = ["home.reopen"] if row is not None and row.status == "final" else []
        first = ["home.open"] if row is not None else []
        waiting = self._counts["final"] or self._counts["sent"]
        if self.context.failing_plugins:
            first = [*first, "home.plugin_off"]
        if waiting or self._unread_counts or self.context.sync_client.is_enrolled:
            work = ["home.sync", "home.settings"]
        else:
            work = ["home.settings", "common.language"]
        if self.context.has_plugin_screens:
            work = [work[0], "home.plugin_screens"]
        if self.context.store.read_only:
            return [*first, *work, "common.help", "home.quit"]
        return [*first, "home.new", *reopen, *work, "common.help", "home.quit"][:6]

    def action_open(self) -> None:
        """Resume a draft or read a final response."""
        row = self._row()
        if row is None:
            self.action_new()
            return
        if row.sealed:
            self.message = self.context.words("home.sealed")
        elif row.status == "draft" and not self.context.store.read_only:
            self._go_on(row.id)
        else:
            session = self.context.resume(row.id)
            from survey_tui.ui.screens.response import ResponseScreen

            self.navigator.open(ResponseScreen(self.context, session, self._heading(row)))

    def _go_on(self, response_id: str) -> None:
        """Resume a draft; changes of its form are shown first."""
        change = self.context.form_change(response_id)
        if change is None:
            self.navigator.open_interview(self.context.resume(response_id))
            return
        from survey_tui.ui.screens.form_change import FormChangeScreen

        self.navigator.open(FormChangeScreen(self.context, change, lambda _: self._resume(response_id)))

    def _resume(self, response_id: str) -> None:
        self.navigator.open_interview(self.context.resume(response_id))

    def action_withdraw(self) -> None:
        from survey_tui.ui.screens.withdraw import WithdrawScreen

        if self.context.store.read_only:
            self.message = self._why_read_only()
        else:
            self.navigator.open(WithdrawScreen(self.context, self._show_message))

    def action_new(self) -> None:
        from survey_tui.ui.screens.new_interview import NewInterviewScreen

        if self.context.store.read_only:
            self.message = self._why_read_only()
        else:
            self.navigator.open(NewInterviewScreen(self.context, self._show_message))

    def action_reopen(self) -> None:
        """Reopen a final response that was not sent, at the second key press."""
        row = self._row()
        if row is None or row.status == "draft":
            return
        if self.context.store.read_only:
            self.message = self._why_read_only()
        elif row.sealed:
            self.message = self.context.words("home.sealed")
        elif row.status != "final":
            self.message = self.context.words("home.sent_already")
        elif self._confirming != f"reopen {row.id}":
            self._confirming = f"reopen {row.id}"
            self.message = self.context.words("home.sure_reopen")
        else:
            self._clear_messages()
            self.context.resume(row.id).reopen(self.context.now())
            self._go_on(row.id)

    def action_discard(self) -> None:
        """Discard a draft, at the second key press."""
        row = self._row()
        if row is None or row.status != "draft":
            return
        if self.context.store.read_only:
            self.message = self._why_read_only()
        elif self._confirming != f"discard {row.id}":
            self._confirming = f"discard {row.id}"
            self.message = self.context.words("home.sure_discard")
        else:
            self.context.store.discard_draft(row.id)
            self._clear_messages()
            self.reload()

    def action_sync(self) -> None:
        from survey_tui.ui.screens.sync import SyncScreen

        self.navigator.open(SyncScreen(self.context))

    def action_settings(self) -> None:
        from survey_tui.ui.screens.settings import SettingsScreen

        self.navigator.open(SettingsScreen(self.context))

    def action_plugin_failure(self) -> None:
        """Ask whether to switch off a plugin that failed."""
        from survey_tui.ui.screens.plugin_failure import PluginFailureScreen

        failures = self.context.plugin_failures
        if failures is not None and failures.undecided:
            self.navigator.open(PluginFailureScreen(self.context, failures, self._show_message))

    def action_plugin_screens(self) -> None:
        """Choose a screen of a plugin."""
        if self.context.plugins is not None and self.context.has_plugin_screens:
            from survey_tui.ui.screens.plugin_screens import PluginScreensScreen

            self.navigator.open(PluginScreensScreen(self.context, self.context.plugins()))

    def action_quit(self) -> None:
        self.navigator.leave()

    def _show_message(self, message: str) -> None:
        self.reload()
        self.message = message

    def _row(self) -> Summary | None:
        return self.rows[self.cursor.row] if self.rows else None

    def _clear_messages(self) -> None:
        self.message = self._confirming = ""
        self.context.problem = ""

    # --- drawing
    def on_mount(self) -> None:
        """Read the unread counts once the list is drawn. (Textual also calls the handler of the base
        class.)"""
        self.call_after_refresh(self._refresh_unread_counts)

    def on_screen_resume(self) -> None:
        """Reload: another screen may have changed the responses."""
        self.reload()
        if self.is_mounted:
            self._refresh_unread_counts()
            self.draw()

    def _refresh_unread_counts(self) -> None:
        before, self._unread_counts = self._unread_counts, self.context.sync_client.unread_counts()
        if self._unread_counts != before:
            self.draw()

    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._list, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        today = f"{self.context.now():%d/%m/%Y}"
        lines: list[ScreenLine] = [self.title_line(words("home.title"), today, width)]
        lines += text_lines(self._counts_text(), width - 2)
        if self.filter.text:
            lines.append(
                (
                    TextSpan(f" {words('outline.find')} "),
                    TextSpan(self.filter.text, "typed"),
                    TextSpan(" ", "caret"),
                )
            )
        return [*lines, *self.rule(width)]

    def _counts_text(self) -> str:
        return self.context.words("home.glance", **self._counts)

    def _list(self, width: int, height: int) -> list[ScreenLine]:
        if not self.rows:
            words = self.context.words
            empty = "home.nothing_readable" if self.context.store.read_only else "home.nothing"
            key = "home.nothing_found" if self.filter.text else empty
            return [(TextSpan(""),), *text_lines(words(key), width - 4, "", "   ")]
        here = self.cursor.row
        low = max(0, here - height)
        window = range(low, min(len(self.rows), here + height + 1))
        blocks = [self._row_lines(index, self.rows[index], width) for index in window]
        return visible_lines(blocks, here - low, height, self.symbols)

    def _row_lines(self, index: int, row: Summary, width: int) -> list[ScreenLine]:
        symbols, here, target = self.symbols, index == self.cursor.row, f"row:{index}"
        symbol = {
            "draft": symbols.unsaved,
            "final": symbols.done,
            "sent": symbols.more_above,
            "received": symbols.saved,
        }[row.status]
        pointer = symbols.pointer if here else " "
        lead = f" {pointer} {symbol} "
        style = "strong" if here else ""
        state = self._state(row)
        heading = self._heading(row)
        if width >= _WIDE:
            free = width - len(lead) - len(state) - 3
            return [
                (
                    TextSpan(lead + cut(heading, free).ljust(free), style, target),
                    TextSpan(f"  {state}", style or "dim", target),
                )
            ]
        return [
            (TextSpan(lead + cut(heading, width - len(lead) - 1), style, target),),
            (TextSpan(f"     {state}", "dim", target),),
        ]

    def _state(self, row: Summary) -> str:
        words = self.context.words
        state = words(f"home.{row.status}")
        if row.outcome in OUTCOMES and row.outcome != "done":
            state = f"{words(f'start.outcome_{row.outcome}')}{self.symbols.between}{state}"
        count = f" {row.answered}/{row.relevant}" if row.status == "draft" and row.relevant else ""
        return f"{state}{count} {row.updated[8:10]}/{row.updated[5:7]} {row.updated[11:16]}"

    def _why_read_only(self) -> str:
        """Reason why nothing can be changed. The places of a damage are left to ``survey-tui store check``:
        here they would push the list off a small screen."""
        words = self.context.words
        damage = sum(notice.severity == "error" for notice in self.context.store.notices)
        return words("home.damaged", count=damage) if damage else words("home.read_only")

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        store, words = self.context.store, self.context.words
        failing = next(iter(self.context.failing_plugins), "")
        notices = [self._why_read_only()] if store.read_only else []
        if failing and not self.context.problem:
            notices.append(words("plugins.off_question", plugin=failing))
        shown = [each for each in store.notices if not (store.read_only and each.severity == "error")]
        notices += [f"{notice.what(words)} {notice.remedy(words)}" for notice in shown]
        texts = [text for text in (self.message, self.context.problem, *notices) if text]
        lines: list[ScreenLine] = []
        for text in dict.fromkeys(texts):
            lines += text_lines(text, width - 4, "warning", " ! ")
        if self._unread_counts:
            what = self.symbols.between.join(
                words(f"home.{key}", count=count) for key, count in self._unread_counts
            )
            lines += text_lines(words("home.post", what=what), width - 2, "good")
        if not store.passphrase_lock.is_set:
            lines.append((TextSpan(cut(f" {words('home.not_encrypted')}", width - 1), "dim"),))
        return [*lines, *self.rule(width)]
