"""What can go wrong while sending; the words for people are in ``locale`` under ``errors.<code>``.

::

    SyncError
    ├── LineError            the line, or the server for now: trying again may be enough
    │   └── StrangerError    somebody else answered: a captive portal, a proxy, another program
    ├── RejectedError        the server understood the request and refused it as a whole
    ├── EnrolmentError       no token, or not accepted
    ├── UntrustedError       a certificate, signature or key that nobody vouches for
    ├── CoordinatorError     the server refused what a coordinator asked
    ├── BusyError            another program is sending, or holds the store
    └── BundleError          a bundle or receipt file that cannot be used
"""

from __future__ import annotations

from survey_tui.errors import ExitCode, SurveyError


class SyncError(SurveyError):
    """Sending or fetching failed; what was acknowledged before still is, and nothing is lost."""

    exit_code = ExitCode.WAITING


class RetryableError(SyncError):
    """No connection, a broken one, or a server that cannot answer now.

    ``retry_after``: seconds that the server asked for, ``None`` when it did not.
    """

    def __init__(self, code: str, /, *, retry_after: float | None = None, **details: object) -> None:
        super().__init__(code, **details)
        self.retry_after = retry_after


class ForeignReplyError(RetryableError):
    """The reply is not the collection server's, whatever its status says."""


class ServerProblemError(SyncError):
    """The server's refusal of a request. ``problem`` is its code, ``status`` the HTTP status."""

    def __init__(self, problem: str, status: int, detail: str = "") -> None:
        super().__init__("sync_rejected", problem=problem, status=status, detail=detail)
        self.problem = problem
        self.status = status


class CoordinatorError(SyncError):
    """The server does not do what a coordinator asked for; a person must look at it."""

    exit_code = ExitCode.REFUSED


class EnrolmentError(SyncError):
    """This device is not enrolled, or the server no longer accepts it."""

    exit_code = ExitCode.NOT_ENROLLED


class TrustError(SyncError):
    """A certificate, signature or key is not to be trusted."""

    exit_code = ExitCode.UNTRUSTED


class BusyError(SyncError):
    """Another program is at it."""

    exit_code = ExitCode.BUSY


class BundleError(SyncError):
    """A file from a stick cannot be read or is not what it says."""

    exit_code = ExitCode.UNTRUSTED
