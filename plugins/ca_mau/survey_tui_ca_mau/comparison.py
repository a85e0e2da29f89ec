"""What one training interview says beside the province's official figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from survey_tui.plugins.baselines import compared
from survey_tui.plugins.offers import QualityFinding, Response

_YES = MappingProxyType({"vi": "có", "en": "yes"})
_NO = MappingProxyType({"vi": "không", "en": "no"})


def comparisons(response: Response) -> list[QualityFinding]:
    """A note for each figure that is comparable and whose question was answered.

    A figure that must not stand beside an answer (``comparable = "no"``) is passed over by :func:`compared`.
    """
    notes = []
    for baseline in response.baselines:
        read = _READINGS.get(baseline.id)
        seen = read(response) if read is not None else None
        note = compared(baseline, seen) if seen is not None else None
        if note is not None:
            notes.append(note)
    return notes


def _account(response: Response) -> Mapping[str, str] | None:
    status = response.text("b_eid")
    if status in ("", "98"):
        return None
    return _YES if status in ("l1", "l2", "lx", "reg") else _NO


def _team(response: Response) -> Mapping[str, str] | None:
    reached = response.text("cm_team")
    if reached in ("", "98"):
        return None
    return _YES if reached in ("y", "old", "out") else _NO


def _products(response: Response) -> Mapping[str, str] | None:
    count = response.text("cm_items")
    return {"vi": f"{count} sản phẩm", "en": f"{count} products"} if count else None


_READINGS: Mapping[str, Callable[[Response], Mapping[str, str] | None]] = MappingProxyType(
    {"cm01": _account, "cm02": _team, "cm05": _products}
)
"""Baseline → what the response answers to the same question, in words."""
