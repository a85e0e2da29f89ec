"""Page requests: session, language, form fields; rendering of the reply.

Sessions are kept in the database, so that every process knows them.
"""

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
from survey_sync.server.auth import Principal, check_password, secret_sha256
from survey_sync.server.config import RateLimits
from survey_sync.server.db import Database
from survey_sync.server.db.tables import accounts, ago, now, sessions
from survey_sync.server.http.dispatch import address_of
from survey_sync.server.problems import ProblemError
from survey_sync.server.rate_limits import PASSWORD_WINDOW_SECONDS, check_attempts, count_failure
from survey_sync.server.runtime import ServerRuntime
from survey_tui.errors import PlaceError
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.places import Places

SESSION_HOURS = 12


class SessionUser(Struct, frozen=True):
    """The signed-in user. ``csrf`` is in every form and must be sent back."""

    name: str
    role: Role
    csrf: str


def sign_in(database: Database, name: str, password: str, address: str, rates: RateLimits) -> str | None:
    """Start a session and return its token; ``None`` for a wrong name or password.

    ``ProblemError("rate_limited")`` after too many failures of this account or this address.
    """
    keys = (f"account {name[:100]}", f"address {address}")
    with database.read() as connection:
        for key in keys:
            check_attempts(connection, key, rates.failed_passwords, PASSWORD_WINDOW_SECONDS)
        row = connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
    stored = row.password if row is not None and not row.disabled else ""
    right = check_password(password, stored)
    with database.write() as connection:
        if right:
            return _begin(connection, name)
        for key in keys:
            count_failure(connection, key, PASSWORD_WINDOW_SECONDS)
    return None


def _begin(connection: Connection, account: str) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(delete(sessions).where(sessions.c.expires <= now()))
    facts = {"account": account, "csrf": secrets.token_urlsafe(24), "expires": ago(hours=-SESSION_HOURS)}
    connection.execute(sessions.insert(), {"token_sha256": secret_sha256(token), **facts})
    return token


def sign_out(database: Database, token: str) -> None:
    """Delete the session of this token."""
    with database.write() as connection:
        connection.execute(delete(sessions).where(sessions.c.token_sha256 == secret_sha256(token)))


def session_user(database: Database, token: str) -> SessionUser | None:
    """The user of a valid session."""
    wanted = (
        select(sessions.c.account, sessions.c.csrf, accounts.c.role)
        .join_from(sessions, accounts, accounts.c.name == sessions.c.account)
        .where(
            sessions.c.token_sha256 == secret_sha256(token),
            sessions.c.expires > now(),
            accounts.c.disabled == "",
        )
    )
    with database.read() as connection:
        row = connection.execute(wanted).one_or_none()
    return SessionUser(row.account, row.role, row.csrf) if row else None


def check_csrf(user: SessionUser, given: str) -> None:
    """Raise ``ProblemError("forbidden")`` for a form that did not come from our page."""
    if not hmac.compare_digest(user.csrf.encode(), given.encode()):
        raise ProblemError("forbidden", "the form is out of date")


SESSION_COOKIE = "survey_sync"
_LANGUAGE_COOKIE = "language"
_MAX_FORM_BYTES = 20_000
_VIETNAM = timezone(timedelta(hours=7))
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers omit the Origin of forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request as handlers see it. ``person`` is ``None`` on the sign-in pages."""

    server: ServerRuntime
    http: Request
    words: Translator
    form: Mapping[str, str]
    person: SessionUser | None = None

    @property
    def user(self) -> SessionUser:
        """The signed-in user."""
        if self.person is None:
            raise ProblemError("unauthorised")
        return self.person

    @property
    def author(self) -> Principal:
        """The user as author of messages to devices."""
        return Principal("", self.user.name, self.user.role)

    @property
    def address(self) -> str:
        """Address of the client."""
        return address_of(self.http)

    def check_form(self) -> None:
        """Raise ``ProblemError("forbidden")`` unless the form is one of this session."""
        check_csrf(self.user, self.form.get("csrf", ""))

    def render(self, template: str, status: int = 200, **facts: object) -> Response:
        """Render a template as reply."""
        shown = _templates().get_template(f"{template}.html")
        content = shown.render(
            t=self._word,
            language=self.words.language,
            person=self.person,
            server_name=self.server.config.server_name,
            path=self.http.url.path,
            moment=_moment,
            commune=_commune,
            **facts,
        )
        response = HTMLResponse(content, status, dict(_HEADERS))
        if "language" in self.http.query_params:
            response.set_cookie(
                _LANGUAGE_COOKIE, self.words.language, max_age=31_536_000, httponly=True, samesite="strict"
            )
        return response

    def redirect(self, path: str) -> Response:
        """Redirect to another page."""
        return RedirectResponse(path, 303, dict(_HEADERS))

    def _word(self, name: str, /, **details: object) -> str:
        return self.words(f"server.{name}", **details)


def choose_language(request: Request) -> Translator:
    """The chosen language; Vietnamese unless the browser asks for English and not for Vietnamese."""
    chosen = request.query_params.get("language") or request.cookies.get(_LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return Translator(chosen)
    wanted = request.headers.get("accept-language", "").lower()
    return Translator("en" if wanted.startswith("en") and "vi" not in wanted else "vi")


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a submitted form. ``ProblemError``: ``media_type``, ``too_large``, ``malformed``."""
    if request.method != "POST":
        return {}
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise ProblemError("media_type")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM_BYTES:
            raise ProblemError("too_large")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:  # UnicodeDecodeError is one
        raise ProblemError("malformed") from error


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(Path(__file__).with_name("templates"))
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _moment(text: str) -> str:
    """Format a stored time in Vietnam's time zone."""
    return datetime.fromisoformat(text).astimezone(_VIETNAM).strftime("%d/%m/%Y %H:%M") if text else "–"


@cache
def _places() -> Places:
    return Places()


def _commune(code: str) -> str:
    """``32047 Khánh Thuận``, or the code alone if it is unknown."""
    try:
        return f"{code} {_places().commune(code).name}"
    except PlaceError:
        return code or "–"


Handler = Callable[[PageRequest], Response]
