"""Tombstones of withdrawn responses travel before anything else: what a respondent took back must not
stay.

Withdrawals of other devices that came in on sticks, kept until the server has heard of them.

Withdrawn responses that this machine knows of, from wherever it heard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from survey_sync.client.attachments import delete_attachments
from survey_sync.client.conflicts import ConflictingResponses
from survey_sync.client.connection import ServerConnection
from survey_sync.client.outbox import Outbox
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.protocol.messages import Confirmations, Receipt, Withdrawal, Withdrawals, decoder, encode
from survey_tui.errors import StoreError
from survey_tui.store import ResponseStore

if TYPE_CHECKING:
    from survey_sync.client.bundles.file_format import BundleHeader
    from survey_sync.client.bundles.provenance import ResponseSources


class _Passed(Struct, frozen=True):
    at: str
    told: bool = False


class ForwardedWithdrawals:
    """Withdrawals of other devices that this store knows nothing of: they go to the server all the same."""

    def __init__(self, folder: SyncHome) -> None:
        self._place = folder.path / "withdrawals.json"
        data = read_small(self._place)
        try:
            self._kept = msgspec.json.decode(data, type=dict[str, _Passed]) if data else {}
        except msgspec.DecodeError:
            raise StoreError("sync_file_damaged", path=str(self._place)) from None

    def every(self) -> list[Withdrawal]:
        """All of them."""
        return [Withdrawal(id=key, at=each.at) for key, each in self._kept.items()]

    def is_confirmed(self, response_id: str) -> bool:
        """The server has confirmed it."""
        return response_id in self._kept and self._kept[response_id].told

    def unconfirmed(self) -> list[Withdrawal]:
        """Those that the server must still hear of."""
        return [Withdrawal(id=key, at=each.at) for key, each in self._kept.items() if not each.told]

    def add(self, withdrawals: Iterable[Withdrawal]) -> None:
        """Some more; durable on return."""
        new = {each.id: _Passed(each.at) for each in withdrawals if each.id not in self._kept}
        if new:
            self._keep(self._kept | new)

    def tell(self, ids: Collection[str]) -> None:
        """The server has erased these."""
        wanted = set(ids)
        now = {
            key: _Passed(each.at, told=True) if key in wanted else each for key, each in self._kept.items()
        }
        if now != self._kept:
            self._keep(now)

    def _keep(self, now: dict[str, _Passed]) -> None:
        write_private(self._place, msgspec.json.encode(now))
        self._kept = now


_confirmations = decoder(Confirmations)
_AT_ONCE = 200

Retry = Callable[[Callable[[], Confirmations]], Confirmations]


class WithdrawalResult(Struct, frozen=True):
    """How many withdrawn responses the server has erased, and the ids that it refused to."""

    erased: int = 0
    refused: tuple[str, ...] = ()


def send_withdrawals(
    line: ServerConnection, store: ResponseStore, passed_on: ForwardedWithdrawals, retry: Retry
) -> WithdrawalResult:
    """Tell the server of the tombstones that it may have the responses of, of this device and of others whose
    bundles came in; ``retry`` repeats what a bad line breaks. Only the confirmation of an id that was sent
    counts, and is kept."""
    stones = [stone for stone in store.tombstones() if stone.known and not stone.received]
    every = [Withdrawal(id=stone.id, at=stone.at) for stone in stones] + passed_on.unconfirmed()
    erased, refused = 0, []
    for start in range(0, len(every), _AT_ONCE):
        wanted = every[start : start + _AT_ONCE]
        body = encode(Withdrawals(withdrawals=wanted))
        reply = retry(partial(line.request_message, _confirmations, "POST", "/v1/withdrawals", body))
        asked = {each.id for each in wanted}
        said = {each.id: each.status for each in reply.confirmations if each.id in asked}
        done = [key for key, status in said.items() if status == "withdrawn"]
        if done and not store.read_only:
            store.mark_tombstones_received(done)
        passed_on.tell(done)
        erased += len(done)
        refused += [key for key, status in said.items() if status == "refused"]
    return WithdrawalResult(erased, tuple(refused))


_MOST = 5000  # tombstones that go along with receipts: the header of a bundle is bounded


def known_withdrawals(folder: SyncHome, store: ResponseStore) -> dict[str, Withdrawal]:
    """Withdrawn here, told by a bundle, or answered so by the server: by id."""
    found = {
        key[0]: Withdrawal(id=key[0], at=standing.at)
        for key, standing in Outbox(folder.outbox()).statuses().items()
        if standing.status == "withdrawn"
    }
    found |= {each.id: each for each in ForwardedWithdrawals(folder).every()}
    return found | {stone.id: Withdrawal(id=stone.id, at=stone.at) for stone in store.tombstones()}


def latest_withdrawals(withdrawals: Collection[Withdrawal]) -> list[Withdrawal]:
    """As many as a bundle carries."""
    return sorted(withdrawals, key=lambda each: (each.at, each.id))[-_MOST:]


def apply_withdrawals(
    folder: SyncHome, store: ResponseStore, origins: ResponseSources, header: BundleHeader, *, vouched: bool
) -> list[Receipt]:
    """Erase on a coordinator's machine what was withdrawn on a device, and see that the server hears of it.

    ``header`` is the bundle's: its key has a say over what it brought. Where a person has ``vouched`` for the
    key, its device and surveyor have one over all that is theirs, and over what does not lie here; anything
    else is ``refused`` (``not_yours``). A receipt ``withdrawn`` goes back when nothing is left
    to be done; until then the device tells it again.
    """
    withdrawals = header.withdrawals
    passed_on, beside = ForwardedWithdrawals(folder), ConflictingResponses(folder)
    stones = {stone.id: stone for stone in store.tombstones()}
    foreign = {each.id for each in withdrawals if not _may(store, origins, header, each.id, vouched=vouched)}
    mine = [each for each in withdrawals if each.id not in foreign]
    for each in mine:
        beside.forget(each.id)
        if store.find(each.id) is not None:
            stones[each.id] = store.rights.withdraw([each.id], each.at)[0]
    delete_attachments(folder.home, [each.id for each in mine])
    # What was not sent from here may have reached the server from elsewhere.
    passed_on.add([each for each in mine if each.id not in stones or not stones[each.id].known])
    done = {stone.id for stone in stones.values() if stone.received}
    receipts = [
        Receipt(id=each.id, sha256="", status="withdrawn")
        for each in mine
        if each.id in done or passed_on.is_confirmed(each.id)
    ]
    return receipts + [Receipt(id=key, sha256="", status="refused", reason="not_yours") for key in foreign]


def erase_withdrawn(folder: SyncHome, store: ResponseStore, withdrawals: Sequence[Withdrawal]) -> int:
    """Erase on a device what its coordinator knows to be withdrawn; how many there were. A draft stays."""
    found = ((each, store.find(each.id)) for each in withdrawals)
    here = [each for each, summary in found if summary is not None and summary.status != "draft"]
    for each in here:
        store.rights.withdraw([each.id], each.at)
    delete_attachments(folder.home, [each.id for each in here])
    return len(here)


def _may(
    store: ResponseStore, origins: ResponseSources, header: BundleHeader, response_id: str, *, vouched: bool
) -> bool:
    brought = origins.first(response_id)
    if brought is not None:
        return brought.may_change(header, vouched=vouched)
    return vouched and store.find(response_id) is None
