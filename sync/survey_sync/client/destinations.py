"""Destinations of responses: the collection server, and those of plugins.

:class:`~survey_sync.client.upload.Upload` knows :class:`Destination` alone: encoding, addresses and replies
belong to the destination. Its receipts are checked again by the upload: they count only for the id and
SHA-256 of a response in the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from msgspec import Struct

from survey_sync.client.errors import RetryableError, SyncError
from survey_sync.client.pending import PendingResponse
from survey_sync.protocol.messages import Receipt


class EncodedBatch:
    """Responses of one request: canonical bytes by response, and the request body made of them."""

    def __init__(self, contents: Mapping[PendingResponse, bytes], encode: Callable[[], bytes]) -> None:
        self.contents = contents
        self._encode = encode

    @property
    def responses(self) -> list[PendingResponse]:
        """Responses in the order of the body."""
        return list(self.contents)

    @cached_property
    def body(self) -> bytes:
        """Bytes as sent (about, for a plugin); encoded at first use, mostly in the thread that sends them."""
        return self._encode()

    @property
    def size(self) -> int:
        """Length of the body in bytes."""
        return len(self.body)

    @property
    def canonical_size(self) -> int:
        """Length of all canonical bytes."""
        return sum(map(len, self.contents.values()))


class Terms(Struct, frozen=True, kw_only=True):
    """Limits of one batch: responses, bytes of all before and after encoding, bytes of one response.

    ``overlaps``: :meth:`Destination.send` may run in a thread of its own while the next batch is encoded.
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
    """A destination of final responses. Methods raise :class:`SyncError`; a :class:`RetryableError` is
    retried."""

    @property
    def name(self) -> str:
        """Small letters; names the outbox. ``""`` is the collection server, whose receipts mark the store."""

    def terms(self) -> Terms:
        """Request the limits; proves that the destination can be reached."""

    def encode(self, contents: Mapping[PendingResponse, bytes]) -> EncodedBatch:
        """Make a batch of canonical bytes by response; nothing is sent yet."""

    def send(self, batch: EncodedBatch) -> Sequence[Receipt]:
        """Send a batch; receipts for the responses that are safe there. The same batch may be sent again."""

    def close(self) -> None:
        """Close connections, which breaks off requests under way; may be called by another thread."""


class PluginDestination:
    """A plugin's ``SyncDestination`` as a destination: the ids that it returns become receipts."""

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

    def encode(self, contents: Mapping[PendingResponse, bytes]) -> EncodedBatch:
        """Make a batch whose body is the canonical bytes, for its size alone."""
        return EncodedBatch(contents, lambda: b"".join(contents.values()))

    def send(self, batch: EncodedBatch) -> Sequence[Receipt]:
        """Call the plugin; an exception becomes ``RetryableError("sync_destination")``."""
        by_id = {response.id: response for response in batch.responses}
        bodies = {response.id: canonical for response, canonical in batch.contents.items()}
        try:
            delivered = self._deliver(bodies, self._settings)
        except SyncError:
            raise
        except Exception as error:  # isolation border: a plugin may raise anything
            raise RetryableError("sync_destination", name=self.name, reason=type(error).__name__) from error
        return [
            Receipt(id=key, sha256=by_id[key].sha256, status="stored", receipt=self.name)
            for key in delivered
            if key in by_id
        ]

    def close(self) -> None:
        """Do nothing: a plugin keeps no connection between calls."""
