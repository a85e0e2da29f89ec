"""Routes of the pages, with the roles that may see each."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit

from anyio import to_thread
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from survey_sync.protocol.messages import Role
from survey_sync.server.http.dispatch import ROUTE, RequestHandler, address_of
from survey_sync.server.pages import handlers
from survey_sync.server.pages.request import (
    SESSION_COOKIE,
    Handler,
    PageRequest,
    choose_language,
    read_form,
    session_user,
)
from survey_sync.server.problems import ProblemError
from survey_sync.server.runtime import ServerRuntime

_EVERYONE: frozenset[Role] = frozenset()
_COORDINATORS: frozenset[Role] = frozenset({"coordinator"})
_READERS: frozenset[Role] = frozenset({"coordinator", "analyst"})


class Page(Struct, frozen=True):
    """A page. ``roles``: who may see it (empty: everyone)."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] = _EVERYONE


PAGES = (
    Page("GET", "/static/page.css", handlers.send_stylesheet),
    Page("GET", "/login", handlers.show_sign_in),
    Page("POST", "/login", handlers.do_sign_in),
    Page("POST", "/logout", handlers.do_sign_out, _READERS),
    Page("GET", "/", handlers.show_overview, _READERS),
    Page("GET", "/download/data.csv", handlers.download_csv, _READERS),
    Page("GET", "/download/data.jsonl", handlers.download_lines, _READERS),
    Page("GET", "/download/conflicts.jsonl", handlers.download_conflicts, _COORDINATORS),
    Page("GET", "/download/list.csv", handlers.download_list, _COORDINATORS),
    Page("GET", "/download/list.jsonl", handlers.download_list, _COORDINATORS),
    Page("GET", "/pushes", handlers.show_pushes, _COORDINATORS),
    Page("GET", "/conflicts", handlers.show_conflicts, _COORDINATORS),
    Page("GET", "/devices", handlers.show_devices, _COORDINATORS),
    Page("POST", "/devices/revoke", handlers.do_revoke, _COORDINATORS),
    Page("POST", "/devices/code", handlers.do_code, _COORDINATORS),
    Page("GET", "/messages", handlers.show_messages, _COORDINATORS),
    Page("POST", "/messages", handlers.do_message, _COORDINATORS),
    Page("POST", "/messages/retract", handlers.do_retract, _COORDINATORS),
)


def page_routes(server: ServerRuntime) -> list[Route]:
    """Routes of every page."""
    by_path: dict[str, dict[str, RequestHandler]] = defaultdict(dict)
    for page in PAGES:
        by_path[page.path][page.method] = _handle(page, server)
    return [Route(path, _by_method(pages), methods=list(pages)) for path, pages in by_path.items()]


def _by_method(pages: dict[str, RequestHandler]) -> RequestHandler:
    async def handle(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in pages:
            raise HTTPException(405, headers={"Allow": ", ".join(pages)})
        return await pages[method](request)

    return handle


def _handle(page: Page, server: ServerRuntime) -> RequestHandler:
    async def handle(request: Request) -> Response:
        request.scope[ROUTE] = page.path
        page_request = PageRequest(server, request, choose_language(request), {})
        try:
            server.by_address.take(address_of(request))
            if page.method == "POST":
                _check_origin(request)
            form = await read_form(request)
            return await to_thread.run_sync(_run_page, page, page_request, form)
        except ProblemError as problem:
            response = page_request.render("problem", problem.status, code=problem.code)
            response.headers.update(problem.headers)
            return response

    return handle


def _run_page(page: Page, bare: PageRequest, form: dict[str, str]) -> Response:
    page_request = PageRequest(bare.server, bare.http, bare.words, form)
    if page.roles:
        person = session_user(bare.server.database, bare.http.cookies.get(SESSION_COOKIE, ""))
        if person is None:
            if page.method == "GET":
                return RedirectResponse("/login", 303)
            raise ProblemError("unauthorised")
        if person.role not in page.roles:
            raise ProblemError("forbidden")
        page_request = PageRequest(bare.server, bare.http, bare.words, form, person)
    return page.handler(page_request)


def _check_origin(request: Request) -> None:
    """Accept forms from our own pages only; current browsers send the origin."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ProblemError("forbidden", "the form comes from elsewhere")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise ProblemError("forbidden", "the form comes from elsewhere")
