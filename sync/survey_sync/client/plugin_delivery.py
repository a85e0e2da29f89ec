"""Delivery of final responses to the destination of a plugin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from survey_sync.client.destinations import PluginDestination
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import PendingResponse, PendingResponses, ResponseKey, final_responses
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.upload import Upload, UploadRules
from survey_sync.client.upload_report import UploadProgress, UploadReport
from survey_tui.store import ResponseStore


class OfferedDestination(Protocol):
    """A destination as a plugin offers it (``survey_tui.plugins.offers.SyncDestination``)."""

    @property
    def name(self) -> str: ...
    @property
    def deliver(self) -> Callable[[Mapping[str, bytes], Mapping[str, str]], Sequence[str]]: ...


class FinalResponses(PendingResponses):
    """Every final response of the store, whether the collection server has it or not."""

    def list(self) -> Sequence[PendingResponse]:
        """Final responses with or without a receipt, oldest first."""
        return final_responses(self._store)

    def mark_received(self, receipts: Mapping[ResponseKey, str]) -> Collection[ResponseKey]:  # noqa: ARG002
        """Mark nothing: receipts in the store are those of the collection server."""
        return ()


def deliver_to(  # noqa: PLR0913, PLR0917 (its parts, each once)
    sync_home: SyncHome,
    store: ResponseStore,
    offered: OfferedDestination,
    settings: Mapping[str, str],
    rules: UploadRules,
    on_progress: Callable[[UploadProgress], None] | None = None,
) -> UploadReport:
    """Send every final response that this destination does not have yet.

    Raises as :meth:`~survey_sync.client.exchange.Exchange.run`.
    """
    destination = PluginDestination(offered.name, offered.deliver, settings)
    with sync_home.lock(), Outbox(sync_home.outbox(offered.name), writable=True) as outbox:
        upload = Upload(destination, FinalResponses(store), outbox, rules=rules, on_progress=on_progress)
        report = upload.run()
    SyncLog(sync_home.log).append("deliver", to=offered.name, **report.log_fields())
    return report
