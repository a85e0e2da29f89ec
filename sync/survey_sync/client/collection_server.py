"""The collection server as a destination of responses.

Bodies made small: gzip always, zstd when the server reads it and this Python has it."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from survey_sync.client.connection import ServerConnection
from survey_sync.client.destinations import Delivery, EncodedBatch, Terms
from survey_sync.client.errors import ForeignReplyError
from survey_sync.client.pending import Parcel, PendingResponse
from survey_sync.protocol.hashes import canonical_slice
from survey_sync.protocol.messages import PROTOCOL, Hello, Receipts, decoder, encode

if TYPE_CHECKING:
    from survey_sync.client.bundles.provenance import ResponseSources

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 6


def best_encoding(offered: Iterable[str]) -> str:
    """``"zstd"`` if both sides have it, else ``"gzip"``."""
    return "zstd" if "zstd" in set(offered) and _zstd() is not None else "gzip"


def compressor(encoding: str) -> Callable[[bytes], bytes]:
    """The function for this ``Content-Encoding``."""
    found = _zstd() if encoding == "zstd" else None
    return found if found is not None else _gzip


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


def _zstd() -> Callable[[bytes], bytes] | None:
    try:
        import zstandard
    except ImportError:
        return None
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_content_size=True).compress


_hello = decoder(Hello)
_receipts = decoder(Receipts)


class CollectionServer:
    """Sends batches to ``POST /v1/responses``."""

    name = ""

    def __init__(self, line: ServerConnection, origins: ResponseSources | None = None) -> None:
        """``origins``: of a coordinator's machine, which states whose responses it passes on."""
        self.line = line
        self._origins = origins
        self._encoding = "gzip"

    def hello(self) -> Hello:
        """Protocols, encodings and limits of the server.

        Raises as :meth:`ServerConnection.request_message`; ``ForeignReplyError`` without a common protocol.
        """
        hello = self.line.request_message(_hello, "GET", "/v1/hello")
        if PROTOCOL not in hello.protocols:
            versions = ", ".join(hello.protocols)
            raise ForeignReplyError("sync_other_protocol", host=self.line.host, versions=versions)
        return hello

    def terms(self) -> Terms:
        """Limits and encodings of the server."""
        hello = self.hello()
        self._encoding = best_encoding(hello.encodings)
        limits = hello.limits
        return Terms(
            responses=max(1, limits.batch_responses),
            decoded_bytes=limits.decoded_bytes,
            encoded_bytes=limits.encoded_bytes,
            response_bytes=limits.response_bytes,
            name=hello.server_name,
            overlaps=True,
            seconds_off=_seconds_off(hello.server_time),
        )

    def pack(self, parcels: Sequence[Parcel]) -> EncodedBatch:
        """Frozen bytes embedded as they are, compressed together.

        The hash of each is left out: it cannot be compressed, ``Content-Digest`` protects all of them, and
        the receipt says which bytes arrived.
        """
        return EncodedBatch(
            parcels, partial(_batch, tuple(parcels), compressor(self._encoding), self._origins)
        )

    def deliver(self, packed: EncodedBatch) -> Delivery:
        """One request."""
        headers = {"Content-Encoding": self._encoding}
        return Delivery(
            self.line.request_message(_receipts, "POST", "/v1/responses", packed.body, headers).receipts
        )

    def close(self) -> None:
        """Close the line."""
        self.line.close()


def _batch(
    parcels: Sequence[Parcel], compress: Callable[[bytes], bytes], origins: ResponseSources | None
) -> bytes:
    entries = [
        b'{"id":"%s","body":%s%s}'
        % (parcel.id.encode(), canonical_slice(parcel.frozen), _statement(origins, parcel.item))
        for parcel in parcels
    ]
    return compress(b'{"responses":[' + b",".join(entries) + b"]}")


def _statement(origins: ResponseSources | None, item: PendingResponse) -> bytes:
    """Who asked, for a response that came on a stick and does not say so itself."""
    brought = origins.of(item.key) if origins is not None else None
    if brought is None or brought.asked:
        return b""
    return b',"surveyor":%s,"device":%s' % (encode(brought.surveyor), encode(brought.device))


def _seconds_off(server_time: str) -> float | None:
    try:
        there = datetime.fromisoformat(server_time)
    except ValueError:
        return None
    return time.time() - there.timestamp() if there.tzinfo is not None else None
