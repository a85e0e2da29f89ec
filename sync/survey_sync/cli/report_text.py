"""What a person sees of an upload: one line that is drawn over while it runs, and a few sentences at its
end."""

from __future__ import annotations

import sys
import time

from survey_sync.client.upload_report import (
    UploadProgress,
    UploadReport,
    format_duration,
    format_progress,
    format_size,
)
from survey_tui.console.command_context import CommandContext
from survey_tui.console.output import write_line
from survey_tui.locale import Translator
from survey_tui.vietnamese import clean

_WIDTH = 24
_LISTED = 20


def first_words(text: str, columns: int) -> str:
    """The beginning of a text on one line."""
    from survey_tui.vietnamese import truncate

    return truncate(" ".join(clean(text).split()), columns)


def when(at: str, *, year: bool = True) -> str:
    """A moment of the protocol as this device's clock shows it, ``21/11/2026 23:05``; "" stays."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(at).astimezone().strftime("%d/%m/%Y %H:%M" if year else "%d/%m %H:%M")
    except (ValueError, OverflowError, OSError):
        return at[:16]


class ProgressBar:
    """A bar of plain characters on standard error; on a file or a pipe, a line every few seconds."""

    def __init__(self, words: Translator, *, silent: bool = False) -> None:
        self._words = words
        self._silent = silent or sys.stderr is None
        self._live = not self._silent and sys.stderr.isatty()
        self._drawn = 0
        self._last = float("-inf")
        self._begun = time.monotonic()

    def show(self, progress: UploadProgress) -> None:
        """Draw it."""
        if self._silent:
            return
        if progress.error is not None:
            message = self._words.error(progress.error)
            pausing = self._words("sync.pausing", message=message, seconds=f"{progress.pause:.0f}")
            self._line(pausing, keep=True)
            return
        if not progress.total or (not self._live and time.monotonic() - self._last < 5):
            return
        self._last = time.monotonic()
        self._bar(progress.done / progress.total, format_progress(progress, self._words))

    def count(self, done: int, total: int) -> None:
        """Draw how many responses are taken in, once that takes longer than a second."""
        now = time.monotonic()
        if self._silent or now - self._begun < 1 or (not self._live and now - self._last < 5):
            return
        self._last = now
        self._bar(min(done / max(total, 1), 1.0), self._words("sync.taking_in", done=done, total=total))

    def _bar(self, part: float, facts: str) -> None:
        bar = "#" * round(part * _WIDTH)
        self._line(f"[{bar:.<{_WIDTH}}] {part:4.0%}  {facts}", keep=not self._live)

    def close(self) -> None:
        """Leave the line."""
        if self._drawn:
            self._write("\n")
            self._drawn = 0

    def _line(self, text: str, *, keep: bool) -> None:
        text = clean(text)
        if self._live:
            self._write("\r" + text.ljust(self._drawn) + ("\n" if keep else ""))
            self._drawn = 0 if keep else len(text)
        else:
            self._write(text + "\n")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            self._silent = True


def tell_report(program: CommandContext, report: UploadReport) -> None:
    """The end of an upload in words: data on standard output, what to do on standard error."""
    words = program.words
    key = "sync.nothing_waits" if not report.total and report.error is None else "sync.arrived"
    write_line(
        words(
            key,
            arrived=report.delivered,
            total=report.total,
            waiting=report.waiting,
            sent=format_size(report.sent),
            time=format_duration(report.seconds),
        )
    )
    if report.erased:
        write_line(words("sync.erased", count=report.erased))
    for finding in report.findings[:_LISTED]:
        program.diagnostics.note(
            f"sync.finding_{finding.status}", id=finding.id, reason=finding.reason or "–"
        )
    if len(report.findings) > _LISTED:
        program.diagnostics.note("sync.more_findings", count=len(report.findings) - _LISTED)
    if report.held:
        program.diagnostics.note("sync.held", count=report.held)
    if report.seconds_off is not None and abs(report.seconds_off) > 600:
        program.diagnostics.note("sync.clock_off", minutes=round(report.seconds_off / 60))
    if report.error is not None:
        program.diagnostics.error(report.error)
    if report.later_error is not None:
        program.diagnostics.warning(report.later_error)


def tell_news(program: CommandContext) -> None:
    """What the coordinator has sent and waits for somebody, with the commands that show it."""
    from survey_sync.client.unread_counts import read_unread_counts

    news = read_unread_counts(program.home)
    counts = {"messages": news.unread, "packages": news.ready, "troubled": news.needs_attention}
    for name, count in counts.items():
        if count:
            write_line(program.words(f"sync.status_{name}", count=count))
