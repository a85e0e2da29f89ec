"""Functions for digests, encodings and signed messages."""

from __future__ import annotations

import re

from survey_tui.errors import SurveyError
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function

_ALGORITHMS = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
_NOT_BASE64 = r"[^A-Za-z0-9+/=]+"


def _digest(message: str, algorithm: str, encoding: str = "base64") -> str:
    """The digest of the UTF-8 bytes of ``message``."""
    import hashlib
    from base64 import b64encode

    name = _ALGORITHMS.get(algorithm.upper().replace("-", ""))
    if name is None or encoding.lower() not in ("hex", "base64"):
        raise failure("digest", algorithm=algorithm[:40], encoding=encoding[:40])
    digest = hashlib.new(name, message.encode("utf-8", "replace"), usedforsecurity=False)
    return digest.hexdigest() if encoding.lower() == "hex" else b64encode(digest.digest()).decode("ascii")


def _bytes(encoded: str) -> bytes:
    """Decoded base64; empty when it is truncated, as in JavaRosa."""
    from base64 import b64decode

    plain = re.sub(_NOT_BASE64, "", encoded)
    if len(plain) % 4:
        return b""
    try:
        return b64decode(plain)
    except ValueError:
        return b""


def _decode(encoded: str) -> str:
    return _bytes(encoded).decode("utf-8", "replace")


def _extract_signed(signed: str, public_key: str) -> str:
    """The message in ``signed`` (base64 of a 64-byte Ed25519 signature and the message), ``""`` if the
    signature is not that of ``public_key`` (base64). Needs the extra ``crypto``."""
    from survey_tui.signatures import verify

    content, key = _bytes(signed), _bytes(public_key)
    signature, message = content[:64], content[64:]
    try:
        right = verify(key[:32], signature, message)
    except SurveyError as error:
        raise failure("library", library="cryptography") from error
    return message.decode("utf-8", "replace") if right else ""


FUNCTIONS = (
    Function("digest", _digest, least=2, most=3, takes=("text",), kind="text"),
    Function("base64-decode", _decode, least=1, most=1, takes=("text",), kind="text"),
    Function("extract-signed", _extract_signed, least=2, most=2, takes=("text",), kind="text"),
)
