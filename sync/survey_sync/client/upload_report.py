"""What an upload tells: while it runs, and at its end.

How far sending is, in figures for people: the same on the screen and in the terminal."""

from __future__ import annotations

from msgspec import Struct

from survey_sync.client.errors import EnrolmentError, RetryableError, TrustError
from survey_sync.protocol.messages import SAFE
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.locale import Translator


class UploadProgress(Struct, frozen=True, kw_only=True):
    """How far it is. ``done`` of ``total`` responses have an answer; ``sent`` bytes went out, some ``left``
    bytes remain (``None``: not known yet), for about ``seconds`` (``None``: not known).

    ``trouble`` is the failure that it is getting over, with ``pause`` seconds to wait. ``fetching`` names a
    package that is on its way here; then ``done`` and ``total`` are its bytes.
    """

    done: int
    total: int
    sent: int
    left: int | None = None
    seconds: float | None = None
    trouble: SurveyError | None = None
    pause: float = 0.0
    fetching: str = ""


class UploadFinding(Struct, frozen=True):
    """A response that a person must look at: ``status`` is ``conflict``, ``refused``, ``withdrawn`` or
    ``rejected`` (the whole request with nothing but it in was refused); ``reason`` the server's code."""

    id: str
    status: str
    reason: str = ""


class UploadReport(Struct, frozen=True, kw_only=True):
    """How it ended. Numbers are responses: ``total`` waited at the start, ``waiting`` still do, ``held`` of
    them because another program holds the store. ``counts``: receipts by status.

    ``seconds_off``: by how much this device's clock is ahead of the server's. ``erased``: withdrawn responses
    that the server has erased. ``trouble``: what went wrong after the responses (attachments, updates).
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
    trouble: SurveyError | None = None

    @property
    def delivered(self) -> int:
        """Responses that got a receipt saying that their bytes are safe."""
        return sum(self.counts.get(status, 0) for status in SAFE)

    @property
    def exit_code(self) -> ExitCode:
        """The exit status that says this to a script."""
        if self.error is not None:
            return self.error.exit_code
        if self.findings:
            return ExitCode.REFUSED
        if isinstance(self.trouble, (EnrolmentError, TrustError)):
            return self.trouble.exit_code
        if self.held:
            return ExitCode.BUSY
        return ExitCode.WAITING if self.waiting or self.can_retry else ExitCode.OK

    @property
    def can_retry(self) -> bool:
        """The responses are done with, and the line was lost after them: trying again may be enough."""
        return isinstance(self.trouble, RetryableError)

    def facts(self) -> dict[str, object]:
        """The same for a log or a script: numbers and codes only."""
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
            "trouble": self.trouble.code if self.trouble else "",
            "findings": [
                {"id": finding.id, "status": finding.status, "reason": finding.reason}
                for finding in self.findings
            ],
        }


def format_progress(progress: UploadProgress, words: Translator) -> str:
    """One line. The name of a package in it is as hostile as the server."""
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
    """``12 KB``: decimal, as telephone companies count."""
    if size < 1000:
        return f"{size:.0f} B"
    return f"{size / 1000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def format_duration(seconds: float | None) -> str:
    """``2:05``; ``–`` when it is not known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
