"""De-identification for analysts: no identifying answers, no free text.

Left out are enumeration area, household number, receipt code, notes and the text of an outcome. A surveyor
may have written a name into the last two. A sealed response cannot be read here and is
left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

_BY_PATH = ("missing", "confirmed")
_KEPT = frozenset(
    (
        *("response_id", "form_id", "form_version", "form_sha256", "modules", "language", "commune"),
        *("device_id", "username", "started", "finished", "minutes", "outcome", "values", *_BY_PATH),
    )
)


def deidentify(canonical: bytes, identifying: Collection[str]) -> bytes | None:
    """The response without the ``identifying`` questions and free text; ``None`` if it cannot be read.

    ``values`` and everything by path lose those questions wherever they are. Unknown fields are left out, as
    they might identify a household.
    """
    try:
        clean = _without(json.loads(canonical), identifying)
        text = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except (RecursionError, ValueError):  # nesting or numbers that our programs never write
        return None
    return text.encode("utf-8", "replace") + b"\n" if clean is not None else None


def _without(response: dict[str, Any], identifying: Collection[str]) -> dict[str, Any] | None:
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
        by_path = response.get(name)
        if isinstance(by_path, dict):
            clean[name] = {path: each for path, each in by_path.items() if _question(path) not in identifying}
    return clean


def _question(path: object) -> str:
    return str(path).rpartition("/")[2]
