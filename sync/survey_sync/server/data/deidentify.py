"""Taking out of a response what leads to a household: enumeration area, household number, receipt code.

Notes and the free text of the outcome go too: a surveyor may have written a name there. A sealed response
cannot be read here and is left out altogether.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

__all__ = ["deidentified"]

_FREE_TEXT = ("notes", "outcome_text")
_BY_PATH = ("missing", "confirmed")
_KEPT = frozenset(
    (
        *("response_id", "form_id", "form_version", "form_sha256", "modules", "language", "commune"),
        *("device_id", "username", "started", "finished", "minutes", "outcome", "values", *_BY_PATH),
    )
)


def deidentified(frozen: bytes, identifying: Collection[str]) -> bytes | None:
    """The response without the questions named and without free text; ``None`` when it cannot be read.

    ``values`` and everything told by path lose those questions wherever they stand. A field that this program
    does not know is left out: nobody has said that it is harmless.
    """
    try:
        clean = _cleaned(json.loads(frozen), identifying)
        text = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (RecursionError, ValueError):  # nested, or with numbers, as no program of ours writes
        return None
    return text.encode("utf-8", "replace") + b"\n" if clean is not None else None


def _cleaned(response: dict[str, Any], identifying: Collection[str]) -> dict[str, Any] | None:
    values = response.get("values")
    if not isinstance(values, list):
        return None
    clean = {name: value for name, value in response.items() if name in _KEPT}
    clean["values"] = [
        pair
        for pair in values
        if isinstance(pair, list) and len(pair) == 2 and _question(pair[0]) not in identifying
    ]
    for name in _BY_PATH:
        told = response.get(name)
        if isinstance(told, dict):
            clean[name] = {path: each for path, each in told.items() if _question(path) not in identifying}
    return clean


def _question(path: object) -> str:
    return str(path).rpartition("/")[2]
