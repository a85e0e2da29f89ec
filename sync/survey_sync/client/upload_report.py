"""Progress and result of an upload, as data and as text for people."""

from __future__ import annotations

from msgspec import Struct

from survey_sync.client.errors import EnrolmentError, RetryableError, TrustError
from survey_sync.protocol.messages import DELIVERED_STATUSES
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.locale import Translator


class UploadProgress(Struct, frozen=True, kw_only=True):
    """Progress of an upload: ``done`` of ``total`` responses are answered, ``sent`` bytes were sent, about
    ``left`` bytes remain (``None``: not known yet) for about ``seconds`` (``None``: not known).

    ``error``: failure that is followed by a pause of ``pause`` seconds. ``fetching`` names a package that is
    being downloaded; then ``done`` and ``total`` are its bytes.
    """

    done: int
    total: int
    sent: int
    left: int | None = None
    seconds: float | None = None
    error: SurveyError | None = None
    pause: float = 0.0
    fetching: str = ""


class UploadFinding(Struct, frozen=True):
    """A response that a person must look at. ``status``: ``conflict``, ``refused``, ``withdrawn``,
    ``withdrawal_refused`` or ``rejected`` (the server refused a request with this response alone);
    ``reason``: the server's code."""

    id: str
    status: str
    reason: str = ""


class UploadReport(Struct, frozen=True, kw_only=True):
    """Result of an upload. Numbers are responses: ``total`` were pending at the start, ``waiting`` still are,
    ``held`` of them because another program has the store. ``counts``: receipts by status.

    ``sent``: bytes. ``seconds_off``: by how much this device's clock is ahead of the server's. ``erased``:
    withdrawn responses that the server has erased. ``error`` ended the upload; ``later_error`` is that of
    attachments or updates, which come after the responses.
    """

    total: int
    waiting: int
    held: int
    counts: dict[str, int]
    sent: int
    seconds: float
    findings: tuple[UploadFinding, ...] = ()
    error: SurveyError | None = None
    server: str = ""
    seconds_off: float | None = None
    erased: int = 0
    later_error: SurveyError | None = None

    @property
    def delivered(self) -> int:
        """Number of responses whose receipt says that their bytes are safe."""
        return sum(self.counts.get(status, 0) for status in DELIVERED_STATUSES)

    @property
    def exit_code(self) -> ExitCode:
        """Exit status of ``survey-sync push`` with this report."""
        if self.error is not None:
            return self.error.exit_code
        if self.findings:
            return ExitCode.REFUSED
        if isinstance(self.later_error, (EnrolmentError, TrustError)):
            return self.later_error.exit_code
        if self.held:
            return ExitCode.BUSY
        return ExitCode.WAITING if self.waiting or self.can_retry else ExitCode.OK

    @property
    def can_retry(self) -> bool:
        """Whether the connection failed after the responses, so that trying again may be enough."""
        return isinstance(self.later_error, RetryableError)

    def log_fields(self) -> dict[str, object]:
        """Numbers and codes for the log and for scripts; no words, no answers."""
        return {
            "total": self.total,
            "arrived": self.delivered,
            "waiting": self.waiting,
            "held": self.held,
            **dict(sorted(self.counts.items())),
            "erased": self.erased,
            "bytes": self.sent,
            "seconds": round(self.seconds, 1),
            "error": self.error.code if self.error else "",
            "trouble": self.later_error.code if self.later_error else "",
            "findings": [
                {"id": finding.id, "status": finding.status, "reason": finding.reason}
                for finding in self.findings
            ],
        }


def format_progress(progress: UploadProgress, words: Translator) -> str:
    """Progress in one line. The name of a package in it comes from the server: clean it before display."""
    if progress.fetching:
        return words("sync.fetching", name=progress.fetching, total=format_size(progress.total))
    return words(
        "sync.progress",
        done=progress.done,
        total=progress.total,
        sent=format_size(progress.sent),
        left=format_size(progress.left) if progress.left is not None else "–",
        time=format_duration(progress.seconds),
    )


def format_size(size: float) -> str:
    """``12 KB``: decimal, as mobile operators count."""
    if size < 1000:
        return f"{size:.0f} B"
    return f"{size / 1000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def format_duration(seconds: float | None) -> str:
    """``2:05``; ``–`` when it is not known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
