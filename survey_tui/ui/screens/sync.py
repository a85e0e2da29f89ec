"""The Sync screen: pending responses, progress, errors, and what the coordinator has sent.

The exchange with the server runs in a thread with its own store, as on the command line. Leaving at any
moment loses nothing. Every text from others is made safe to show.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import dropwhile, starmap
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding

from survey_tui.errors import SurveyError
from survey_tui.locale import Translator
from survey_tui.ui.background_task import BackgroundTask
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import ScreenLine, ScrolledText, plain_text, text_lines
from survey_tui.ui.lines_view import LinesView
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.base import BaseScreen, binding
from survey_tui.ui.screens.packages import PackagesScreen
from survey_tui.ui.sync_client import SyncClient, SyncState, format_progress, format_size

if TYPE_CHECKING:
    from survey_tui.ui.sync_client import (
        Exchange,
        Inbox,
        InboxMessage,
        PackageRecord,
        SyncStatus,
        UploadProgress,
        UploadReport,
    )


_OLD = 30


class Paragraph(NamedTuple):
    """A paragraph. ``message`` or ``package`` is the number of the update that counts as seen once it is
    shown."""

    text: str
    style: str = ""
    message: int = 0
    package: int = 0


def unread_paragraphs(inbox: Inbox, client: SyncClient, words: Translator) -> Iterator[Paragraph]:
    """New updates: packages to install, unread messages with the last one first, and packages with an
    error."""
    ready = len(inbox.packages_in_state("ready"))
    if ready:
        yield Paragraph(words("sync.packages_ready", count=ready), "good")
    unread = [message for message in inbox.messages if not message.seen]
    if unread:
        yield from _message_paragraphs(unread, "sync.messages_new", words)
    for record in inbox.packages:
        if record.needs_attention:
            yield from _package_paragraphs(record, client, words)


def seen_paragraphs(inbox: Inbox, words: Translator) -> Iterator[Paragraph]:
    """Messages that were shown before."""
    old = [message for message in inbox.messages if message.seen]
    if old:
        yield from _message_paragraphs(old[-_OLD:], "sync.messages_old", words)


def _package_paragraphs(record: PackageRecord, client: SyncClient, words: Translator) -> Iterator[Paragraph]:
    """The reason why a package is not installed, and the remedy."""
    texts = list(client.remedies(record, words))
    if not texts:
        return
    package = record.package
    state = words(f"sync.package_{record.state}")
    head = words("sync.package", name=package.name, version=package.version, state=state)
    yield Paragraph("")
    if record.state != "unknown_key":  # which says its name itself
        yield Paragraph(plain_text(head), "warning")
    for text in texts[:-1]:
        yield Paragraph(plain_text(text), "warning" if record.state == "unknown_key" else "")
    yield Paragraph(plain_text(texts[-1]), package=package.seq)


def _message_paragraphs(
    messages: Sequence[InboxMessage], title: str, words: Translator
) -> Iterator[Paragraph]:
    yield Paragraph("")
    yield Paragraph(words(title), "strong")
    for number, message in enumerate(reversed(messages)):
        if number:
            yield Paragraph("")
        key = "sync.message_head_retracted" if message.retracted else "sync.message_head"
        yield Paragraph(plain_text(words(key, date=_format_moment(message.at), author=message.author)), "dim")
        style = "dim" if message.retracted else ""
        yield Paragraph(plain_text(message.text, newlines=True), style, message=message.seq)


def _format_moment(at: str) -> str:
    """A moment by this device's clock: ``21/11 08:30``."""
    try:
        return f"{dt.datetime.fromisoformat(at).astimezone():%d/%m %H:%M}"
    except (ValueError, OverflowError, OSError):
        return at[:16]


_LISTED = 5


