"""Signing in: a password for a session, a session for a cookie, known to every process by the database."""

from __future__ import annotations

import hmac
import secrets

from msgspec import Struct
from sqlalchemy import Connection, delete, select

from survey_sync.protocol.messages import Role
from survey_sync.server.clock import ago, now
from survey_sync.server.config import Rates
from survey_sync.server.db import Database
from survey_sync.server.db.tables import accounts, sessions
from survey_sync.server.problems import Rejected
from survey_sync.server.rate_limits import check_attempts, count_failure
from survey_sync.server.secrets import check_password, hidden

__all__ = ["SESSION_HOURS", "Person", "check_csrf", "person_of", "sign_in", "sign_out"]

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
