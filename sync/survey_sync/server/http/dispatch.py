"""Declaration of endpoints, and dispatch of a request to its handler.

The order of checks is the same for every endpoint: protocol header, rate of the address, token, role, rate of
the token, parameters, media type, body, digest, decompression, decoding. Handlers are plain functions and run
in a thread.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypedDict, TypeVar, Unpack

import msgspec
from anyio import to_thread
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from survey_sync.protocol.hashes import content_digest
from survey_sync.protocol.messages import (
    CONTENT_DIGEST,
    MEDIA_TYPE,
    PROTOCOL,
    PROTOCOL_HEADER,
    Role,
    decoder,
    encode,
)
from survey_sync.server.auth import Principal, authenticate_device, parse_bearer
from survey_sync.server.http.request_body import check_digest, decompress_body, read_body
from survey_sync.server.problems import ProblemError
from survey_sync.server.runtime import ServerRuntime

T = TypeVar("T")
ParameterLocation = Literal["path", "query", "header"]
OCTET_STREAM = "application/octet-stream"
EVERYONE: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. ``kind``: a type that :func:`msgspec.convert` reads from text, with its limits."""

    name: str
    location: ParameterLocation
    kind: Any
    about: str
    required: bool = True
    default: object = None

    def read(self, text: str | None) -> object:
        """Parse its value; ``ProblemError("malformed")`` names the parameter, never the value."""
        if text is None:
            if self.required:
                raise ProblemError("malformed", f"{self.location} parameter {self.name} is missing")
            return self.default
        try:
            return msgspec.convert(text, self.kind, strict=False)
        except msgspec.ValidationError as error:
            raise ProblemError("malformed", f"{self.location} parameter {self.name} is not valid") from error


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body of raw bytes. ``limit``: the name of its limit in ``Limits``; ``least``: minimal size."""

    limit: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """A request that passed all checks, for its handler."""

    server: ServerRuntime
    address: str
    method: str
    values: Mapping[str, Any]
    sender: Principal | None = None
    body: Any = None

    @property
    def device(self) -> Principal:
        """The sender; public endpoints have none."""
        if self.sender is None:
            raise ProblemError("unauthorised")
        return self.sender


@dataclass(frozen=True, slots=True)
class EndpointReply:
    """The reply of a handler. ``content``: a message, bytes, or an iterator of bytes that is streamed."""

    content: Struct | bytes | Iterator[bytes] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = MEDIA_TYPE


Handler = Callable[[EndpointCall], EndpointReply]
RequestHandler = Callable[[Request], Awaitable[Response]]
"""A handler as Starlette calls it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Declaration of an endpoint: path, roles, request body and reply.

    ``roles``: who may use it (empty: everybody). ``takes``: the message or :class:`RawBody` in the body.
    ``gives``: the message, or the media type, of a reply with ``status`` (or one of ``also``). ``problems``:
    codes beyond those that any endpoint may answer. ``versioned``: part of the protocol, so that its header
    is required.
    """

    method: str
    path: str
    name: str
    about: str
    handler: Handler
    roles: frozenset[Role] = EVERYONE
    takes: type[Struct] | RawBody | None = None
    gives: type[Struct] | str | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[str, ...] = ()
    reply_headers: tuple[str, ...] = ()
    versioned: bool = True


class _Declared(TypedDict, total=False):
    roles: frozenset[Role]
    takes: type[Struct] | RawBody
    gives: type[Struct] | str
    status: int
    also: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    problems: tuple[str, ...]
    reply_headers: tuple[str, ...]
    versioned: bool


class EndpointList(list[Endpoint]):
    """The endpoints that one module declares, each above its handler."""

    def add(
        self, method: str, path: str, name: str, about: str, **declared: Unpack[_Declared]
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated handler; arguments as of :class:`Endpoint`."""

        def declare(handler: Handler) -> Handler:
            self.append(Endpoint(method, path, name, about, handler, **declared))
            return handler

        return declare


Natural = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
BODY_PROBLEMS = ("media_type", "digest_missing", "digest_mismatch", "too_large", "timeout")
JSON_PROBLEMS = (*BODY_PROBLEMS, "encoding_broken", "encoding_unsupported")


