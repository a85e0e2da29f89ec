"""Withdrawn responses that this machine knows of, from wherever it heard."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from survey_sync.client.attachments import forget_attachments
from survey_sync.client.bundles.file_format import Header
from survey_sync.client.bundles.provenance import Origins
from survey_sync.client.conflicts import Beside
from survey_sync.client.outbox import Outbox
from survey_sync.client.passed_on import PassedOn
from survey_sync.client.sync_home import Folder
from survey_sync.protocol.messages import Receipt, Withdrawal
from survey_tui.store import ResponseStore

__all__ = ["carry_out", "erase_here", "newest", "withdrawn"]

_MOST = 5000  # tombstones that go along with receipts: the header of a bundle is bounded


def withdrawn(folder: Folder, store: ResponseStore) -> dict[str, Withdrawal]:
    """Withdrawn here, told by a bundle, or answered so by the server: by id."""
    found = {
        key[0]: Withdrawal(id=key[0], at=standing.at)
        for key, standing in Outbox(folder.outbox()).standings().items()
        if standing.status == "withdrawn"
    }
    found |= {each.id: each for each in PassedOn(folder).every()}
    return found | {stone.id: Withdrawal(id=stone.id, at=stone.at) for stone in store.tombstones()}


def newest(withdrawals: Collection[Withdrawal]) -> list[Withdrawal]:
    """As many as a bundle carries."""
    return sorted(withdrawals, key=lambda each: (each.at, each.id))[-_MOST:]


def carry_out(
    folder: Folder, store: ResponseStore, origins: Origins, header: Header, *, vouched: bool
) -> list[Receipt]:
    """Erase on a coordinator's machine what was withdrawn on a device, and see that the server hears of it.

    ``header`` is the bundle's: its key has a say over what it brought. Where a person has ``vouched`` for the
    key, its device and surveyor have one over all that is theirs, and over what does not lie here; anything
    else is ``refused`` (``not_yours``). A receipt ``withdrawn`` goes back when nothing is left
    to be done; until then the device tells it again.
    """
    withdrawals = header.withdrawals
    passed_on, beside = PassedOn(folder), Beside(folder)
    stones = {stone.id: stone for stone in store.tombstones()}
    foreign = {each.id for each in withdrawals if not _may(store, origins, header, each.id, vouched=vouched)}
    mine = [each for each in withdrawals if each.id not in foreign]
    for each in mine:
        beside.forget(each.id)
        if store.find(each.id) is not None:
            stones[each.id] = store.rights.withdraw([each.id], each.at)[0]
    forget_attachments(folder.home, [each.id for each in mine])
    # What was not sent from here may have reached the server from elsewhere.
    passed_on.add([each for each in mine if each.id not in stones or not stones[each.id].known])
    done = {stone.id for stone in stones.values() if stone.received}
    receipts = [
        Receipt(id=each.id, sha256="", status="withdrawn")
        for each in mine
        if each.id in done or passed_on.is_told(each.id)
    ]
    return receipts + [Receipt(id=key, sha256="", status="refused", reason="not_yours") for key in foreign]


def erase_here(folder: Folder, store: ResponseStore, withdrawals: Sequence[Withdrawal]) -> int:
    """Erase on a device what its coordinator knows to be withdrawn; how many there were. A draft stays."""
    found = ((each, store.find(each.id)) for each in withdrawals)
    here = [each for each, summary in found if summary is not None and summary.status != "draft"]
    for each in here:
        store.rights.withdraw([each.id], each.at)
    forget_attachments(folder.home, [each.id for each in here])
    return len(here)


def _may(store: ResponseStore, origins: Origins, header: Header, response_id: str, *, vouched: bool) -> bool:
    brought = origins.first(response_id)
    if brought is not None:
        return brought.has_a_say(header, vouched=vouched)
    return vouched and store.find(response_id) is None
