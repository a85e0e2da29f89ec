"""Bến Tre: the function ``bt-calendar-days``; everything else stands in ``plugin.toml`` and ``modules/``."""

from __future__ import annotations

import datetime as dt
import math

from survey_tui.expressions import Function, Value
from survey_tui.plugins import hookimpl
from survey_tui_ben_tre.working_days import calendar_days

__all__ = ["expression_functions"]

_MOST = 400  # working days; the question takes 90


@hookimpl
def expression_functions() -> dict[str, Function]:
    """``bt-calendar-days(working_days, until)``: how many days of the calendar lie between filing and the
    result when these working days ended on ``until``; ``""`` if one of them is missing."""
    name = "bt-calendar-days"
    return {name: Function(name, call=_calendar_days, least=2, most=2, takes=("number", "value"))}


def _calendar_days(working_days: Value, until: Value) -> Value:
    if not isinstance(working_days, float) or not math.isfinite(working_days):
        return ""
    if not isinstance(until, dt.datetime) or not 0 <= working_days <= _MOST:
        return ""
    return float(calendar_days(int(working_days), until.date()))
