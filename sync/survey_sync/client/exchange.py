"""One meeting with the collection server, for the command line and for the Sync screen alike.

First what respondents took back, then the responses, then their attachments, then what the coordinator has
for this device. Each part is safe alone: a later one that fails changes nothing about an earlier one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from msgspec import structs

from survey_sync.client.attachments import delete_attachments, pending_attachments, send_attachments
from survey_sync.client.bundles.provenance import ResponseSources
from survey_sync.client.collection_server import CollectionServer
from survey_sync.client.conflicts import ConflictingResponses, PendingWithConflicts
from survey_sync.client.connection import ServerConnection
from survey_sync.client.credentials import Credentials
from survey_sync.client.errors import RetryableError, SyncError
from survey_sync.client.inbox import Inbox
from survey_sync.client.outbox import Outbox
from survey_sync.client.package_download import fetch_updates
from survey_sync.client.pending import StoreShelf
from survey_sync.client.retry import Patience
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.upload import Upload, UploadRules
from survey_sync.client.upload_report import UploadFinding, UploadProgress, UploadReport
from survey_sync.client.withdrawals import ForwardedWithdrawals, send_withdrawals
from survey_sync.protocol.messages import Package
from survey_tui.errors import PluginError, StoreError, SurveyError
from survey_tui.store import ResponseStore

_CHUNK = 128 << 10


class Exchange:
    """``open_store`` opens the store beside other programs (``exclusive=False``); it is called, and
    everything else happens, in the thread that calls :meth:`run`. :meth:`stop` may come from any thread."""

    def __init__(
        self,
        home: Path,
        open_store: Callable[[], ResponseStore],
        credentials: Credentials,
        *,
        rules: UploadRules | None = None,
        told: Callable[[UploadProgress], None] | None = None,
    ) -> None:
        self._folder = SyncHome(home)
        self._open_store = open_store
        self._rules = rules or UploadRules()
        self._told = told or (lambda _progress: None)
        self._stop = threading.Event()
        self._passes_on = credentials.role == "coordinator"
        self._line = ServerConnection(credentials.url, credentials.token)
        self._patience = Patience(self._rules.patience, self._stop, self._tell_trouble)

    def stop(self) -> None:
        """Break off; what has a receipt has it, the rest waits."""
        self._stop.set()
        self._line.close()

    def run(self) -> UploadReport:
        """Raises ``BusyError`` when another program is sending, and ``StoreError``; everything else is in the
        report."""
        history = SyncLog(self._folder.log)
        with ExitStack() as opened:
            opened.enter_context(self._folder.lock())
            store = opened.enter_context(self._open_store())
            outbox = opened.enter_context(Outbox(self._folder.outbox(), writable=True))
            opened.enter_context(self._line)
            report = self._meet(store, outbox)
        history.note("push", **report.facts())
        return report

    def _meet(self, store: ResponseStore, outbox: Outbox) -> UploadReport:
        delete_attachments(self._folder.home, [stone.id for stone in store.tombstones()])
        upload = Upload(
            CollectionServer(self._line, ResponseSources(self._folder) if self._passes_on else None),
            PendingWithConflicts(StoreShelf(store), ConflictingResponses(self._folder)),
            outbox,
            rules=self._rules,
            told=self._told,
            stop=self._stop,
        )
        try:
            told = send_withdrawals(
                self._line, store, ForwardedWithdrawals(self._folder), self._patience.run_until_success
            )
        except SyncError as error:
            return upload.give_up(error)
        report = upload.run()
        refused = tuple(UploadFinding(key, "withdrawal_refused", "not_yours") for key in told.refused)
        trouble = None
        if report.error is None and self._rules.limit_bytes is None:
            trouble = self._afterwards(store)
        return structs.replace(
            report,
            erased=told.erased,
            findings=(*report.findings, *refused),
            sent=self._line.sent,
            trouble=trouble,
        )

    def _afterwards(self, store: ResponseStore) -> SurveyError | None:
        """Attachments and updates; why they did not work."""
        from survey_tui.plugins.archives import MAX_ARCHIVE
        from survey_tui.plugins.plugin_state import load_state

        def arrived(response: str) -> bool:
            found = store.find(response)
            # What is not in a coordinator's store may have reached the server without it.
            return self._passes_on if found is None else found.status == "received"

        waiting = pending_attachments(self._folder.home, arrived)
        try:
            refusal = send_attachments(
                self._line, self._folder.home, waiting, _CHUNK, self._patience.run_until_success
            )
            keys = set(load_state(self._folder.home).keys.values())
            insist, tell = self._patience.run_until_success, self._tell_package
            fetch_updates(self._line, Inbox(self._folder), keys, insist, MAX_ARCHIVE, tell)
        except (PluginError, StoreError, SyncError) as error:
            return error
        return refusal

    def _tell_package(self, package: Package, here: int) -> None:
        name = f"{package.name} {package.version}"
        self._told(UploadProgress(done=here, total=package.size, sent=self._line.sent, fetching=name))

    def _tell_trouble(self, error: RetryableError, pause: float) -> None:
        self._told(UploadProgress(done=0, total=0, sent=self._line.sent, trouble=error, pause=pause))
