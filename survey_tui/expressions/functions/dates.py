"""Functions of dates and times. A date is a moment: midnight in the zone of the interview."""

from __future__ import annotations

import datetime as dt
import math

import survey_tui.expressions.moments as moments
import survey_tui.expressions.values as values
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function
from survey_tui.expressions.tree import Environment, Value


def _number_in_range(value: float) -> float:
    """:raises ExpressionError: for a number of days that no calendar reaches"""
    if math.isinf(value) or not -(2.0**31) <= value <= 2.0**31 - 1:
        raise failure("date", value=values.text(value))
    return value


def _moment(environment: Environment, value: Value, *, keep_time: bool) -> Value:
    """A moment from text, days or a moment; ``''`` and ``NaN`` stay what they are."""
    zone = environment.now.tzinfo
    if isinstance(value, str):
        return moments.parse_moment(value, zone) if value else ""
    if isinstance(value, float):
        if math.isnan(value):
            return value
        days = _number_in_range(value if keep_time else values.to_int(value))
        return moments.moment_from_days(days, zone, keep_time=keep_time)
    if isinstance(value, bool):
        raise failure("date", value=values.text(value))
    moment = moments.local_moment(value, environment.now)
    return moment if keep_time else moments.midnight(moment.date(), zone)


def _date(environment: Environment, value: Value) -> Value:
    return _moment(environment, value, keep_time=False)


def _date_time(environment: Environment, value: Value) -> Value:
    return _moment(environment, value, keep_time=True)


def _decimal_date_time(environment: Environment, value: Value) -> Value:
    """Days since 1970-01-01 UTC, with the time as a fraction."""
    if isinstance(value, float):
        return value if math.isnan(value) else _number_in_range(value)
    moment = _moment(environment, value, keep_time=True)
    return (
        moments.milliseconds_since_epoch(moment) / moments.DAY_MS
        if isinstance(moment, dt.datetime)
        else moment
    )


def _decimal_time(environment: Environment, value: Value) -> Value:
    """The time of day as a fraction of a day, with today's offset from UTC."""
    if isinstance(value, float):
        return value if math.isnan(value) else _number_in_range(value) - math.floor(value)
    moment = _moment(environment, value, keep_time=True)
    if not isinstance(moment, dt.datetime):
        return moment
    offset = environment.now.utcoffset() or dt.timedelta()
    part = (
        moments.milliseconds_since_epoch(moment) + offset // dt.timedelta(milliseconds=1)
    ) / moments.DAY_MS
    return part - math.floor(part)


def _format(environment: Environment, value: Value, pattern: Value) -> str:
    moment = _moment(environment, value, keep_time=True)
    if not isinstance(moment, dt.datetime):
        return ""
    return moments.format_moment(moment, values.text(pattern))


def _today(environment: Environment) -> Value:
    return moments.midnight(environment.now.date(), environment.now.tzinfo)


def _now(environment: Environment) -> Value:
    return environment.now


def _of_one(name: str, call: object) -> Function:
    return Function(name, call, least=1, most=1, environment=True)  # type: ignore[arg-type]


FUNCTIONS = (
    Function("today", _today, most=0, environment=True, volatile=True),
    Function("now", _now, most=0, environment=True, volatile=True),
    _of_one("date", _date),
    _of_one("date-time", _date_time),
    _of_one("decimal-date-time", _decimal_date_time),
    _of_one("decimal-time", _decimal_time),
    Function("format-date", _format, least=2, most=2, kind="text", environment=True),
    Function("format-date-time", _format, least=2, most=2, kind="text", environment=True),
)
