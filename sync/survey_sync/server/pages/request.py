"""One visit to a page: who comes, in which language, with which form; and the reply.

Signing in: a password for a session, a session for a cookie, known to every process by the database."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from sqlalchemy import Connection, delete, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from survey_sync.protocol.messages import Role
from survey_sync.server.auth import Principal, check_password, hidden
from survey_sync.server.config import Rates
from survey_sync.server.db import Database
from survey_sync.server.db.tables import accounts, ago, now, sessions
from survey_sync.server.http.dispatch import address_of
from survey_sync.server.problems import Rejected
from survey_sync.server.rate_limits import check_attempts, count_failure
from survey_sync.server.runtime import ServerState
from survey_tui.errors import PlaceError
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.places import Places

SESSION_HOURS = 12
_WINDOW = 900


class Person(Struct, frozen=True):
    """Who is signed in. ``csrf`` stands in every form and must come back with it."""

    name: str
    role: Role
    csrf: str


def sign_in(database: Database, name: str, password: str, address: str, rates: Rates) -> str | None:
    """The token of a new session; ``None`` when name and password do not belong together.

    ``Rejected("rate_limited")`` after too many failures of this account or this address.
    """
    keys = (f"account {name[:100]}", f"address {address}")
    with database.read() as connection:
        for key in keys:
            check_attempts(connection, key, rates.failed_passwords, _WINDOW)
        row = connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
    stored = row.password if row is not None and not row.disabled else ""
    right = check_password(password, stored)
    with database.write() as connection:
        if right:
            return _begin(connection, name)
        for key in keys:
            count_failure(connection, key, _WINDOW)
    return None


def _begin(connection: Connection, account: str) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(delete(sessions).where(sessions.c.expires <= now()))
    facts = {"account": account, "csrf": secrets.token_urlsafe(24), "expires": ago(hours=-SESSION_HOURS)}
    connection.execute(sessions.insert(), {"token_sha256": hidden(token), **facts})
    return token


def sign_out(database: Database, token: str) -> None:
    """End a session."""
    with database.write() as connection:
        connection.execute(delete(sessions).where(sessions.c.token_sha256 == hidden(token)))


def person_of(database: Database, token: str) -> Person | None:
    """Whose session it is, if it still counts."""
    wanted = (
        select(sessions.c.account, sessions.c.csrf, accounts.c.role)
        .join_from(sessions, accounts, accounts.c.name == sessions.c.account)
        .where(
            sessions.c.token_sha256 == hidden(token), sessions.c.expires > now(), accounts.c.disabled == ""
        )
    )
    with database.read() as connection:
        row = connection.execute(wanted).one_or_none()
    return Person(row.account, row.role, row.csrf) if row else None


def check_csrf(person: Person, given: str) -> None:
    """``Rejected("forbidden")`` for a form that did not come from our page."""
    if not hmac.compare_digest(person.csrf.encode(), given.encode()):
        raise Rejected("forbidden", "the form is out of date")


SESSION_COOKIE = "survey_sync"
_LANGUAGE_COOKIE = "language"
_MOST_FORM_BYTES = 20_000
_VIETNAM = timezone(timedelta(hours=7))
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser would not say where a form comes from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page gets. ``person`` is ``None`` on the pages for signing in."""

    server: ServerState
    request: Request
    words: Translator
    form: Mapping[str, str]
    person: Person | None = None

    @property
    def somebody(self) -> Person:
        """Who is signed in."""
        if self.person is None:
            raise Rejected("unauthorised")
        return self.person

    @property
    def author(self) -> Principal:
        """The same, as somebody who writes to the devices."""
        return Principal("", self.somebody.name, self.somebody.role)

    @property
    def address(self) -> str:
        """Where the visitor comes from."""
        return address_of(self.request)

    def check_form(self) -> None:
        """``Rejected("forbidden")`` unless the form is one of this session."""
        check_csrf(self.somebody, self.form.get("csrf", ""))

    def page(self, template: str, status: int = 200, **facts: object) -> Response:
        """A page, with the words and the person at hand."""
        shown = _templates().get_template(f"{template}.html")
        content = shown.render(
            t=self._word,
            language=self.words.language,
            person=self.person,
            server_name=self.server.config.server_name,
            path=self.request.url.path,
            moment=_moment,
            commune=_commune,
            **facts,
        )
        response = HTMLResponse(content, status, dict(_HEADERS))
        if "language" in self.request.query_params:
            response.set_cookie(
                _LANGUAGE_COOKIE, self.words.language, max_age=31_536_000, httponly=True, samesite="strict"
            )
        return response

    def go(self, path: str) -> Response:
        """On to another page of ours."""
        return RedirectResponse(path, 303, dict(_HEADERS))

    def _word(self, name: str, /, **details: object) -> str:
        return self.words(f"server.{name}", **details)


def language_of(request: Request) -> Translator:
    """What the visitor chose; Vietnamese unless the browser asks for English and not for Vietnamese."""
    chosen = request.query_params.get("language") or request.cookies.get(_LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return Translator(chosen)
    wanted = request.headers.get("accept-language", "").lower()
    return Translator("en" if wanted.startswith("en") and "vi" not in wanted else "vi")


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a submitted form. ``Rejected``: ``media_type``, ``too_large``, ``malformed``."""
    if request.method != "POST":
        return {}
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Rejected("media_type")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_FORM_BYTES:
            raise Rejected("too_large")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:  # UnicodeDecodeError is one
        raise Rejected("malformed") from error


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(Path(__file__).with_name("templates"))
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _moment(text: str) -> str:
    """A stored moment as it is said in Vietnam."""
    return datetime.fromisoformat(text).astimezone(_VIETNAM).strftime("%d/%m/%Y %H:%M") if text else "–"


@cache
def _places() -> Places:
    return Places()


def _commune(code: str) -> str:
    """``32047 Khánh Thuận``, or just what the response says."""
    try:
        return f"{code} {_places().commune(code).name}"
    except PlaceError:
        return code or "–"


Handler = Callable[[Visit], Response]
