"""Outermost middleware: request id, headers, log line, metrics, and problems for failures."""

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
from survey_sync.server.monitoring import LOGGER, RequestRecord
from survey_sync.server.problems import ProblemError
from survey_sync.server.runtime import ServerRuntime

_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_CLIENT_WENT_AWAY = 499  # nginx's number, for the log only
_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


def problem_response(problem: ProblemError, request_id: str) -> Response:
    """The reply for a problem (RFC 9457)."""
    content = encode(problem.problem(request_id))
    headers = {"Cache-Control": "no-store", CONTENT_DIGEST: content_digest(content), **problem.headers}
    return Response(content, problem.status, headers, PROBLEM_MEDIA_TYPE)


class RequestMiddleware:
    """ASGI middleware around every request, pages included."""

    def __init__(self, app: ASGIApp, server: ServerRuntime) -> None:
        self.app = app
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["app"] = self  # so that Starlette's router raises instead of answering in plain text
        in_flight = _RequestInFlight(scope, receive, send)
        try:
            await self.app(scope, in_flight.receive, in_flight.send)
        except Exception as error:  # every failure gets a reply and a log line
            if not await in_flight.refuse(error):
                raise
        finally:
            in_flight.finish(self.server)


class _RequestInFlight:
    """Byte counts, status and problem of a request while it is handled."""

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
        """Answer with a problem; false if the reply has begun and can only be cut off."""
        if isinstance(error, ClientDisconnect):
            self._status = self._status or _CLIENT_WENT_AWAY
            return True
        problem = _problem_from(error)
        self._code = problem.code
        if problem.status >= 500:
            facts = {"request_id": self.id, "route": self._scope.get(ROUTE, "")}
            LOGGER.error("failed", exc_info=error, extra={"facts": facts})
        if self._status:
            return False
        await problem_response(problem, self.id)(self._scope, self._receive, self.send)
        return True

    def finish(self, server: ServerRuntime) -> None:
        seconds = time.perf_counter() - self._began
        route = self._scope.get(ROUTE, "")
        method = self._scope["method"] if route else "other"
        server.metrics.count_request(RequestRecord(method, route, self._status, seconds, self._in, self._out))
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


def _problem_from(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException):
        code = _BY_STATUS.get(error.status_code, "malformed")
        return ProblemError(code, headers=dict(error.headers or {}))
    if isinstance(error, (DBAPIError, PoolTimeout)):
        return ProblemError("busy", headers={"Retry-After": "5"})
    return ProblemError("internal")
