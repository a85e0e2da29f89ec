"""Delivering to the destination of a plugin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from survey_sync.client.destinations import PluginDestination
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import PendingResponse, ResponseKey, StoreShelf, final_responses
from survey_sync.client.sync_home import SyncHome, SyncLog
from survey_sync.client.upload import Upload, UploadRules
from survey_sync.client.upload_report import UploadProgress, UploadReport
from survey_tui.store import ResponseStore


class OfferedDestination(Protocol):
    """What a plugin offers (``survey_tui.plugins.offers.SyncDestination``)."""

    @property
    def name(self) -> str: ...
    @property
    def deliver(self) -> Callable[[Mapping[str, bytes], Mapping[str, str]], Sequence[str]]: ...


class _AllFinished:
    """Every finished response, whatever the collection server has of them; marks go to the outbox only."""

    def __init__(self, store: ResponseStore) -> None:
        self._store = store
        self._shelf = StoreShelf(store)

    def waiting(self) -> Sequence[PendingResponse]:
        """Those that were received too."""
        return final_responses(self._store)

    def frozen(self, item: PendingResponse) -> bytes:
        """From the store."""
        return self._shelf.frozen(item)

    def claim(self, items: Sequence[PendingResponse]) -> Collection[PendingResponse]:
        """What goes out cannot be reopened, wherever it goes."""
        return self._shelf.claim(items)

    def received(self, receipts: Mapping[ResponseKey, str]) -> Collection[ResponseKey]:  # noqa: ARG002
        """The store's receipts are those of the collection server."""
        return ()


def deliver_to(  # noqa: PLR0913, PLR0917 (its parts, each once)
    folder: SyncHome,
    store: ResponseStore,
    offered: OfferedDestination,
    settings: Mapping[str, str],
    rules: UploadRules,
    told: Callable[[UploadProgress], None] | None = None,
) -> UploadReport:
    """Hand every finished response over that this destination does not have yet. Raises as
    :meth:`~survey_sync.client.exchange.Exchange.run`."""
    destination = PluginDestination(offered.name, offered.deliver, settings)
    with folder.lock(), Outbox(folder.outbox(offered.name), writable=True) as outbox:
        report = Upload(destination, _AllFinished(store), outbox, rules=rules, told=told).run()
    SyncLog(folder.log).note("deliver", to=offered.name, **report.facts())
    return report
