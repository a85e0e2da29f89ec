"""The client of survey-sync as the screens use it; the only module of ``ui`` that imports it.

Home asks for unread counts only. Everything else of the client is imported by the method that needs it, so
that Home opens without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from survey_tui.errors import SurveyError
from survey_tui.locale import Translator

if TYPE_CHECKING:
    from survey_sync.client.credentials import Credentials
    from survey_sync.client.exchange import Exchange
    from survey_sync.client.inbox import Inbox, InboxMessage
    from survey_sync.client.package_install import InstallResult, PackageChange
    from survey_sync.client.package_state import PackageRecord
    from survey_sync.client.status import SyncStatus
    from survey_sync.client.upload_report import UploadProgress, UploadReport

    from survey_tui.store import ResponseStore

__all__ = [
    "Credentials",
    "Exchange",
    "Inbox",
    "InboxMessage",
    "InstallResult",
    "PackageChange",
    "PackageRecord",
    "SyncClient",
    "SyncState",
    "SyncStatus",
    "UploadProgress",
    "UploadReport",
    "format_progress",
    "format_size",
]


class SyncState(NamedTuple):
    """Sync as the home has it, without asking the server.

    ``credentials`` are missing on a device that is not enrolled; after a ``problem``, everything that could
    not be read is missing.
    """

    status: SyncStatus | None = None
    inbox: Inbox | None = None
    credentials: Credentials | None = None
    problem: SurveyError | None = None


class SyncClient:
    """Sync of one home."""

    def __init__(self, home: Path) -> None:
        self._home = home

    # --- for Home
    @property
    def is_enrolled(self) -> bool:
        """Whether there is a server to ask: it may have something new when no response is pending."""
        return (self._home / "sync" / "server.json").is_file()

    def unread_counts(self) -> tuple[tuple[str, int], ...]:
        """(message key, count) of each kind of update that has not been shown yet."""
        if not (self._home / "sync").is_dir():
            return ()
        from survey_sync.client.unread_counts import read_unread_counts

        found = read_unread_counts(self._home)
        counts = {
            "post_unread": found.unread,
            "post_ready": found.ready,
            "post_troubled": found.needs_attention,
        }
        return tuple((key, count) for key, count in counts.items() if count)

    # --- for the Sync screen
    def read_state(self, store: ResponseStore) -> SyncState:
        """The state of the home and of ``store``."""
        from survey_sync.client import credentials
        from survey_sync.client.errors import EnrolmentError
        from survey_sync.client.inbox import Inbox
        from survey_sync.client.status import sync_status
        from survey_sync.client.sync_home import SyncHome

        state = SyncState()
        folder = SyncHome(self._home)
        try:
            state = state._replace(status=sync_status(folder, store))
            state = state._replace(inbox=Inbox(folder))
            state = state._replace(credentials=credentials.load(folder))
        except EnrolmentError:
            return state
        except SurveyError as error:
            return state._replace(problem=error)
        return state

    def new_exchange(
        self,
        open_store: Callable[[], ResponseStore],
        credentials: Credentials,
        on_progress: Callable[[UploadProgress], None],
    ) -> Exchange:
        """An exchange with the server, to be run in a thread."""
        from survey_sync.client.exchange import Exchange

        return Exchange(self._home, open_store, credentials, on_progress=on_progress)

    # --- for packages
    def inbox(self) -> Inbox:
        """Messages and packages from the coordinator."""
        from survey_sync.client.inbox import Inbox
        from survey_sync.client.sync_home import SyncHome

        return Inbox(SyncHome(self._home))

    def ready_changes(self, inbox: Inbox) -> list[PackageChange]:
        """The effects of installing each package that is ready."""
        from survey_sync.client.package_install import ready_changes

        return ready_changes(inbox)

    def install(
        self, inbox: Inbox, changes: Sequence[PackageChange], on_begin: Callable[[PackageChange], None]
    ) -> list[InstallResult]:
        """Install packages, one after the other."""
        from survey_sync.client.package_install import install_ready

        return install_ready(inbox, changes, on_begin)

    def remedies(self, package: PackageRecord, words: Translator) -> Iterable[str]:
        """The reason why a package is not installed, and the remedy, as paragraphs."""
        from survey_sync.client.package_install import remedies

        return remedies(package, self._home, words)


def format_progress(progress: UploadProgress, words: Translator) -> str:
    """Responses and bytes sent and left, in one line."""
    from survey_sync.client import upload_report

    return upload_report.format_progress(progress, words)


def format_size(size: float) -> str:
    """A number of bytes as text: ``12 KB``."""
    from survey_sync.client import upload_report

    return upload_report.format_size(size)
