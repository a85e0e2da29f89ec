"""Syntax tree of an expression as immutable values.

Two trees are equal when they mean the same; the offset of a part in the text (``pos``, 0-based) does not
count, so that ``parse(to_text(tree)) == tree``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

PRECEDENCE: dict[str, int] = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
    "|": 8,
}
"""How tightly an operator binds; 7 is the sign of :class:`Negate`, 9 everything else."""

Axis: TypeAlias = Literal["child", "self", "parent"]


class Expr(Struct, frozen=True, eq=False, kw_only=True):
    """A part of an expression. ``pos`` is the offset of its beginning in the text."""

    pos: int = 0

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name) for name in self.__struct_fields__ if name != "pos"
        )

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.__struct_fields__ if name != "pos")))


class Number(Expr, frozen=True, eq=False):
    """A number as it was written: digits with at most one point."""

    digits: str


class Text(Expr, frozen=True, eq=False):
    """Quoted text, without its quotes. The language has no escapes: a text never has both kinds of quote."""

    value: str


class Reference(Expr, frozen=True, eq=False):
    """``${name}`` or ``${last-saved#name}``."""

    name: str
    last_saved: bool = False


class Negate(Expr, frozen=True, eq=False):
    """A minus sign before ``operand``."""

    operand: Expr


class Operation(Expr, frozen=True, eq=False):
    """Operands joined by operators of one precedence, read from the left: ``1 + 2 - 3``."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


class Call(Expr, frozen=True, eq=False):
    """``name(args…)``."""

    name: str
    args: tuple[Expr, ...]


class PathStep(Expr, frozen=True, eq=False):
    """A step of a path. ``name`` is ``*`` for any child, ``""`` for ``.`` and ``..``."""

    axis: Axis
    name: str = ""
    predicates: tuple[Expr, ...] = ()


class PathStart(Expr, frozen=True, eq=False):
    """Beginning of a path that does not begin at its context: ``${name}``, ``instance('list')`` or
    ``current()``."""

    source: Reference | Call
    predicates: tuple[Expr, ...] = ()


class Path(Expr, frozen=True, eq=False):
    """Nodes of the form. ``start`` is ``"/"`` for an absolute path, ``"."`` for one from the context node."""

    start: Literal["/", "."] | PathStart
    steps: tuple[PathStep, ...]


def children(node: Expr) -> tuple[Expr, ...]:
    """The parts directly below ``node``, in the order of the text."""
    match node:
        case Negate(operand=operand):
            return (operand,)
        case Operation(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case Call(args=args):
            return args
        case PathStep(predicates=predicates):
            return predicates
        case PathStart(source=source, predicates=predicates):
            return (source, *predicates)
        case Path(start=PathStart() as start, steps=steps):
            return (start, *steps)
        case Path(steps=steps):
            return steps
        case _:
            return ()
