"""Functions of numbers: rounding as in XPath, the rest as Java's ``Math``.

``Math`` returns ``NaN`` or infinity and never fails.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal, localcontext

import survey_tui.expressions.values as values
from survey_tui.expressions.registry import Function
from survey_tui.expressions.tree import Value

_MOST_PLACES = 30


def _as_number(value: float) -> float:
    return value


def _as_whole(value: Value) -> float:
    return values.to_int(value)


def _round(value: float, places: int = 0) -> float:
    """To ``places`` decimals, a half upwards (``-3.5`` → ``-3``); negative places round to tens, hundreds."""
    if not math.isfinite(value):
        return value
    if abs(places) > _MOST_PLACES:
        return math.nan
    if places < 0:
        scale = 10.0**-places
        return float(max(-(2**63), min(2**63 - 1, math.trunc(value / scale + 0.5)))) * scale
    return _round_digits(value, places)


def _round_digits(value: float, places: int) -> float:
    """Round the decimal digits that a reader sees, not the binary fraction: ``1.005`` → ``1.01``."""
    with localcontext() as context:
        context.prec = 400
        way = ROUND_HALF_DOWN if value < 0 else ROUND_HALF_UP
        return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=way))


def _power(base: float, exponent: float) -> float:
    if math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent % 2 == 1
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:  # a root of a negative number, or zero to a negative power
        if base != 0:
            return math.nan
        return -math.inf if math.copysign(1.0, base) < 0 and exponent % 2 == 1 else math.inf


def _lenient(function: Callable[[float], float], overflow: float = math.inf) -> Callable[[float], float]:
    """``function`` with ``NaN`` outside its domain."""

    def call(value: float) -> float:
        try:
            return function(value)
        except ValueError:
            return math.nan
        except OverflowError:
            return overflow

    return call


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    lenient = _lenient(function)
    return lambda value: -math.inf if value == 0 else lenient(value)


def _exact(name: str, call: Callable[..., float], count: int = 1) -> Function:
    return Function(name, call, least=count, most=count, takes=("exact",), kind="number")


FUNCTIONS = (
    Function("number", _as_number, least=1, most=1, takes=("number",), kind="number"),
    Function("int", _as_whole, least=1, most=1, kind="number"),
    Function("round", _round, least=1, most=2, takes=("number", "index"), kind="number"),
    _exact("pow", _power, 2),
    _exact("abs", abs),
    _exact("sqrt", _lenient(math.sqrt)),
    _exact("exp", _lenient(math.exp)),
    _exact("exp10", lambda value: _power(10.0, value)),
    _exact("log", _logarithm(math.log)),
    _exact("log10", _logarithm(math.log10)),
    _exact("sin", _lenient(math.sin)),
    _exact("cos", _lenient(math.cos)),
    _exact("tan", _lenient(math.tan)),
    _exact("asin", _lenient(math.asin)),
    _exact("acos", _lenient(math.acos)),
    _exact("atan", math.atan),
    _exact("atan2", math.atan2, 2),
    Function("pi", lambda: math.pi, most=0, kind="number"),
)