class SyncScreen(BaseScreen[None]):
    """See the module."""

    BINDINGS: ClassVar[list[Binding]] = [
        binding("sync.push", "enter,ctrl+y", "push"),
        binding("sync.stop", "ctrl+k", "stop"),
        binding("sync.update", "ctrl+u", "update"),
        binding("common.back", "escape,ctrl+b,ctrl+q,ctrl+c", "back"),
    ]

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context)
        self.client = context.sync_client
        self.state = SyncState()
        self.progress: UploadProgress | None = None
        self.report: UploadReport | None = None
        self.problem: SurveyError | None = None
        self._exchange: Exchange | None = None
        self._stopping = False
        self._page = ScrolledText()
        self._shown_numbers: tuple[set[int], set[int]] = (set(), set())
        self._read_state()

    @property
    def is_sending(self) -> bool:
        return self._exchange is not None

    def key_hints(self) -> Sequence[str]:
        first = [] if self.state.credentials is None else ["sync.stop" if self.is_sending else "sync.push"]
        if self._can_update():
            first.append("sync.update")
        return (*first, "common.back", "common.language", "common.help")

    # --- keys
    def accept_key(self, key: KeyEvent) -> bool:
        return self._page.press(key)

    def action_push(self) -> None:
        """Start sending, if the device is enrolled."""
        credentials = self.state.credentials
        if self.is_sending or credentials is None:
            return
        self.progress = self.report = self.problem = None
        self._stopping = False
        self._page.top = 0
        background = BackgroundTask(self)
        self._exchange = self.client.new_exchange(
            self.context.store.open_shared,
            credentials,
            lambda progress: background.call_in_loop(partial(self._show_progress, progress)),
        )
        background.run(self._exchange.run, self._show_report, self._show_error)

    def action_stop(self) -> None:
        """Stop sending; responses with a receipt stay delivered."""
        if self._exchange is not None:
            self._stopping = True
            threading.Thread(target=self._exchange.stop, daemon=True).start()  # closing may take a moment

    def action_update(self) -> None:
        """Open the packages that are ready, but not while sending."""
        if not self._can_update():
            return
        self.navigator.open(PackagesScreen(self.context, self._reload_after_update))

    def _reload_after_update(self, _done: bool) -> None:
        self.report = None
        self._page.top = 0
        self._read_state()

    def action_back(self) -> None:
        self.action_stop()
        self._mark_seen()
        self.close()

    def _can_update(self) -> bool:
        return (
            not self.is_sending
            and self.state.inbox is not None
            and bool(self.state.inbox.packages_in_state("ready"))
        )

    def _mark_seen(self) -> None:
        """Mark what was on the screen as seen; if the disk refuses, it is shown once more."""
        messages, packages = self._shown_numbers
        if self.state.inbox is not None and (messages or packages):
            with suppress(SurveyError):
                self.state.inbox.mark_seen(messages, packages)
        self._shown_numbers = (set(), set())

    # --- in the background
    def _show_progress(self, progress: UploadProgress) -> None:
        if progress.error is not None and self.progress is not None:  # an error comes without figures
            figures = self.progress
            progress = type(progress)(
                done=figures.done,
                total=figures.total,
                sent=figures.sent,
                error=progress.error,
                pause=progress.pause,
                fetching=figures.fetching,
            )
        self.progress = progress

    def _show_report(self, report: UploadReport) -> None:
        self.report = report
        self._reload()

    def _show_error(self, problem: SurveyError) -> None:
        self.problem = problem
        self._reload()

    def _reload(self) -> None:
        self._exchange = None
        self.context.store.refresh()
        self._read_state()

    def _read_state(self) -> None:
        self.state = self.client.read_state(self.context.store)
        if self.state.problem is not None:
            self.problem = self.state.problem

    # --- drawing
    def views(self) -> Iterable[LinesView]:
        yield LinesView(self._head, id="header")
        yield LinesView(self._body, grows=False, id="answer")
        yield LinesView(self._foot, id="feedback")

    def _head(self, width: int, _height: int) -> list[ScreenLine]:
        words = self.context.words
        name = self.state.credentials.server_name if self.state.credentials is not None else ""
        lines: list[ScreenLine] = [self.title_line(words("sync.title"), plain_text(name)[:30], width)]
        if self.state.status is not None:
            counts = words(
                "sync.waits", waiting=len(self.state.status.waiting), received=self.state.status.received
            )
            lines += text_lines(counts, width - 2)
        return [*lines, *self.rule(width)]

    def _body(self, width: int, height: int) -> list[ScreenLine]:
        lines: list[ScreenLine] = []
        ends: list[tuple[int, Paragraph]] = []
        for paragraph in dropwhile(lambda each: not each.text, self._paragraphs(width)):
            lines += text_lines(paragraph.text, width - 3, paragraph.style)
            ends.append((len(lines), paragraph))
        shown = self._page.show(lines, height, self.symbols)
        far = self._page.end(len(lines), height)
        for end, paragraph in ends:
            if end <= far:
                self._shown_numbers[0].add(paragraph.message)
                self._shown_numbers[1].add(paragraph.package)
        return shown

    def _paragraphs(self, width: int) -> Iterator[Paragraph]:
        words = self.context.words
        if self.state.credentials is None:
            yield Paragraph(words("sync.no_server"), "warning")
            yield Paragraph(words("sync.stick"))
        if self.is_sending:
            yield from starmap(Paragraph, self._progress_paragraphs(width))
        if self.report is not None:
            yield from starmap(Paragraph, self._report_paragraphs(self.report))
        if self.problem is not None:
            yield Paragraph(words.error(self.problem), "error")
        if self.state.inbox is not None:
            yield from unread_paragraphs(self.state.inbox, self.client, words)
        if self.problem is None and self.state.status is not None and not self.is_sending:
            yield from starmap(Paragraph, self._finding_paragraphs(self.state.status))
        if self.state.inbox is not None:
            yield from seen_paragraphs(self.state.inbox, words)

    def _progress_paragraphs(self, width: int) -> Iterator[tuple[str, str]]:
        words, symbols, progress = self.context.words, self.symbols, self.progress
        if progress is None or self._stopping:
            yield words("sync.stopping" if self._stopping else "sync.sending"), ""
            return
        part = progress.done / progress.total if progress.total else 0.0
        bar_width = max(10, min(width - 10, 50))
        full = round(part * bar_width)
        yield f"{symbols.bar_done * full}{symbols.bar_left * (bar_width - full)} {part:4.0%}", ""
        yield plain_text(format_progress(progress, words)), ""
        if progress.error is not None:
            message = words.error(progress.error)
            yield words("sync.pausing", message=message, seconds=f"{progress.pause:.0f}"), "warning"

    def _report_paragraphs(self, report: UploadReport) -> Iterator[tuple[str, str]]:
        words = self.context.words
        if report.total or report.error is None:
            facts = {"arrived": report.delivered, "total": report.total, "sent": format_size(report.sent)}
            key = "sync.done" if report.total else "sync.nothing_waits"
            yield words(key, **(facts if report.total else {})), "good" if not report.waiting else ""
        if report.erased:
            yield words("sync.erased", count=report.erased), ""
        if report.seconds_off is not None and abs(report.seconds_off) > 600:
            yield words("sync.clock_off", minutes=round(report.seconds_off / 60)), "warning"
        if report.held:
            yield words("sync.held", count=report.held), "warning"
        for error in (report.error, report.later_error):
            if error is not None:
                yield words.error(error), "error" if error is report.error else "warning"

    def _finding_paragraphs(self, found: SyncStatus) -> Iterator[tuple[str, str]]:
        words = self.context.words
        for finding in found.findings[:_LISTED]:
            key = f"sync.finding_{finding.status}"
            yield words(key, id=finding.id, reason=plain_text(finding.reason) or "–"), "warning"
        if len(found.findings) > _LISTED:
            yield words("sync.more_findings", count=len(found.findings) - _LISTED), "warning"

    def _foot(self, width: int, _height: int) -> list[ScreenLine]:
        hint = self.context.words("sync.safe_to_leave")
        return [*(text_lines(hint, width - 3, "dim") if self.is_sending else []), *self.rule(width)]
