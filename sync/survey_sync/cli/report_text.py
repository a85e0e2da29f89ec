"""Texts of commands: progress on standard error, the result of an upload, unread counts, moments."""

from __future__ import annotations

import time
from datetime import datetime

from survey_sync.client.unread_counts import read_unread_counts
from survey_sync.client.upload_report import (
    UploadProgress,
    UploadReport,
    format_duration,
    format_progress,
    format_size,
)
from survey_tui.console.command_context import CommandContext
from survey_tui.console.live_line import FIRST_PAUSE_SECONDS, LiveLine
from survey_tui.console.output import write_line
from survey_tui.locale import Translator
from survey_tui.vietnamese import clean, truncate

_BAR_WIDTH = 24
_MAX_LISTED = 20


def shorten(text: str, columns: int) -> str:
    """The beginning of a text on one line."""
    return truncate(" ".join(clean(text).split()), columns)


def format_moment(at: str, *, year: bool = True) -> str:
    """A moment of the protocol by this device's clock, ``21/11/2026 23:05``; ``""`` stays."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%d/%m/%Y %H:%M" if year else "%d/%m %H:%M")
    except (ValueError, OverflowError, OSError):
        return at[:16]


class ProgressReport:
    """Progress of an upload, or of receiving a bundle, as a bar of plain characters."""

    def __init__(self, words: Translator, *, silent: bool = False) -> None:
        self._words = words
        self._line = LiveLine(silent=silent)
        self._begun = time.monotonic()

    def show_upload(self, progress: UploadProgress) -> None:
        """Show progress; an error that is retried stays on the screen."""
        if progress.error is not None:
            self._line.keep(format_retry(self._words, self._words.error(progress.error), progress.pause))
        elif progress.total and self._line.can_show:
            part = progress.done / progress.total
            self._line.show(_format_bar(part, format_progress(progress, self._words)))

    def show_received(self, done: int, total: int) -> None:
        """Show the number of received responses, if it takes longer than a second."""
        if time.monotonic() - self._begun >= FIRST_PAUSE_SECONDS:
            text = self._words("sync.taking_in", done=done, total=total)
            self._line.show(_format_bar(min(done / max(total, 1), 1.0), text))

    def close(self) -> None:
        """End the progress line; other output begins below it."""
        self._line.close()


class TransferText:
    """Text with the bytes that were sent of one large body, and the time since its creation."""

    def __init__(self, words: Translator, total: int) -> None:
        self._words = words
        self._total = total
        self._begun = time.monotonic()
        self._sent = 0

    def set_sent(self, sent: int) -> None:
        """Set the number of bytes that were sent."""
        self._sent = sent

    def text(self) -> str:
        """Part, bytes and seconds in one line."""
        return self._words(
            "coordinator.sending",
            part=f"{self._sent / self._total:4.0%}",
            sent=format_size(self._sent),
            total=format_size(self._total),
            seconds=round(time.monotonic() - self._begun),
        )


def format_retry(words: Translator, message: str, pause: float) -> str:
    """An error that is retried after ``pause`` seconds."""
    return words("sync.pausing", message=message, seconds=f"{pause:.0f}")


def write_report(context: CommandContext, report: UploadReport) -> None:
    """Write the result of an upload: numbers on standard output, remedies on standard error."""
    words = context.words
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
    for finding in report.findings[:_MAX_LISTED]:
        context.diagnostics.note(
            f"sync.finding_{finding.status}", id=finding.id, reason=finding.reason or "–"
        )
    if len(report.findings) > _MAX_LISTED:
        context.diagnostics.note("sync.more_findings", count=len(report.findings) - _MAX_LISTED)
    if report.held:
        context.diagnostics.note("sync.held", count=report.held)
    if report.seconds_off is not None and abs(report.seconds_off) > 600:
        context.diagnostics.note("sync.clock_off", minutes=round(report.seconds_off / 60))
    if report.error is not None:
        context.diagnostics.error(report.error)
    if report.later_error is not None:
        context.diagnostics.warning(report.later_error)


def write_unread(context: CommandContext) -> None:
    """Write how much from the coordinator is new, with the commands that show it."""
    unread = read_unread_counts(context.home)
    counts = {"messages": unread.unread, "packages": unread.ready, "troubled": unread.needs_attention}
    for name, count in counts.items():
        if count:
            write_line(context.words(f"sync.status_{name}", count=count))


def _format_bar(part: float, text: str) -> str:
    bar = "#" * round(part * _BAR_WIDTH)
    return f"[{bar:.<{_BAR_WIDTH}}] {part:4.0%}  {text}"
