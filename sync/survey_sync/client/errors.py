"""Errors of sync; messages for people are in ``locale`` under ``errors.<code>``.

::

    SyncError
    ├── RetryableError         no connection, or the server cannot answer now: trying again may be enough
    │   └── ForeignReplyError  the reply is not the server's: a captive portal, a proxy, another program
    ├── ServerProblemError     the server refused a request (RFC 9457)
    ├── EnrolmentError         no token, or one that the server does not accept
    ├── TrustError             an untrusted certificate, signature or key
    ├── CoordinatorError       the server refused a coordinator's request
    ├── BusyError              another process holds the upload lock
    └── BundleError            a bundle or receipt file that cannot be used
"""

from __future__ import annotations

from survey_tui.errors import ExitCode, SurveyError


class SyncError(SurveyError):
    """Sending or fetching failed. Responses with a receipt keep it, and none is lost."""

    exit_code = ExitCode.WAITING


class RetryableError(SyncError):
    """No connection, a broken one, or a server that cannot answer now.

    ``retry_after``: seconds that the server asked for, ``None`` when it did not.
    """

    def __init__(self, code: str, /, *, retry_after: float | None = None, **details: object) -> None:
        super().__init__(code, **details)
        self.retry_after = retry_after


class ForeignReplyError(RetryableError):
    """A reply that is not the collection server's, whatever its status."""


class ServerProblemError(SyncError):
    """The server's refusal of a request. ``problem`` is its code, ``status`` the HTTP status."""

    def __init__(self, problem: str, status: int, detail: str = "") -> None:
        super().__init__("sync_rejected", problem=problem, status=status, detail=detail)
        self.problem = problem
        self.status = status


class CoordinatorError(SyncError):
    """The server refused a coordinator's request; a person must look at it."""

    exit_code = ExitCode.REFUSED


class EnrolmentError(SyncError):
    """This device is not enrolled, or the server no longer accepts it."""

    exit_code = ExitCode.NOT_ENROLLED


class TrustError(SyncError):
    """A certificate, signature or key is not trusted."""

    exit_code = ExitCode.UNTRUSTED


class BusyError(SyncError):
    """Another process holds the upload lock."""

    exit_code = ExitCode.BUSY


class BundleError(SyncError):
    """A bundle or receipt file cannot be read, or its content is not what it claims."""

    exit_code = ExitCode.UNTRUSTED
