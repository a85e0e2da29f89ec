"""The collection server as a destination of responses: protocol 1, compressed bodies.

Bodies are compressed with gzip, or with zstd when the server accepts it and this Python has it.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from survey_sync.client.connection import ServerConnection
from survey_sync.client.destinations import EncodedBatch, Terms
from survey_sync.client.errors import ForeignReplyError
from survey_sync.client.pending import PendingResponse
from survey_sync.protocol.hashes import canonical_slice
from survey_sync.protocol.messages import PROTOCOL, Hello, Receipt, Receipts, decoder, encode

if TYPE_CHECKING:
    from survey_sync.client.bundles.provenance import ResponseSources

_GZIP_LEVEL = 6
_ZSTD_LEVEL = 6


def best_encoding(accepted: Iterable[str]) -> str:
    """``"zstd"`` if both sides have it, else ``"gzip"``."""
    return "zstd" if "zstd" in set(accepted) and _zstd_compressor() is not None else "gzip"


def compressor(encoding: str) -> Callable[[bytes], bytes]:
    """The function for this ``Content-Encoding``."""
    found = _zstd_compressor() if encoding == "zstd" else None
    return found if found is not None else _compress_gzip


def _compress_gzip(data: bytes) -> bytes:
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


def _zstd_compressor() -> Callable[[bytes], bytes] | None:
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

    def __init__(self, connection: ServerConnection, sources: ResponseSources | None = None) -> None:
        """``sources``: of a coordinator's device, which states whose responses it passes on."""
        self.connection = connection
        self._sources = sources
        self._encoding = "gzip"

    def hello(self) -> Hello:
        """Protocols, encodings and limits of the server.

        Raises as :meth:`ServerConnection.request_message`; ``ForeignReplyError`` without a common protocol.
        """
        hello = self.connection.request_message(_hello, "GET", "/v1/hello")
        if PROTOCOL not in hello.protocols:
            versions = ", ".join(hello.protocols)
            raise ForeignReplyError("sync_other_protocol", host=self.connection.host, versions=versions)
        return hello

    def terms(self) -> Terms:
        """Limits of the server; its encodings are used from now on."""
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

    def encode(self, contents: Mapping[PendingResponse, bytes]) -> EncodedBatch:
        """Embed canonical bytes unchanged, and compress them together.

        The SHA-256 of each is left out: it cannot be compressed, ``Content-Digest`` protects all of them, and
        the receipt states the hash of what arrived.
        """
        compress = compressor(self._encoding)
        return EncodedBatch(contents, partial(_encode_batch, contents, compress, self._sources))

    def send(self, batch: EncodedBatch) -> Sequence[Receipt]:
        """Send a batch in one request."""
        headers = {"Content-Encoding": self._encoding}
        reply = self.connection.request_message(_receipts, "POST", "/v1/responses", batch.body, headers)
        return reply.receipts

    def close(self) -> None:
        """Close the connections, which breaks off requests under way."""
        self.connection.close()


def _encode_batch(
    contents: Mapping[PendingResponse, bytes],
    compress: Callable[[bytes], bytes],
    sources: ResponseSources | None,
) -> bytes:
    entries = [
        b'{"id":"%s","body":%s%s}'
        % (response.id.encode(), canonical_slice(canonical), _encode_source(sources, response))
        for response, canonical in contents.items()
    ]
    return compress(b'{"responses":[' + b",".join(entries) + b"]}")


def _encode_source(sources: ResponseSources | None, response: PendingResponse) -> bytes:
    """Surveyor and device of a response that came in a bundle and does not name them itself."""
    source = sources.source_of(response.key) if sources is not None else None
    if source is None or source.asked:
        return b""
    return b',"surveyor":%s,"device":%s' % (encode(source.surveyor), encode(source.device))


def _seconds_off(server_time: str) -> float | None:
    try:
        there = datetime.fromisoformat(server_time)
    except ValueError:
        return None
    return time.time() - there.timestamp() if there.tzinfo is not None else None
