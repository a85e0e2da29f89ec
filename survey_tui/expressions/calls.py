"""How a function is applied: arguments converted, constants computed at once, errors given their place."""

from __future__ import annotations

from collections.abc import Callable

import survey_tui.expressions.values as values
from survey_tui.errors import ExpressionError
from survey_tui.expressions.closures import Code, Eval, Inner, constant
from survey_tui.expressions.frames import Frame, Value
from survey_tui.expressions.registry import Function, Take

__all__ = ["application", "folded", "taken", "wanted"]


def wanted(function: Function) -> str:
    """How many arguments it takes: ``2``, ``1–2`` or ``3+``."""
    if function.most is None:
        return f"{function.least}+"
    return str(function.least) if function.least == function.most else f"{function.least}–{function.most}"


def folded(code: Code, *parts: Code) -> Code:
    """The value itself where all parts are constants and it can be computed."""
    if any(part.fixed is None for part in parts):
        return code
    try:
        return constant(code.run(None, None))  # type: ignore[arg-type]
    except ExpressionError:
        return code  # JavaRosa objects only when the part is evaluated, which it may never be


def taken(code: Code, take: Take) -> Callable[[Frame, Inner | None], Value]:
    """The closure that hands an argument over as the function takes it."""
    if take == "value":
        return code.run
    if take == "number":
        return code.number()
    if take == "text":
        return code.text()
    if take == "truth":
        return code.truth()
    if take == "index":
        number = code.number()
        return lambda frame, inner: values.as_index(number(frame, inner))
    return code.number() if code.is_path else _exact(code)


def _exact(code: Code) -> Callable[[Frame, Inner | None], Value]:
    run = code.run
    return lambda frame, inner: values.exact_number(run(frame, inner))


def application(
    function: Function, args: list[Callable[[Frame, Inner | None], Value]], position: int
) -> Eval:
    """The call itself; errors are given the place where it stands."""
    call, environment = function.call, function.environment
    assert call is not None
    first = args[0] if args else None
    second = args[1] if len(args) > 1 else None

    def run(frame: Frame, inner: Inner | None) -> Value:
        try:
            if environment:
                return call(frame.env, *[arg(frame, inner) for arg in args])
            if first is None:
                return call()
            if second is None:
                return call(first(frame, inner))
            return call(*[arg(frame, inner) for arg in args])
        except ExpressionError as error:
            if error.details["position"] == -1:
                error.details["position"] = position
            raise

    return run
