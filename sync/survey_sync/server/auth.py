"""Authentication: random tokens, one-time codes and passwords, stored as hashes only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from msgspec import Struct
from sqlalchemy import Connection, bindparam, select

from survey_sync.protocol.messages import Role, normal_code
from survey_sync.server.db import Database
from survey_sync.server.db.tables import ago, devices, now
from survey_sync.server.problems import ProblemError

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_N, _R, _P = 1 << 15, 8, 1  # scrypt: 32 MiB and some 100 ms


def new_token() -> str:
    """A device's token: 256 random bits; secret scanners recognise the prefix."""
    return f"svs1_{secrets.token_urlsafe(32)}"


def new_code() -> str:
    """``7KQ4M-2ZT9H``: 50 random bits, easy to read out and to type."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def new_password() -> str:
    """A password of 75 random bits in three groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)).lower()


def secret_sha256(secret: str, *, code: bool = False) -> str:
    """SHA-256 (hex) of a random secret, as it is stored; ``code``: normalised first."""
    return hashlib.sha256((normal_code(secret) if code else secret).encode()).hexdigest()


def hash_password(password: str) -> str:
    """Hash a password as ``scrypt$n$r$p$salt$hash`` (RFC 7914)."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _N, _R, _P)
    return "$".join(["scrypt", str(_N), str(_R), str(_P), _b64(salt), _b64(digest)])


def check_password(password: str, stored: str) -> bool:
    """Whether the password matches; takes the same time if ``stored`` is no hash."""
    try:
        _, n, r, p, salt, digest = stored.split("$")
        facts = int(n), int(r), int(p), base64.b64decode(salt), base64.b64decode(digest)
    except ValueError:
        _scrypt(password, b"no such account.", _N, _R, _P)
        return False
    return hmac.compare_digest(_scrypt(password, facts[3], *facts[:3]), facts[4])


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=n * r * 256, dklen=32)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


_SEEN_EVERY_MINUTES = 5


class Principal(Struct, frozen=True):
    """An enrolled device, or a signed-in user (``id`` is empty). ``surveyor``: the surveyor of the device."""

    id: str
    name: str
    role: Role
    surveyor: str = ""


def parse_bearer(authorization: str) -> str:
    """The token of an ``Authorization`` header; ``ProblemError("unauthorised")`` without one."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorised_problem()
    return token.strip()


def authenticate_device(database: Database, token: str) -> Principal:
    """The device of a token; updates its last contact. ``ProblemError``: ``unauthorised``, ``revoked``."""
    with database.read() as connection:
        row = connection.execute(_BY_TOKEN, {"token": secret_sha256(token)}).one_or_none()
    if row is None:
        raise _unauthorised_problem()
    if row.revoked:
        raise ProblemError("revoked")
    if row.last_seen < ago(minutes=_SEEN_EVERY_MINUTES):
        with database.write() as connection:
            _update_last_seen(connection, row.id)
    return Principal(row.id, row.name, row.role, row.surveyor)


def _update_last_seen(connection: Connection, device: str) -> None:
    connection.execute(devices.update().where(devices.c.id == device), {"last_seen": now()})


def _unauthorised_problem() -> ProblemError:
    return ProblemError("unauthorised", headers={"WWW-Authenticate": 'Bearer realm="survey-sync"'})


_BY_TOKEN = select(
    devices.c.id, devices.c.name, devices.c.role, devices.c.surveyor, devices.c.revoked, devices.c.last_seen
).where(devices.c.token_sha256 == bindparam("token"))
