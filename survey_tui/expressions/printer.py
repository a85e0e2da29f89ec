"""Printer: syntax tree → text with the fewest brackets; ``parse(to_text(tree)) == tree``."""

from __future__ import annotations

from survey_tui.expressions.syntax import (
    PRECEDENCE,
    Call,
    Expr,
    Negate,
    Number,
    Operation,
    Path,
    PathStart,
    PathStep,
    Reference,
    Text,
)

_SIGN, _ATOM = 7, 9


def to_text(tree: Expr) -> str:
    """The expression as an author would write it."""
    match tree:
        case Number(digits=digits):
            return digits
        case Text(value=value):
            return f'"{value}"' if "'" in value else f"'{value}'"
        case Reference(name=name, last_saved=last_saved):
            return f"${{{'last-saved#' if last_saved else ''}{name}}}"
        case Negate(operand=operand):
            return "-" + _within(operand, _SIGN)
        case Operation(first=first, rest=rest):
            return _operation(first, rest)
        case Call(name=name, args=args):
            return f"{name}({', '.join(to_text(arg) for arg in args)})"
        case Path(start=start, steps=steps):
            return _path(start, steps)
        case PathStart(source=source, predicates=predicates):
            return to_text(source) + _predicates(predicates)
        case PathStep(axis=axis, name=name, predicates=predicates):
            return {"self": ".", "parent": ".."}.get(axis, name) + _predicates(predicates)
        case _:
            raise TypeError(f"not a part of an expression: {tree!r}")


def _operation(first: Expr, rest: tuple[tuple[str, Expr], ...]) -> str:
    level = PRECEDENCE[rest[0][0]]
    parts = [_within(first, level + 1)]
    for operator, operand in rest:
        parts.append(f" {operator} {_within(operand, level + 1)}")
    return "".join(parts)


def _path(start: str | PathStart, steps: tuple[PathStep, ...]) -> str:
    joined = "/".join(to_text(step) for step in steps)
    if isinstance(start, PathStart):
        return to_text(start) + ("/" + joined if joined else "")
    return "/" + joined if start == "/" else joined


def _predicates(predicates: tuple[Expr, ...]) -> str:
    return "".join(f"[{to_text(predicate)}]" for predicate in predicates)


def _within(node: Expr, level: int) -> str:
    """``node``, in brackets where its operators bind less than ``level``."""
    match node:
        case Operation(rest=rest):
            own = PRECEDENCE[rest[0][0]]
        case Negate():
            own = _SIGN
        case _:
            own = _ATOM
    text = to_text(node)
    return text if own >= level else f"({text})"
