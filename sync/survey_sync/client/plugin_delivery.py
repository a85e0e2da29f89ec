"""Delivering to the destination of a plugin."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from survey_sync.client.destinations import PluginDestination
from survey_sync.client.outbox import Outbox
from survey_sync.client.pending import Item, Key, StoreShelf, finished_in
from survey_sync.client.sync_home import Folder, History
from survey_sync.client.upload import Rules, Upload
from survey_sync.client.upload_report import Progress, Report
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

    def waiting(self) -> Sequence[Item]:
        """Those that were received too."""
        return finished_in(self._store)

    def frozen(self, item: Item) -> bytes:
        """From the store."""
        return self._shelf.frozen(item)

    def claim(self, items: Sequence[Item]) -> Collection[Item]:
        """What goes out cannot be reopened, wherever it goes."""
        return self._shelf.claim(items)

    def received(self, receipts: Mapping[Key, str]) -> Collection[Key]:  # noqa: ARG002
        """The store's receipts are those of the collection server."""
        return ()


def deliver_to(  # noqa: PLR0913, PLR0917 (its parts, each once)
    folder: Folder,
    store: ResponseStore,
    offered: OfferedDestination,
    settings: Mapping[str, str],
    rules: Rules,
    told: Callable[[Progress], None] | None = None,
) -> Report:
    """Hand every finished response over that this destination does not have yet. Raises as
    :meth:`~survey_sync.client.exchange.Exchange.run`."""
    destination = PluginDestination(offered.name, offered.deliver, settings)
    with folder.lock(), Outbox(folder.outbox(offered.name), writable=True) as outbox:
        report = Upload(destination, _AllFinished(store), outbox, rules=rules, told=told).run()
    History(folder.log).note("deliver", to=offered.name, **report.facts())
    return report
