"""Values and their conversions by JavaRosa's rules, which determine a form's data.

Numbers are floats, ``NaN`` means "no number". Dates inside expressions are zone-aware datetimes in the zone
of the interview; a date without time is midnight. Text of numbers is Java's ``Double.toString``.
"""

from __future__ import annotations

import datetime as dt
import math
import re

import survey_tui.expressions.moments as moments
from survey_tui.expressions.failures import failure
from survey_tui.expressions.tree import Value

NAN = math.nan
_NUMERAL = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_JAVA_SPACE = "".join(map(chr, range(33)))
_TINY = 1e-12
_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1
_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1
_WHOLE_NUMBER_TYPES = frozenset({"integer", "int"})
_NUMBER_TYPES = _WHOLE_NUMBER_TYPES | {"decimal", "range"}
_MOMENT_TYPES = frozenset({"dateTime", "datetime", "start", "end"})


def trim(value: str) -> str:
    """Without blanks and control characters (up to U+0020) at both ends, as Java's ``trim``."""
    return value.strip(_JAVA_SPACE)


def number(value: Value) -> float:
    """As a number: text that is not a plain decimal is ``NaN`` (so is ``''``), a comma counts as a point, a
    date is its days since 1970-01-01."""
    kind = value.__class__
    if kind is float:
        return value  # type: ignore[return-value]
    if isinstance(value, str):
        plain = trim(value.replace(",", "."))
        return float(plain) if _NUMERAL.fullmatch(plain) else NAN
    if isinstance(value, (bool, int, float)):
        return float(value)
    if isinstance(value, dt.date):  # a datetime is one too
        return float(moments.days_since_epoch(value))
    raise failure("type", expected="a number", found=type(value).__name__)


def exact_number(value: Value) -> float:
    """As a number that keeps the time of day: days since 1970-01-01, midnight in the zone of the moment."""
    if isinstance(value, dt.datetime):
        start = moments.midnight(dt.date(1970, 1, 1), value.tzinfo)
        return (
            moments.milliseconds_since_epoch(value) - moments.milliseconds_since_epoch(start)
        ) / moments.DAY_MS
    return number(value)


def truth(value: Value) -> bool:
    """As a condition: text is true unless empty (``'false'`` and ``'0'`` are true), a number unless 0 or
    ``NaN``."""
    if value is True or value is False:
        return value
    if isinstance(value, str):
        return value != ""
    if isinstance(value, (float, int)):
        return abs(value) > _TINY  # false for NaN
    return True


