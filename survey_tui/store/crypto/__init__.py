"""Encryption at rest: responses sealed to an organisation's key, the journal locked by a passphrase.

Every algorithm comes from the library ``cryptography`` (extra ``crypto``), which is imported when it is first
needed; without it the program works and says that nothing is encrypted. ``docs/data-safety.md`` tells what is
protected against what; ``docs/store.md`` has the formats.
"""

from __future__ import annotations

from importlib.util import find_spec

from survey_tui.errors import StoreError

__all__ = [
    "crypto_available",
    "disable_core_dumps",
    "require_crypto",
]


def crypto_available() -> bool:
    """True when ``cryptography`` is installed; nothing is imported to know it."""
    return find_spec("cryptography") is not None


def require_crypto() -> None:
    """Raise ``StoreError("crypto_missing")`` when the library is not installed."""
    if not crypto_available():
        raise StoreError("crypto_missing")


def disable_core_dumps() -> None:
    """Keep a crash of this process from writing its memory, with keys and answers, to the disk."""
    try:
        import resource
    except ImportError:  # Windows writes none by default
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
