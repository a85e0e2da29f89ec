"""Who asks: a device by its token, a person by a session."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, bindparam, select

from survey_sync.protocol.messages import Role
from survey_sync.server.clock import ago, now
from survey_sync.server.db import Database
from survey_sync.server.db.tables import devices
from survey_sync.server.problems import Rejected
from survey_sync.server.secrets import hidden

__all__ = ["Principal", "bearer", "device_with"]

_SEEN_EVERY_MINUTES = 5


class Principal(Struct, frozen=True):
    """An enrolled device, or a signed-in person (``id`` is then empty). ``surveyor``: on whose behalf."""

    id: str
    name: str
    role: Role
    surveyor: str = ""


def bearer(authorization: str) -> str:
    """The token of an ``Authorization`` header; ``Rejected("unauthorised")`` without one."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorised()
    return token.strip()


def device_with(database: Database, token: str) -> Principal:
    """The device of a token. ``Rejected``: ``unauthorised`` or ``revoked``. Notes that it was seen."""
    with database.read() as connection:
        row = connection.execute(_BY_TOKEN, {"token": hidden(token)}).one_or_none()
    if row is None:
        raise _unauthorised()
    if row.revoked:
        raise Rejected("revoked")
    if row.last_seen < ago(minutes=_SEEN_EVERY_MINUTES):
        with database.write() as connection:
            _seen(connection, row.id)
    return Principal(row.id, row.name, row.role, row.surveyor)


def _seen(connection: Connection, device: str) -> None:
    connection.execute(devices.update().where(devices.c.id == device), {"last_seen": now()})


def _unauthorised() -> Rejected:
    return Rejected("unauthorised", headers={"WWW-Authenticate": 'Bearer realm="survey-sync"'})


_BY_TOKEN = select(
    devices.c.id, devices.c.name, devices.c.role, devices.c.surveyor, devices.c.revoked, devices.c.last_seen
).where(devices.c.token_sha256 == bindparam("token"))
