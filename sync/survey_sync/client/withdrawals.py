"""Withdrawals of this device and of others, until the server has confirmed them.

They are sent before anything else: a response that its respondent has withdrawn must not stay on the server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from survey_sync.client.attachments import delete_attachments
from survey_sync.client.conflicts import ConflictingResponses
from survey_sync.client.connection import ServerConnection
from survey_sync.client.outbox import Outbox
from survey_sync.client.retry import Retry
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.protocol.messages import Confirmations, Receipt, Withdrawal, Withdrawals, decoder, encode
from survey_tui.errors import StoreError
from survey_tui.store import ResponseStore

if TYPE_CHECKING:
    from survey_sync.client.bundles.file_format import BundleHeader
    from survey_sync.client.bundles.provenance import ResponseSources

_MAX_PER_REQUEST = 200
_MAX_PER_BUNDLE = 5000  # the header of a bundle is bounded

_confirmations = decoder(Confirmations)


class _Forwarded(Struct, frozen=True):
    at: str
    is_confirmed: bool = field(default=False, name="told")


class ForwardedWithdrawals:
    """Withdrawals from the bundles of other devices (``withdrawals.json``), which the store knows nothing of.

    Raises ``StoreError("sync_file_damaged")`` on creation for an unreadable file.
    """

    def __init__(self, sync_home: SyncHome) -> None:
        self._path = sync_home.withdrawals
        data = read_small(self._path)
        try:
            self._by_id = msgspec.json.decode(data, type=dict[str, _Forwarded]) if data else {}
        except msgspec.DecodeError:
            raise StoreError("sync_file_damaged", path=str(self._path)) from None

    def list(self) -> Sequence[Withdrawal]:
        """Withdrawals, whether the server has confirmed them or not."""
        return [Withdrawal(id=key, at=each.at) for key, each in self._by_id.items()]

    def list_pending(self) -> Sequence[Withdrawal]:
        """Withdrawals that the server has not confirmed."""
        return [Withdrawal(id=key, at=each.at) for key, each in self._by_id.items() if not each.is_confirmed]

    def is_confirmed(self, response_id: str) -> bool:
        """Whether the server has confirmed this withdrawal."""
        return response_id in self._by_id and self._by_id[response_id].is_confirmed

    def add(self, withdrawals: Iterable[Withdrawal]) -> None:
        """Store withdrawals, durable on return. Raises ``StoreError``."""
        new = {each.id: _Forwarded(each.at) for each in withdrawals if each.id not in self._by_id}
        if new:
            self._write(self._by_id | new)

    def mark_confirmed(self, ids: Collection[str]) -> None:
        """Store that the server has erased these responses. Raises ``StoreError``."""
        confirmed = set(ids)
        now = {
            key: _Forwarded(each.at, is_confirmed=True) if key in confirmed else each
            for key, each in self._by_id.items()
        }
        if now != self._by_id:
            self._write(now)

    def _write(self, by_id: dict[str, _Forwarded]) -> None:
        write_private(self._path, msgspec.json.encode(by_id))
        self._by_id = by_id


class WithdrawalResult(Struct, frozen=True):
    """Number of responses that the server has erased, and ids of withdrawals that it refused."""

    erased: int = 0
    refused: tuple[str, ...] = ()


def send_withdrawals(
    connection: ServerConnection, store: ResponseStore, forwarded: ForwardedWithdrawals, retry: Retry
) -> WithdrawalResult:
    """Send tombstones of responses that may be on the server, and forwarded withdrawals.

    A confirmation counts only for an id in the request, and is stored. Raises ``SyncError``, ``StoreError``.
    """
    stones = [stone for stone in store.tombstones() if stone.known and not stone.received]
    every = [Withdrawal(id=stone.id, at=stone.at) for stone in stones] + [*forwarded.list_pending()]
    erased, refused = 0, []
    for start in range(0, len(every), _MAX_PER_REQUEST):
        withdrawals = every[start : start + _MAX_PER_REQUEST]
        body = encode(Withdrawals(withdrawals=withdrawals))
        request = partial(connection.request_message, _confirmations, "POST", "/v1/withdrawals", body)
        reply = retry.run_until_success(request)
        ids = {each.id for each in withdrawals}
        statuses = {each.id: each.status for each in reply.confirmations if each.id in ids}
        done = [key for key, status in statuses.items() if status == "withdrawn"]
        if done and not store.read_only:
            store.mark_tombstones_received(done)
        forwarded.mark_confirmed(done)
        erased += len(done)
        refused += [key for key, status in statuses.items() if status == "refused"]
    return WithdrawalResult(erased, tuple(refused))


def known_withdrawals(sync_home: SyncHome, store: ResponseStore) -> dict[str, Withdrawal]:
    """Withdrawals by id: from this store, from bundles, and from the server's receipts."""
    found = {
        key[0]: Withdrawal(id=key[0], at=status.at)
        for key, status in Outbox(sync_home.outbox()).statuses().items()
        if status.status == "withdrawn"
    }
    found |= {each.id: each for each in ForwardedWithdrawals(sync_home).list()}
    return found | {stone.id: Withdrawal(id=stone.id, at=stone.at) for stone in store.tombstones()}


