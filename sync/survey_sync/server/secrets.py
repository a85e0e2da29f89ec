"""Tokens, one-time codes and passwords: made at random, stored as hashes only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from survey_sync.protocol.messages import normal_code

__all__ = ["check_password", "hash_password", "hidden", "new_code", "new_password", "new_token"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_N, _R, _P = 1 << 15, 8, 1  # scrypt: 32 MiB and some 100 ms


def new_token() -> str:
    """A device's token: 256 random bits; the prefix lets a secret scanner know it."""
    return f"svs1_{secrets.token_urlsafe(32)}"


def new_code() -> str:
    """``7KQ4M-2ZT9H``: 50 random bits, easy to read out and to type."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def new_password() -> str:
    """75 random bits in three groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)).lower()


def hidden(secret: str, *, code: bool = False) -> str:
    """What is stored of a random secret (SHA-256, hex); ``code``: as typed by a person."""
    return hashlib.sha256((normal_code(secret) if code else secret).encode()).hexdigest()


def hash_password(password: str) -> str:
    """``scrypt$n$r$p$salt$hash`` (RFC 7914)."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _N, _R, _P)
    return "$".join(["scrypt", str(_N), str(_R), str(_P), _b64(salt), _b64(digest)])


def check_password(password: str, stored: str) -> bool:
    """Whether it is the one; takes as long when ``stored`` is no hash at all."""
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
