"""From a request to its handler: the same order of checks for every endpoint.

Protocol header, rate of the address, token, role, rate of the token, parameters, media type, body, digest,
decompression, decoding. Handlers are plain functions and run in a thread.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec
from anyio import to_thread
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from survey_sync.protocol.messages import (
    CONTENT_DIGEST,
    MEDIA_TYPE,
    PROTOCOL,
    PROTOCOL_HEADER,
    content_digest,
    decoder,
    encode,
)
from survey_sync.server.auth import Principal, bearer, device_with
from survey_sync.server.http.endpoint import OCTETS, Call, Endpoint, Octets, Reply
from survey_sync.server.http.request_body import check_digest, plain, read_body
from survey_sync.server.problems import Rejected
from survey_sync.server.runtime import ServerState

__all__ = ["DEVICE", "ROUTE", "address_of", "dispatcher"]

ROUTE = "survey_sync.route"
DEVICE = "survey_sync.device"
"""Keys in the scope, for the log."""

_SMALL = 1024  # bytes of a reply that are not worth compressing
_JSON_BODY = 1 << 20  # bytes of a message other than a batch


def dispatcher(endpoint: Endpoint, server: ServerState) -> Callable[[Request], Awaitable[Response]]:
    """The Starlette endpoint for one line of the table."""
    decode = decoder(endpoint.takes) if isinstance(endpoint.takes, type) else None

    async def handle(request: Request) -> Response:
        request.scope[ROUTE] = endpoint.path
        address = address_of(request)
        if endpoint.versioned:
            _check_protocol(request)
        server.by_address.take(address)
        sender = await _sender(request, endpoint, server)
        values = _values(request, endpoint)
        body = await _body(request, endpoint, server)

        def work() -> Response:
            read: Struct | bytes | None = body
            if body is not None and decode is not None:
                read = _decoded(
                    decode, plain(body, request.headers.get("content-encoding", ""), _plain(server))
                )
            call = Call(server, address, request.method, values, sender, read)
            return _response(request, endpoint.handler(call))

        return await to_thread.run_sync(work)

    return handle


def address_of(request: Request) -> str:
    """Where the request comes from; what proxies say of it is judged by uvicorn."""
    return request.client.host if request.client else "unknown"


def _check_protocol(request: Request) -> None:
    version = request.headers.get(PROTOCOL_HEADER)
    if version is None:
        raise Rejected("protocol_missing")
    if version != PROTOCOL:
        raise Rejected("protocol_unsupported", f"this server speaks {PROTOCOL}")


async def _sender(request: Request, endpoint: Endpoint, server: ServerState) -> Principal | None:
    if not endpoint.roles:
        return None
    token = bearer(request.headers.get("authorization", ""))
    sender = await to_thread.run_sync(device_with, server.database, token)
    request.scope[DEVICE] = sender.id
    server.by_token.take(sender.id)
    if sender.role not in endpoint.roles:
        raise Rejected("forbidden")
    return sender


def _values(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    sources = {"path": request.path_params, "query": request.query_params, "header": request.headers}
    known = {each.name for each in endpoint.parameters if each.where == "query"}
    if not known.issuperset(request.query_params):
        raise Rejected("malformed", "unknown query parameter")
    if len(request.query_params.multi_items()) > len(request.query_params):
        raise Rejected("malformed", "a query parameter stands there twice")
    return {each.name: each.read(sources[each.where].get(each.name)) for each in endpoint.parameters}


async def _body(request: Request, endpoint: Endpoint, server: ServerState) -> bytes | None:
    takes = endpoint.takes
    if takes is None:
        return None
    expected = OCTETS if isinstance(takes, Octets) else MEDIA_TYPE
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != expected:
        raise Rejected("media_type", expected)
    if isinstance(takes, Octets) and request.headers.get("content-encoding", "identity") != "identity":
        raise Rejected("encoding_unsupported", "bytes travel as they are")
    limits = server.config.limits
    limit = getattr(limits, takes.limit) if isinstance(takes, Octets) else limits.encoded_bytes
    declared = request.headers.get("content-length", "")
    body = await read_body(aiter(request.stream()), declared, limit, server.config.idle_seconds)
    check_digest(request.headers.get(CONTENT_DIGEST, ""), body)
    return body


def _plain(server: ServerState) -> int:
    return server.config.limits.decoded_bytes


def _decoded(decode: Callable[[bytes], Struct], body: bytes) -> Struct:
    try:
        return decode(body)
    except msgspec.DecodeError as error:
        # The path of a validation error names fields and positions; content does not appear in it.
        raise Rejected(
            "malformed", str(error) if isinstance(error, msgspec.ValidationError) else ""
        ) from error


def _response(request: Request, reply: Reply) -> Response:
    headers = {"Cache-Control": "no-store", **reply.headers}
    if isinstance(reply.content, Iterator):
        return StreamingResponse(reply.content, reply.status, headers, reply.media_type)
    content = encode(reply.content) if isinstance(reply.content, Struct) else reply.content or b""
    if isinstance(reply.content, Struct) and len(content) > _SMALL and _takes_gzip(request):
        packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        content = packer.compress(content) + packer.flush()
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    headers[CONTENT_DIGEST] = content_digest(content)
    media_type = reply.media_type if reply.content is not None else None
    return Response(content, reply.status, headers, media_type)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "").lower()
