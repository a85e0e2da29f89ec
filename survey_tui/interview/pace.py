"""How long this interview has taken, and how much is likely left."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

__all__ = ["Pace", "usual_seconds"]

LONGEST_GAP = 300.0
"""Seconds: a longer silence between two events is a pause, and only this much of it counts as interview
time."""

# Seconds that a question of this type usually takes to read out, answer and type; the interview's own pace
# corrects it.
_USUAL = MappingProxyType(
    {
        "select_one": 12.0,
        "select_multiple": 25.0,
        "rank": 30.0,
        "text": 20.0,
        "integer": 10.0,
        "decimal": 12.0,
        "range": 8.0,
        "date": 12.0,
        "time": 10.0,
        "dateTime": 18.0,
        "note": 8.0,
        "acknowledge": 6.0,
        "geopoint": 30.0,
    }
)
_USUAL_OTHER = 20.0
_FASTEST, _SLOWEST = 0.25, 4.0
_WEIGHT_OF_USUAL = 120.0  # seconds of usual time that count as much as what was seen in this interview


def usual_seconds(question_type: str) -> float:
    """Seconds that a question of this type usually takes."""
    return _USUAL.get(question_type, _USUAL_OTHER)


class Pace:
    """Counts interview time from the moments of the events."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._last: dt.datetime | None = None

    def tick(self, at: dt.datetime, *, leaving: bool = False) -> None:
        """An event happened; ``leaving``: what follows is no interview time."""
        if self._last is not None:
            self.seconds += min(LONGEST_GAP, max(0.0, (at - self._last).total_seconds()))
        self._last = None if leaving else at

    def minutes(self, until: dt.datetime | None = None) -> float:
        """Interview time in minutes, to the tenth; ``until`` counts the time since the last event too."""
        seconds = self.seconds
        if until is not None and self._last is not None:
            seconds += min(LONGEST_GAP, max(0.0, (until - self._last).total_seconds()))
        return round(seconds / 60, 1)

    def minutes_for(self, usual: float, usual_done: float) -> float:
        """Minutes that questions of ``usual`` seconds will take, when ones of ``usual_done`` took the time
        so far."""
        pace = (self.seconds + _WEIGHT_OF_USUAL) / (usual_done + _WEIGHT_OF_USUAL)
        return round(usual * min(_SLOWEST, max(_FASTEST, pace)) / 60, 1)
