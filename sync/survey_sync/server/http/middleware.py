"""Around every request, pages included: its id, the protocol header, security headers, one log line,
counters, and a problem for whatever goes wrong."""

from __future__ import annotations

import logging
import re
import time
import uuid

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey_sync.protocol.hashes import content_digest
from survey_sync.protocol.messages import (
    CONTENT_DIGEST,
    PROBLEM_MEDIA_TYPE,
    PROTOCOL,
    PROTOCOL_HEADER,
    REQUEST_ID,
    encode,
)
from survey_sync.server.http.dispatch import DEVICE, ROUTE
from survey_sync.server.monitoring import LOGGER, Handled
from survey_sync.server.problems import Rejected
from survey_sync.server.runtime import ServerState

_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_CLIENT_WENT_AWAY = 499  # nginx's number, for the log only
_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


def problem_response(rejected: Rejected, request_id: str) -> Response:
    """The reply that says why not."""
    content = encode(rejected.problem(request_id))
    headers = {"Cache-Control": "no-store", CONTENT_DIGEST: content_digest(content), **rejected.headers}
    return Response(content, rejected.status, headers, PROBLEM_MEDIA_TYPE)


class Frame:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, server: ServerState) -> None:
        self.app = app
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["app"] = self  # so that Starlette's router raises what it would otherwise answer in plain text
        passage = _Passage(scope, receive, send)
        try:
            await self.app(scope, passage.receive, passage.send)
        except Exception as error:  # the border of the process: every fault gets its reply and its log line
            if not await passage.refuse(error):
                raise
        finally:
            passage.finish(self.server)


class _Passage:
    """One request on its way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        given = Headers(scope=scope).get(REQUEST_ID, "")
        self.id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        self._began = time.perf_counter()
        self._status = 0
        self._in = self._out = 0
        self._code = ""

    async def receive(self) -> Message:
        message = await self._receive()
        self._in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[PROTOCOL_HEADER] = PROTOCOL
            headers[REQUEST_ID] = self.id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")
        else:
            self._out += len(message.get("body", b""))
        await self._send(message)

    async def refuse(self, error: Exception) -> bool:
        """Answer with a problem; False when the reply has begun, so that it can only be cut off."""
        if isinstance(error, ClientDisconnect):
            self._status = self._status or _CLIENT_WENT_AWAY
            return True
        rejected = _rejected(error)
        self._code = rejected.code
        if rejected.status >= 500:
            facts = {"request_id": self.id, "route": self._scope.get(ROUTE, "")}
            LOGGER.error("failed", exc_info=error, extra={"facts": facts})
        if self._status:
            return False
        await problem_response(rejected, self.id)(self._scope, self._receive, self.send)
        return True

    def finish(self, server: ServerState) -> None:
        seconds = time.perf_counter() - self._began
        route = self._scope.get(ROUTE, "")
        method = self._scope["method"] if route else "other"
        server.metrics.request(Handled(method, route, self._status, seconds, self._in, self._out))
        if LOGGER.isEnabledFor(logging.INFO):
            LOGGER.info("request", extra={"facts": self._facts(seconds, route)})

    def _facts(self, seconds: float, route: str) -> dict[str, object]:
        client = self._scope.get("client")
        facts: dict[str, object] = {
            "request_id": self.id,
            "method": self._scope["method"],
            "route": route,
            "status": self._status,
            "ms": round(seconds * 1000, 1),
            "bytes_in": self._in,
            "bytes_out": self._out,
            "device": self._scope.get(DEVICE, ""),
            "address": client[0] if client else "",
        }
        return facts | ({"code": self._code} if self._code else {})


def _rejected(error: Exception) -> Rejected:
    if isinstance(error, Rejected):
        return error
    if isinstance(error, HTTPException):
        code = _BY_STATUS.get(error.status_code, "malformed")
        return Rejected(code, headers=dict(error.headers or {}))
    if isinstance(error, (DBAPIError, PoolTimeout)):
        return Rejected("busy", headers={"Retry-After": "5"})
    return Rejected("internal")