def last_withdrawals(withdrawals: Collection[Withdrawal]) -> list[Withdrawal]:
    """The latest withdrawals, as many as the header of a bundle takes."""
    return sorted(withdrawals, key=lambda each: (each.at, each.id))[-_MAX_PER_BUNDLE:]


def apply_withdrawals(
    sync_home: SyncHome,
    store: ResponseStore,
    sources: ResponseSources,
    header: BundleHeader,
    *,
    vouched: bool,
) -> list[Receipt]:
    """Erase on a coordinator's device the responses that the header of a bundle withdraws, and store the
    withdrawals that must reach the server.

    The key of the bundle may withdraw what it brought. With ``vouched`` (a person has checked the key), its
    device and surveyor may withdraw everything of theirs, and responses that are not in this store. Anything
    else is ``refused`` (``not_yours``). A receipt ``withdrawn`` is returned when the server has confirmed;
    until then the device sends the withdrawal again.
    """
    forwarded, conflicts = ForwardedWithdrawals(sync_home), ConflictingResponses(sync_home)
    stones = {stone.id: stone for stone in store.tombstones()}
    foreign = {
        each.id
        for each in header.withdrawals
        if not _may_withdraw(store, sources, header, each.id, vouched=vouched)
    }
    allowed = [each for each in header.withdrawals if each.id not in foreign]
    for each in allowed:
        conflicts.delete(each.id)
        if store.find(each.id) is not None:
            stones[each.id] = store.rights.withdraw([each.id], each.at)[0]
    delete_attachments(sync_home.home, [each.id for each in allowed])
    # A response that was not sent from here may have reached the server by another way.
    forwarded.add([each for each in allowed if each.id not in stones or not stones[each.id].known])
    done = {stone.id for stone in stones.values() if stone.received}
    receipts = [
        Receipt(id=each.id, sha256="", status="withdrawn")
        for each in allowed
        if each.id in done or forwarded.is_confirmed(each.id)
    ]
    return receipts + [Receipt(id=key, sha256="", status="refused", reason="not_yours") for key in foreign]


def erase_withdrawn(sync_home: SyncHome, store: ResponseStore, withdrawals: Sequence[Withdrawal]) -> int:
    """Erase on a device the responses that its coordinator knows to be withdrawn; their number. Drafts
    stay."""
    found = ((each, store.find(each.id)) for each in withdrawals)
    here = [each for each, summary in found if summary is not None and summary.status != "draft"]
    for each in here:
        store.rights.withdraw([each.id], each.at)
    delete_attachments(sync_home.home, [each.id for each in here])
    return len(here)


def _may_withdraw(
    store: ResponseStore, sources: ResponseSources, header: BundleHeader, response_id: str, *, vouched: bool
) -> bool:
    source = sources.first_source(response_id)
    if source is not None:
        return source.may_change(header, vouched=vouched)
    return vouched and store.find(response_id) is None
