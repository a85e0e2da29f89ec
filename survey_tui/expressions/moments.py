"""Dates and times as expressions see them: moments in the zone of the interview.

JavaRosa has one kind of date, a moment; a date without time is midnight. Text of a moment, its number of days
and its order follow from that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from survey_tui.expressions.failures import failure

DAY_MS = 86_400_000
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MS = dt.timedelta(milliseconds=1)
# Patterns as text: re compiles them when a moment is first read, not at every start.
_DATE = r"([0-9]{1,9})-([0-9]{1,2})-([0-9]{1,2})"
_TIME = r"([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{0,2})(\.[0-9]*)?)?[^0-9+:Z-]*(Z|[+-][0-9]{1,2}(?::?[0-9]{2})?)?"


def midnight(day: dt.date, zone: dt.tzinfo | None) -> dt.datetime:
    """The beginning of ``day`` in ``zone``."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone)


def local_moment(value: dt.date | dt.time, now: dt.datetime) -> dt.datetime:
    """A date, a time of the day of ``now`` or a moment, as a moment in the zone of ``now``."""
    zone = now.tzinfo
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    if isinstance(value, dt.time):
        day = now.date()
        moment = dt.datetime.combine(day, value)
        return moment.replace(tzinfo=zone) if value.tzinfo is None else moment.astimezone(zone)
    return midnight(value, zone)


def days_since_epoch(value: dt.date) -> int:
    """Whole days since 1970-01-01 by the calendar."""
    return value.toordinal() - _EPOCH_DAY


def milliseconds_since_epoch(value: dt.datetime) -> int:
    return (value - _EPOCH) // _MS


def moment_from_days(count: float, zone: dt.tzinfo | None, *, keep_time: bool) -> dt.datetime:
    """The moment ``count`` days after 1970-01-01: midnight, or with ``keep_time`` counted in UTC.

    :raises ExpressionError: ``expressions_date`` when the calendar does not reach so far
    """
    try:
        if keep_time:
            return (_EPOCH + int(count * DAY_MS) * _MS).astimezone(zone)
        return midnight(dt.date.fromordinal(_EPOCH_DAY + int(count)), zone)
    except (OverflowError, ValueError) as error:
        raise failure("date", value=str(count)) from error


def parse_moment(text: str, zone: dt.tzinfo | None) -> dt.datetime:
    """Parse ``2026-11-21``, alone or with ``T09:30``, seconds, fraction and zone.

    :raises ExpressionError: ``expressions_date``
    """
    date_text, has_time, time_text = text.partition("T")
    date_parts = re.fullmatch(_DATE, date_text)
    time_parts = re.fullmatch(_TIME, time_text) if has_time else None
    if date_parts is None or (has_time and time_parts is None):
        raise failure("date", value=text[:60])
    try:
        moment = dt.datetime(*map(int, date_parts.groups()), tzinfo=zone)  # type: ignore[arg-type, misc]
        return moment if time_parts is None else _with_time(moment, time_parts)
    except (ValueError, OverflowError) as error:
        raise failure("date", value=text[:60]) from error


def _with_time(day: dt.datetime, parts: re.Match[str]) -> dt.datetime:
    hour, minute, second, fraction, zone = parts.groups()
    micro = int(float(fraction) * 1000) * 1000 if fraction and fraction != "." else 0
    moment = day.replace(hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=micro)
    if zone is None:
        return moment
    offset = dt.timedelta()
    if zone != "Z":
        offset = dt.timedelta(hours=int(zone[1:3].rstrip(":")), minutes=int(zone[3:].lstrip(":") or 0))
        offset = -offset if zone[0] == "-" else offset
    return moment.replace(tzinfo=dt.timezone(offset)).astimezone(day.tzinfo)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_FIELDS: dict[str, Callable[[dt.datetime], str]] = {
    "%": lambda _m: "%",
    "Y": lambda m: f"{m.year:04}",
    "y": lambda m: f"{m.year:04}"[2:],
    "m": lambda m: f"{m.month:02}",
    "n": lambda m: str(m.month),
    "b": lambda m: _MONTHS[m.month - 1],
    "d": lambda m: f"{m.day:02}",
    "e": lambda m: str(m.day),
    "H": lambda m: f"{m.hour:02}",
    "h": lambda m: str(m.hour),
    "M": lambda m: f"{m.minute:02}",
    "S": lambda m: f"{m.second:02}",
    "3": lambda m: f"{m.microsecond // 1000:03}",
    "a": lambda m: _WEEKDAYS[m.weekday()],
    "W": lambda m: str(_week(m)),
}


def format_moment(moment: dt.datetime, pattern: str) -> str:
    """``pattern`` with its ``%`` fields filled in. Names of months and days are English in every language, so
    that the same form yields the same data.

    :raises ExpressionError: ``expressions_date_format`` for a field that does not exist
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] != "%":
            parts.append(pattern[at])
            at += 1
            continue
        field = pattern[at + 1 : at + 2]
        if field not in _FIELDS:
            raise failure("date_format", pattern=pattern[:60], field="%" + field, fields=" ".join(_FIELDS))
        parts.append(_FIELDS[field](moment))
        at += 2
    return "".join(parts)


def _week(moment: dt.datetime) -> int:
    """Week of the year as Java counts it for en_US: from Sunday, the week of 1 January is the first."""
    january = dt.date(moment.year, 1, 1)
    if moment.month == 12 and moment.day + (5 - moment.weekday()) % 7 > 31:
        return 1
    return (moment.timetuple().tm_yday - 1 + (january.weekday() + 1) % 7) // 7 + 1
