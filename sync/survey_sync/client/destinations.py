"""Where responses can go. The collection server is one place among others; plugins bring more.

:class:`~survey_sync.client.upload.Upload` knows this seam and nothing behind it: how parcels are packed,
which address they go to and what a reply looks like is the destination's own business. What it reports is
checked again by the upload: a receipt counts only if id and hash are those of a parcel that was handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from msgspec import Struct

from survey_sync.client.errors import RetryableError, SyncError
from survey_sync.client.pending import Parcel
from survey_sync.protocol.messages import Receipt


class EncodedBatch:
    """Parcels made ready to go. ``body`` is what the line carries for them, about; it is made when somebody
    first asks for it, mostly the thread that sends it."""

    def __init__(self, parcels: Sequence[Parcel], make: Callable[[], bytes]) -> None:
        self.parcels = tuple(parcels)
        self._make = make

    @cached_property
    def body(self) -> bytes:
        """Compressed, where the destination wants that."""
        return self._make()

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body)


class Delivery(Struct, frozen=True):
    """What the destination said about one pack."""

    receipts: Sequence[Receipt]


class Terms(Struct, frozen=True, kw_only=True):
    """What the destination takes at once: responses, bytes of all and of one before packing, bytes packed.

    ``overlaps``: :meth:`Destination.deliver` may run in a thread of its own while the next are packed.
    ``seconds_off``: by how much this device's clock is ahead of the destination's (``None``: not known).
    """

    responses: int
    decoded_bytes: int
    encoded_bytes: int
    response_bytes: int
    name: str = ""
    overlaps: bool = False
    seconds_off: float | None = None


class Destination(Protocol):
    """A place for finished responses. Methods raise :class:`SyncError`; a :class:`RetryableError` is tried
    again."""

    @property
    def name(self) -> str:
        """Small letters; names its outbox. ``""`` is the collection server, whose receipts mark the store."""

    def terms(self) -> Terms:
        """Ask what it takes; also the proof that it is there."""

    def pack(self, parcels: Sequence[Parcel]) -> EncodedBatch:
        """Make parcels ready; nothing goes out yet."""

    def deliver(self, packed: EncodedBatch) -> Delivery:
        """Hand over; receipts for what is safe there. May be called again with the same parcels."""

    def close(self) -> None:
        """Let go of connections; may come from another thread and breaks off what is under way."""


class PluginDestination:
    """A plugin's ``SyncDestination`` behind this seam: what it names as arrived becomes receipts."""

    def __init__(
        self,
        name: str,
        deliver: Callable[[Mapping[str, bytes], Mapping[str, str]], Sequence[str]],
        settings: Mapping[str, str],
        batch: int = 50,
    ) -> None:
        self.name = name
        self._deliver = deliver
        self._settings = dict(settings)
        self._batch = batch

    def terms(self) -> Terms:
        """Small batches, since a plugin may send one response at a time."""
        return Terms(
            responses=self._batch,
            decoded_bytes=32 << 20,
            encoded_bytes=32 << 20,
            response_bytes=32 << 20,
            name=self.name,
        )

    def pack(self, parcels: Sequence[Parcel]) -> EncodedBatch:
        """As they are."""
        return EncodedBatch(parcels, lambda: b"".join(parcel.frozen for parcel in parcels))

    def deliver(self, packed: EncodedBatch) -> Delivery:
        """Call the plugin."""
        by_id = {parcel.id: parcel for parcel in packed.parcels}
        try:
            arrived = self._deliver({key: parcel.frozen for key, parcel in by_id.items()}, self._settings)
        except SyncError:
            raise
        except Exception as error:  # isolation border: a plugin may do anything
            raise RetryableError("sync_destination", name=self.name, reason=type(error).__name__) from error
        return Delivery(
            [
                Receipt(id=key, sha256=by_id[key].sha256, status="stored", receipt=self.name)
                for key in arrived
                if key in by_id
            ]
        )

    def close(self) -> None:
        """A plugin keeps nothing open between calls."""
