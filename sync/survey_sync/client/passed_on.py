"""Withdrawals of other devices that came in on sticks, kept until the server has heard of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct

from survey_sync.client.sync_home import Folder, read_small, write_private
from survey_sync.protocol.messages import Withdrawal
from survey_tui.errors import StoreError

__all__ = ["PassedOn"]


class _Passed(Struct, frozen=True):
    at: str
    told: bool = False


class PassedOn:
    """Withdrawals of other devices that this store knows nothing of: they go to the server all the same."""

    def __init__(self, folder: Folder) -> None:
        self._place = folder.path / "withdrawals.json"
        data = read_small(self._place)
        try:
            self._kept = msgspec.json.decode(data, type=dict[str, _Passed]) if data else {}
        except msgspec.DecodeError:
            raise StoreError("sync_file_damaged", path=str(self._place)) from None

    def every(self) -> list[Withdrawal]:
        """All of them."""
        return [Withdrawal(id=key, at=each.at) for key, each in self._kept.items()]

    def is_told(self, response_id: str) -> bool:
        """The server has confirmed it."""
        return response_id in self._kept and self._kept[response_id].told

    def untold(self) -> list[Withdrawal]:
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
