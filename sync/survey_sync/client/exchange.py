"""Exchange with the collection server, as the command line and the Sync screen run it.

Withdrawals first, then responses, then their attachments, then updates from the coordinator. Each part is
safe by itself: a later one that fails changes nothing about an earlier one.
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
from survey_sync.client.retry import Retry
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.upload import Upload, UploadRules
from survey_sync.client.upload_report import UploadFinding, UploadProgress, UploadReport
from survey_sync.client.withdrawals import ForwardedWithdrawals, send_withdrawals
from survey_sync.protocol.messages import Package
from survey_tui.errors import PluginError, StoreError, SurveyError
from survey_tui.plugins.plugin_state import load_state
from survey_tui.store import ResponseStore

_ATTACHMENT_PART_BYTES = 128 << 10


class Exchange:
    """An exchange, not reusable. Everything happens in the thread that calls :meth:`run`; :meth:`stop` may
    be called by any thread.

    ``open_store`` opens the store without keeping other programs out (``exclusive=False``).
    """

    def __init__(
        self,
        home: Path,
        open_store: Callable[[], ResponseStore],
        credentials: Credentials,
        *,
        rules: UploadRules | None = None,
        on_progress: Callable[[UploadProgress], None] | None = None,
    ) -> None:
        self._sync_home = SyncHome(home)
        self._open_store = open_store
        self._rules = rules or UploadRules()
        self._on_progress = on_progress or (lambda _progress: None)
        self._stop = threading.Event()
        self._is_coordinator = credentials.role == "coordinator"
        self._connection = ServerConnection(credentials.url, credentials.token)
        self._retry = Retry(self._rules.deadline, self._stop, self._report_failure)

    def stop(self) -> None:
        """Break off; responses with a receipt keep it, the others stay pending."""
        self._stop.set()
        self._connection.close()

    def run(self) -> UploadReport:
        """Run the exchange. Raises ``BusyError`` when another process holds the upload lock, and
        ``StoreError``; every other error is in the report."""
        log = SyncLog(self._sync_home.log)
        with ExitStack() as stack:
            stack.enter_context(self._sync_home.lock())
            store = stack.enter_context(self._open_store())
            outbox = stack.enter_context(Outbox(self._sync_home.outbox(), writable=True))
            stack.enter_context(self._connection)
            report = self._run(store, outbox)
        log.append("push", **report.log_fields())
        return report

    def _run(self, store: ResponseStore, outbox: Outbox) -> UploadReport:
        delete_attachments(self._sync_home.home, [stone.id for stone in store.tombstones()])
        sources = ResponseSources(self._sync_home) if self._is_coordinator else None
        upload = Upload(
            CollectionServer(self._connection, sources),
            PendingWithConflicts(store, ConflictingResponses(self._sync_home)),
            outbox,
            rules=self._rules,
            on_progress=self._on_progress,
            stop=self._stop,
        )
        forwarded = ForwardedWithdrawals(self._sync_home)
        try:
            withdrawals = send_withdrawals(self._connection, store, forwarded, self._retry)
        except SyncError as error:
            return upload.report_without_sending(error)
        report = upload.run()
        refused = tuple(UploadFinding(key, "withdrawal_refused", "not_yours") for key in withdrawals.refused)
        later_error = None
        if report.error is None and self._rules.limit_bytes is None:
            later_error = self._exchange_attachments_and_updates(store)
        return structs.replace(
            report,
            erased=withdrawals.erased,
            findings=(*report.findings, *refused),
            sent=self._connection.sent,
            later_error=later_error,
        )

    def _exchange_attachments_and_updates(self, store: ResponseStore) -> SurveyError | None:
        """Send attachments and fetch updates; the error that ended it, if any."""

        def is_received(response: str) -> bool:
            found = store.find(response)
            # A response that is not in a coordinator's store may have reached the server by another way.
            return self._is_coordinator if found is None else found.status == "received"

        from survey_tui.plugins.archives import MAX_ARCHIVE

        connection, home = self._connection, self._sync_home.home
        try:
            attachments = pending_attachments(home, is_received)
            refusal = send_attachments(connection, home, attachments, _ATTACHMENT_PART_BYTES, self._retry)
            keys = set(load_state(home).keys.values())
            inbox = Inbox(self._sync_home)
            fetch_updates(connection, inbox, keys, self._retry, MAX_ARCHIVE, self._report_download)
        except (PluginError, StoreError, SyncError) as error:
            return error
        return refusal

    def _report_download(self, package: Package, size: int) -> None:
        name = f"{package.name} {package.version}"
        sent = self._connection.sent
        self._on_progress(UploadProgress(done=size, total=package.size, sent=sent, fetching=name))

    def _report_failure(self, error: RetryableError, pause: float) -> None:
        sent = self._connection.sent
        self._on_progress(UploadProgress(done=0, total=0, sent=sent, error=error, pause=pause))
