"""What a person is told about a package that is not simply installed: why, and what to do."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from survey_sync.client.device_keys import fingerprint
from survey_sync.client.package_install import still_there
from survey_sync.client.package_state import Parked
from survey_sync.protocol.messages import Package
from survey_tui.locale import Translator

__all__ = ["fingerprint_of", "remedies"]


def remedies(parked: Parked, home: Path, words: Translator) -> Iterator[str]:
    """Sentences, none for a package with which all is well. Names in them are as hostile as the server."""
    package = parked.package
    named = {"name": package.name, "version": package.version}
    if parked.trouble is not None:
        yield parked.trouble.said(words)
    if parked.state == "unknown_key":
        mark = fingerprint_of(package)
        yield words("sync.trust_it", **named, author=package.author or "–", fingerprint=mark)
        yield words("sync.trust_command", who=mark[:9], public=_key_of(package))
    elif parked.state == "failed":
        yield words("sync.try_again", **named)
    elif parked.state in {"bad_signature", "bad_hash", "too_large"}:
        yield words("sync.tell_coordinator", **named)
    elif parked.state == "ready" and parked.trouble is not None:
        yield words("sync.still_ready", **named)
    elif parked.state == "installed" and parked.retracted and still_there(home, parked):
        yield words("sync.retracted_installed", **named)


def fingerprint_of(package: Package) -> str:
    """That of the key that made the signature; ``""`` when there is no key."""
    key = _key_of(package)
    return fingerprint(key) if key else ""


def _key_of(package: Package) -> str:
    """The public key (hex); ``""`` when it is not even written as one."""
    try:
        return base64.b64decode(package.key, validate=True).hex()
    except ValueError:
        return ""
