"""The ASGI application. Any number of its processes may serve one database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from survey_sync.protocol.messages import MEDIA_TYPE, encode
from survey_sync.server.http.dispatch import ROUTE, RequestHandler, dispatcher
from survey_sync.server.http.endpoints import ENDPOINTS
from survey_sync.server.http.middleware import RequestMiddleware
from survey_sync.server.http.openapi import openapi_document
from survey_sync.server.pages.routes import page_routes
from survey_sync.server.runtime import ServerRuntime


def create_app(server: ServerRuntime) -> ASGIApp:
    """Create the application; it closes ``server`` on shutdown."""

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            server.close()

    router = Router(routes(server), redirect_slashes=False, default=_not_found, lifespan=lifespan)
    return RequestMiddleware(router, server)


def routes(server: ServerRuntime) -> list[Route]:
    """Every route: endpoints, their OpenAPI description, pages."""
    by_path: dict[str, dict[str, RequestHandler]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        by_path[endpoint.path][endpoint.method] = dispatcher(endpoint, server)
    interface = [
        Route(path, _by_method(handlers), methods=list(handlers)) for path, handlers in by_path.items()
    ]
    return [*interface, Route("/openapi.json", _openapi(server), methods=["GET"]), *page_routes(server)]


def _by_method(handlers: dict[str, RequestHandler]) -> RequestHandler:
    async def handle(request: Request) -> Response:
        if request.method not in handlers:  # Starlette routes HEAD wherever GET is allowed
            raise HTTPException(405, headers={"Allow": ", ".join(handlers)})
        return await handlers[request.method](request)

    return handle


def _openapi(server: ServerRuntime) -> RequestHandler:
    content = encode(openapi_document(server.config.server_name))

    async def handle(request: Request) -> Response:
        request.scope[ROUTE] = "/openapi.json"
        return Response(content, media_type=MEDIA_TYPE)

    return handle


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise HTTPException(404)
