"""Tombstones of withdrawn responses travel before anything else: what a respondent took back must not
stay."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from survey_sync.client.connection import Line
from survey_sync.client.passed_on import PassedOn
from survey_sync.protocol.messages import Confirmations, Withdrawal, Withdrawals, decoder, encode
from survey_tui.store import ResponseStore

__all__ = ["Told", "send_withdrawals"]

_confirmations = decoder(Confirmations)
_AT_ONCE = 200

Retry = Callable[[Callable[[], Confirmations]], Confirmations]


class Told(Struct, frozen=True):
    """How many withdrawn responses the server has erased, and the ids that it refused to."""

    erased: int = 0
    refused: tuple[str, ...] = ()


def send_withdrawals(line: Line, store: ResponseStore, passed_on: PassedOn, retry: Retry) -> Told:
    """Tell the server of the tombstones that it may have the responses of, of this device and of others whose
    bundles came in; ``retry`` repeats what a bad line breaks. Only the confirmation of an id that was sent
    counts, and is kept."""
    stones = [stone for stone in store.tombstones() if stone.known and not stone.received]
    every = [Withdrawal(id=stone.id, at=stone.at) for stone in stones] + passed_on.untold()
    erased, refused = 0, []
    for start in range(0, len(every), _AT_ONCE):
        wanted = every[start : start + _AT_ONCE]
        body = encode(Withdrawals(withdrawals=wanted))
        reply = retry(partial(line.ask, _confirmations, "POST", "/v1/withdrawals", body))
        asked = {each.id for each in wanted}
        said = {each.id: each.status for each in reply.confirmations if each.id in asked}
        done = [key for key, status in said.items() if status == "withdrawn"]
        if done and not store.read_only:
            store.rights.tombstones_received(done)
        passed_on.tell(done)
        erased += len(done)
        refused += [key for key, status in said.items() if status == "refused"]
    return Told(erased, tuple(refused))