ROUTE = "survey_sync.route"
DEVICE = "survey_sync.device"
"""Keys of the ASGI scope, for the log."""

_SMALL = 1024  # bytes; smaller replies are not compressed


def dispatcher(endpoint: Endpoint, server: ServerRuntime) -> RequestHandler:
    """The Starlette handler of a declared endpoint."""
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
                read = _decode_body(
                    decode,
                    decompress_body(
                        body, request.headers.get("content-encoding", ""), _decoded_limit(server)
                    ),
                )
            call = EndpointCall(server, address, request.method, values, sender, read)
            return _response(request, endpoint.handler(call))

        return await to_thread.run_sync(work)

    return handle


def address_of(request: Request) -> str:
    """Address of the client; uvicorn decides which proxies to trust."""
    return request.client.host if request.client else "unknown"


def _check_protocol(request: Request) -> None:
    version = request.headers.get(PROTOCOL_HEADER)
    if version is None:
        raise ProblemError("protocol_missing")
    if version != PROTOCOL:
        raise ProblemError("protocol_unsupported", f"this server supports {PROTOCOL}")


async def _sender(request: Request, endpoint: Endpoint, server: ServerRuntime) -> Principal | None:
    if not endpoint.roles:
        return None
    token = parse_bearer(request.headers.get("authorization", ""))
    sender = await to_thread.run_sync(authenticate_device, server.database, token)
    request.scope[DEVICE] = sender.id
    server.by_token.take(sender.id)
    if sender.role not in endpoint.roles:
        raise ProblemError("forbidden")
    return sender


def _values(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    sources = {"path": request.path_params, "query": request.query_params, "header": request.headers}
    known = {each.name for each in endpoint.parameters if each.location == "query"}
    if not known.issuperset(request.query_params):
        raise ProblemError("malformed", "unknown query parameter")
    if len(request.query_params.multi_items()) > len(request.query_params):
        raise ProblemError("malformed", "a query parameter is given twice")
    return {each.name: each.read(sources[each.location].get(each.name)) for each in endpoint.parameters}


async def _body(request: Request, endpoint: Endpoint, server: ServerRuntime) -> bytes | None:
    takes = endpoint.takes
    if takes is None:
        return None
    expected = OCTET_STREAM if isinstance(takes, RawBody) else MEDIA_TYPE
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != expected:
        raise ProblemError("media_type", expected)
    if isinstance(takes, RawBody) and request.headers.get("content-encoding", "identity") != "identity":
        raise ProblemError("encoding_unsupported", "the body must not be encoded")
    limits = server.config.limits
    limit = getattr(limits, takes.limit) if isinstance(takes, RawBody) else limits.encoded_bytes
    declared = request.headers.get("content-length", "")
    body = await read_body(aiter(request.stream()), declared, limit, server.config.idle_seconds)
    check_digest(request.headers.get(CONTENT_DIGEST, ""), body)
    return body


def _decoded_limit(server: ServerRuntime) -> int:
    return server.config.limits.decoded_bytes


def _decode_body(decode: Callable[[bytes], Struct], body: bytes) -> Struct:
    try:
        return decode(body)
    except msgspec.DecodeError as error:
        # The path of a validation error names fields and positions; content does not appear in it.
        raise ProblemError(
            "malformed", str(error) if isinstance(error, msgspec.ValidationError) else ""
        ) from error


def _response(request: Request, reply: EndpointReply) -> Response:
    headers = {"Cache-Control": "no-store", **reply.headers}
    if isinstance(reply.content, Iterator):
        return StreamingResponse(reply.content, reply.status, headers, reply.media_type)
    content = encode(reply.content) if isinstance(reply.content, Struct) else reply.content or b""
    if isinstance(reply.content, Struct) and len(content) > _SMALL and _accepts_gzip(request):
        packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        content = packer.compress(content) + packer.flush()
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    headers[CONTENT_DIGEST] = content_digest(content)
    media_type = reply.media_type if reply.content is not None else None
    return Response(content, reply.status, headers, media_type)


def _accepts_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "").lower()
