"""Answer types: checks of a text, and its canonical form.

Canonical forms are those of an XForm instance as ODK Collect writes it
(https://getodk.github.io/xforms-spec/, data types): ``17``; ``10.5``; ``2026-11-21``; ``08:30:00.000+07:00``;
``10.77 106.7 0.0 0.0``; ``yes no``; ``OK``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection

from survey_tui.errors import AnswerError
from survey_tui.expressions.tree import Node
from survey_tui.expressions.values import java_double
from survey_tui.forms.model import Question
from survey_tui.vietnamese import nfc

MAX_DIGITS = 9
"""An integer answer has at most this many digits (JavaRosa keeps 32 bits); longer numbers are text."""

# Patterns as text: re compiles them when an answer is first checked, not at every start.
_INTEGER = r"[+-]?[0-9]+"
_DECIMAL = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_DAYS_AGO = {"today": 0, "yesterday": 1}
_DATE = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"


def canonical_text(question: Question, node: Node, text: str, now: dt.datetime) -> str:
    """``text`` in the canonical form of this question; ``""`` stays ``""``.

    Times without a zone get that of ``now``. Raises ``AnswerError`` (``interview_bad_<type>``,
    ``interview_out_of_range``). Names are checked against the choices by :func:`check_choices`.
    """
    text = nfc(text)
    if not text:
        return ""
    read = _READERS.get(node.type)
    if read is None:
        return text
    try:
        result = read(text, now)
    except (ValueError, OverflowError):
        raise AnswerError(f"interview_bad_{node.type.lower()}", text=text[:80]) from None
    if question.type == "range":
        _check_range(question, float(result))
    return result


def canonical_text_or_same(question: Question, node: Node, text: str, now: dt.datetime) -> str:
    """As :func:`canonical_text`; a default or prefilled answer that is not of its type stays as it is."""
    try:
        return canonical_text(question, node, text, now)
    except AnswerError:
        return text


def check_choices(names: str, offered: Collection[str]) -> None:
    """Raise ``AnswerError("interview_not_a_choice")`` unless every name is offered."""
    for name in names.split():
        if name not in offered:
            raise AnswerError("interview_not_a_choice", text=name[:80])


def _integer(text: str, _: dt.datetime) -> str:
    text = text.strip()
    if not re.fullmatch(_INTEGER, text) or len(text.lstrip("+-").lstrip("0")) > MAX_DIGITS:
        raise ValueError(text)
    return str(int(text))


def _decimal(text: str, _: dt.datetime) -> str:
    text = text.strip()
    if not re.fullmatch(_DECIMAL, text):
        raise ValueError(text)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return java_double(number)


def _date(text: str, now: dt.datetime) -> str:
    """A date; ``today`` and ``yesterday`` are counted from ``now``."""
    text = text.strip()
    if text in _DAYS_AGO:
        return (now.date() - dt.timedelta(days=_DAYS_AGO[text])).isoformat()
    match = re.fullmatch(_DATE, text.partition("T")[0])
    if match is None:
        raise ValueError(text)
    return dt.date(*map(int, match.groups())).isoformat()


def _time(text: str, now: dt.datetime) -> str:
    time = dt.time.fromisoformat(_two_digit_hour(text.strip()))
    if time.tzinfo is None:
        time = time.replace(tzinfo=now.tzinfo)
    offset = time.replace(tzinfo=None).isoformat("milliseconds")
    return offset + _zone(dt.datetime.combine(now.date(), time))


def _datetime(text: str, now: dt.datetime) -> str:
    text = text.strip()
    day, separator, time = text.partition("T")
    if day in _DAYS_AGO:
        text = f"{_date(day, now)}{separator}{time}"
    moment = dt.datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T00:00")
    moment = moment.replace(tzinfo=now.tzinfo) if moment.tzinfo is None else moment.astimezone(now.tzinfo)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + _zone(moment)


def _two_digit_hour(text: str) -> str:
    return f"0{text}" if text[1:2] == ":" else text


def _zone(moment: dt.datetime) -> str:
    offset = moment.strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}" if offset else ""


def _geopoint(text: str, _: dt.datetime) -> str:
    numbers = [float(part) for part in text.replace(",", " ").split()]
    if not 2 <= len(numbers) <= 4 or not abs(numbers[0]) <= 90 or not abs(numbers[1]) <= 180:
        raise ValueError(text)
    numbers += [0.0] * (4 - len(numbers))
    if any(not abs(number) <= 1e6 for number in numbers):
        raise ValueError(text)
    return " ".join(java_double(number) for number in numbers)


def _geotrace(text: str, now: dt.datetime) -> str:
    return "; ".join(_geopoint(point, now) for point in text.split(";") if point.strip())


def _names(text: str, _: dt.datetime) -> str:
    return " ".join(dict.fromkeys(text.split()))


def _name(text: str, _: dt.datetime) -> str:
    return text.strip()


def _acknowledge(text: str, _: dt.datetime) -> str:
    if text.strip().lower() not in ("ok", "1", "true"):
        raise ValueError(text)
    return "OK"


_READERS: dict[str, Callable[[str, dt.datetime], str]] = {
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "dateTime": _datetime,
    "geopoint": _geopoint,
    "geotrace": _geotrace,
    "geoshape": _geotrace,
    "select_one": _name,
    "select_multiple": _names,
    "rank": _names,
    "acknowledge": _acknowledge,
}


def _check_range(question: Question, number: float) -> None:
    start, end, step = (
        float(question.parameters.get(name, usual))
        for name, usual in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    low, high = min(start, end), max(start, end)
    steps = (number - start) / step if step else 0.0
    if not low <= number <= high or abs(steps - round(steps)) > 1e-6:
        raise AnswerError("interview_out_of_range", low=f"{low:g}", high=f"{high:g}", step=f"{abs(step):g}")