def text(value: Value) -> str:
    """As text: whole numbers without a point where they fit 32 bits, dates as ``yyyy-mm-dd``."""
    if isinstance(value, str):
        return value
    if value.__class__ is float:
        return _number_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (float, int)):
        return _number_text(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return value.isoformat()


def to_int(value: Value) -> float:
    """The whole part as a (float) number, cut towards zero."""
    whole = number(value)
    if not math.isfinite(whole) or abs(whole) >= 2.0**63:
        return whole
    return float(math.trunc(whole)) if abs(whole) >= 1 else math.copysign(0.0, whole)


def as_index(value: float) -> int:
    """A Java ``int`` of a number: ``NaN`` is 0, a larger number the largest ``int``."""
    if math.isnan(value):
        return 0
    return int(max(_INT_MIN, min(_INT_MAX, value)))


def is_empty(value: Value) -> bool:
    """Whether ``coalesce`` and ``once`` take the value for absent: ``''`` or ``NaN``."""
    return value == "" if isinstance(value, str) else isinstance(value, float) and math.isnan(value)


def _number_text(value: float) -> str:
    if -1e9 < value < 1e9 and abs(value - (whole := int(value))) < _TINY:
        return str(whole)
    if not math.isfinite(value):
        return java_double(value)
    largest = as_index(value)
    return str(largest) if abs(value - largest) < _TINY else java_double(value)


def java_double(value: float) -> str:
    """``Double.toString``: shortest digits, with an exponent below 0.001 and from 10,000,000 on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    before, _, after = mantissa.lstrip("-").partition(".")
    digits = (before + after).lstrip("0")
    power = int(exponent or 0) + len(before) - 1 - (len(before + after) - len((before + after).lstrip("0")))
    return f"{sign}{digits[0]}.{digits[1:].rstrip('0') or '0'}E{power}"


def value_from_text(text: str, type: str) -> Value:  # noqa: A002
    """The value that expressions see of an answer ``text`` (XForm form: ``17``, ``10.5``, ``yes no``,
    ``2026-11-21``).

    ``type`` is the question type. ``''`` stays ``''``. A date is a ``date``, a time a ``time``, a dateTime a
    ``datetime`` (zone-aware when the text names its zone).

    :raises ExpressionError: ``expressions_answer`` when the text is none of that type
    """
    if text == "":
        return ""
    try:
        if type in _WHOLE_NUMBER_TYPES:
            return float(int(text))
        if type in _NUMBER_TYPES:
            return _decimal(text)
        if type in ("date", "today"):
            return dt.date(*map(int, text[:10].split("-")))
        if type in _MOMENT_TYPES:
            return dt.datetime.fromisoformat(text)
        if type == "time":
            return dt.time.fromisoformat(text)
        if type in ("geopoint", "geotrace", "geoshape"):
            return _coordinates(text)
    except (ValueError, TypeError, OverflowError) as error:
        raise failure("answer", answer=text, type=type) from error
    return text


def _decimal(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _coordinates(text: str) -> str:
    """Points as JavaRosa gives them to expressions: every part a Java double, four to a point."""
    points = []
    for point in text.split(";"):
        parts = [_decimal(part) for part in point.split()]
        if parts:
            points.append([*parts, 0.0, 0.0, 0.0][:4] if len(parts) < 4 else parts[:4])
    if len(points) == 1 and not any(points[0]):
        return ""
    return "; ".join(" ".join(map(java_double, point)) for point in points)


def text_from_value(value: Value, type: str = "") -> str:  # noqa: A002
    """The text that a calculate of that type stores: ``1``/``0`` for a condition, ``''`` for ``NaN``, whole
    numbers in full, a date with its time and zone unless the type says otherwise."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (float, int)):
        return _stored_number(float(value), type)
    if isinstance(value, dt.datetime):
        if type in ("date", "today"):
            return value.date().isoformat()
        stamp = value.isoformat(timespec="milliseconds")
        return stamp.partition("T")[2] if type == "time" else stamp
    if isinstance(value, dt.time):
        return value.isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, dt.date) else value


def _stored_number(value: float, type: str) -> str:  # noqa: A002
    if math.isnan(value):
        return ""
    if type in _WHOLE_NUMBER_TYPES:
        return str(as_index(value))
    whole = _whole(value)
    return java_double(value) if whole is None else str(whole)


def _whole(value: float) -> int | None:
    """The integer that a number is stored as; ``None`` if it is no integer (or beyond 64 bits)."""
    if math.isinf(value):
        return None
    whole = max(_LONG_MIN, min(_LONG_MAX, int(value)))
    return whole if abs(value - whole) < 1e-9 else None


def stored_value(value: Value, type: str = "") -> Value:  # noqa: A002
    """The value that expressions see of a calculate with this result: ``NaN`` becomes ``''``, numbers are as
    precise as the stored text, a condition stays one, a date keeps its time only where the type has one."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (float, int)):
        if math.isnan(value):
            return ""
        whole = as_index(float(value)) if type in _WHOLE_NUMBER_TYPES else _whole(float(value))
        return float(value) if whole is None else float(whole)
    if isinstance(value, dt.datetime) and type in ("date", "today"):
        return value.replace(hour=0, minute=0, second=0, microsecond=0)
    return value
