"""Ed25519 signatures (RFC 8032), verified by the library ``cryptography`` (extra ``crypto``)."""

from __future__ import annotations

from survey_tui.errors import SurveyError


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` was made with ``public_key`` (32 bytes).

    Raises ``SurveyError("crypto_missing")`` without the library: a signature that cannot be verified is not
    trusted.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        raise SurveyError("crypto_missing") from error
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
