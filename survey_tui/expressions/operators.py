"""Closures for operators, with fast ones for common expressions.

The fast ones are for comparisons with constants, which most relevances consist of:
``${x} = 'a' and ${y} >= 14``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Code, InnerContext, Number, Truth
from survey_tui.expressions.tree import Frame, Value

_SAME = 1e-12
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def combine(first: Code, rest: list[tuple[str, Code]]) -> Code:
    """Operands joined by operators of the same precedence, from the left."""
    sign = rest[0][0]
    if sign in ("and", "or"):
        return _logic(sign, [first, *(code for _, code in rest)])
    if sign in _ARITHMETIC:
        return _calculation(first, rest)
    result = first
    for sign, code in rest:
        if sign in _COMPARE:
            result = _comparison(sign, result, code)
        else:
            result = _equality(result, code, wanted=sign == "=")
    return result


def equal(left: Value, right: Value) -> bool:
    """``=``: as conditions if one is a condition, as numbers if one is a number, else as text."""
    if isinstance(left, bool) or isinstance(right, bool):
        return values.truth(left) is values.truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return abs(values.number(left) - values.number(right)) < _SAME
    return values.text(left) == values.text(right)


def _equality(left: Code, right: Code, *, wanted: bool) -> Code:
    if left.fixed is not None and right.fixed is None:
        left, right = right, left
    if isinstance(right.fixed, str) and left.kind == "text":
        return Code(_text_is(left, right.fixed, wanted), "boolean")
    if isinstance(right.fixed, float) and left.kind in ("number", "numeric"):
        return Code(_number_is(left.number(), right.fixed, wanted), "boolean")
    run_left, run_right = left.run, right.run

    def run(frame: Frame, inner: InnerContext | None) -> bool:
        return equal(run_left(frame, inner), run_right(frame, inner)) is wanted

    return Code(run, "boolean")


def _text_is(left: Code, literal: str, wanted: bool) -> Truth:
    run, slot = left.run, left.slot
    if slot is None:
        return lambda frame, inner: (run(frame, inner) == literal) is wanted
    if wanted:
        return lambda frame, _inner: frame.values[slot] == literal
    return lambda frame, _inner: frame.values[slot] != literal


def _number_is(left: Number, literal: float, wanted: bool) -> Truth:
    return lambda frame, inner: (abs(left(frame, inner) - literal) < _SAME) is wanted


def _comparison(sign: str, left: Code, right: Code) -> Code:
    if left.fixed is not None and right.fixed is None:
        left, right, sign = right, left, _TURNED[sign]
    if right.fixed is not None:
        return Code(_compare_with_constant(sign, left, values.number(right.fixed)), "boolean")
    compare, run_left, run_right = _COMPARE[sign], left.number(), right.number()
    return Code(lambda frame, inner: compare(run_left(frame, inner), run_right(frame, inner)), "boolean")


def _compare_with_constant(sign: str, left: Code, bound: float) -> Truth:
    """A comparison with a constant. A numeric slot has a float or ``''``, which compares false with
    everything; the four signs are spelt out because most relevances consist of them."""
    slot = left.slot
    if slot is None or left.kind != "numeric":
        run, compare = left.number(), _COMPARE[sign]
        return lambda frame, inner: compare(run(frame, inner), bound)
    if sign == ">=":
        return lambda frame, _inner: (v := frame.values[slot]).__class__ is float and v >= bound
    if sign == ">":
        return lambda frame, _inner: (v := frame.values[slot]).__class__ is float and v > bound
    if sign == "<=":
        return lambda frame, _inner: (v := frame.values[slot]).__class__ is float and v <= bound
    return lambda frame, _inner: (v := frame.values[slot]).__class__ is float and v < bound


def _logic(sign: str, operands: list[Code]) -> Code:
    terms = tuple(code.truth() for code in operands)
    if len(terms) == 2:
        left, right = terms
        if sign == "and":
            return Code(lambda frame, inner: left(frame, inner) and right(frame, inner), "boolean")
        return Code(lambda frame, inner: left(frame, inner) or right(frame, inner), "boolean")
    if len(terms) == 3:
        left, middle, right = terms
        if sign == "and":
            return Code(lambda f, inner: left(f, inner) and middle(f, inner) and right(f, inner), "boolean")
        return Code(lambda f, inner: left(f, inner) or middle(f, inner) or right(f, inner), "boolean")
    stop = sign == "or"

    def run(frame: Frame, inner: InnerContext | None) -> bool:
        for term in terms:
            if term(frame, inner) is stop:
                return stop
        return not stop

    return Code(run, "boolean")


def _divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _remainder(left: float, right: float) -> float:
    """Java's ``%``: the sign of the left operand."""
    if right == 0 or not math.isfinite(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": _remainder,
}


def _calculation(first: Code, rest: list[tuple[str, Code]]) -> Code:
    left = first.number()
    if len(rest) == 1:
        apply, right = _ARITHMETIC[rest[0][0]], rest[0][1].number()
        return Code(lambda frame, inner: apply(left(frame, inner), right(frame, inner)), "number")
    steps = tuple((_ARITHMETIC[sign], code.number()) for sign, code in rest)

    def run(frame: Frame, inner: InnerContext | None) -> float:
        total = left(frame, inner)
        for apply, operand in steps:
            total = apply(total, operand(frame, inner))
        return total

    return Code(run, "number")


def negate(code: Code) -> Code:
    run = code.number()
    return Code(lambda frame, inner: -run(frame, inner), "number")
