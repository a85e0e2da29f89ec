"""Compiled parts of expressions: closures, and what is known about their values.

A closure takes the frame of its context and, inside a predicate or a constraint, an :class:`InnerContext`.
Everything that the text determines (kinds, constants, the slot of a value) is settled at compile time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

import survey_tui.expressions.values as values
from survey_tui.expressions.syntax import Call, Expr
from survey_tui.expressions.tree import Frame, Node, Value

T_co = TypeVar("T_co", covariant=True)


class InnerContext:
    """Context of an evaluation besides its frame.

    ``origin`` is the frame of the node that the whole expression belongs to (``current()``); ``dot`` the
    candidate value of a constraint, ``None`` elsewhere; ``position`` counts from 1 within a predicate;
    ``row`` is the list's row in a predicate.
    """

    __slots__ = ("dot", "origin", "position", "row")

    def __init__(
        self, origin: Frame, dot: Value | None = None, position: int = 1, row: Mapping[str, str] | None = None
    ) -> None:
        self.origin = origin
        self.dot = dot
        self.position = position
        self.row = row


class Closure(Protocol, Generic[T_co]):
    """A compiled part: ``(frame, inner) -> value``."""

    def __call__(self, frame: Frame, inner: InnerContext | None, /) -> T_co: ...


Eval: TypeAlias = Closure[Value]
Number: TypeAlias = Closure[float]
Text: TypeAlias = Closure[str]
Truth: TypeAlias = Closure[bool]
Kind = Literal["number", "numeric", "text", "boolean", "value"]
"""Type that a closure is known to yield: ``numeric`` is a number or ``''``, ``value`` anything."""

Entry: TypeAlias = tuple[Any, Any]
"""One node of a nodeset: ``(frame, node)``, or ``(row, column)`` of a list (column ``""`` for the row
itself)."""


class Nodeset:
    """Nodes that a path finds: ``find`` finds them, ``read`` gives the value of one."""

    __slots__ = ("find", "read", "targets")

    def __init__(
        self,
        find: Closure[list[Entry]],
        read: Callable[[Entry, Frame, InnerContext | None], Value],
        targets: tuple[Node, ...] = (),
    ) -> None:
        self.find = find
        self.read = read
        self.targets = targets

    def values(self, frame: Frame, inner: InnerContext | None) -> list[Value]:
        """The value of every node found."""
        read = self.read
        return [read(entry, frame, inner) for entry in self.find(frame, inner)]


class Code:
    """A compiled part of an expression.

    ``fixed`` is its value if it is constant, else ``None``; ``slot`` is the index of its unconverted value in
    the context's own frame, if it has one.
    """

    __slots__ = ("_nodes", "fixed", "kind", "run", "slot")

    def __init__(
        self,
        run: Eval,
        kind: Kind = "value",
        *,
        fixed: Value | None = None,
        nodes: Callable[[], Nodeset] | None = None,
        slot: int | None = None,
    ) -> None:
        self.run = run
        self.kind: Kind = kind
        self.fixed = fixed
        self._nodes = nodes
        self.slot = slot

    @property
    def is_path(self) -> bool:
        """Whether the part is a path."""
        return self._nodes is not None

    @property
    def nodes(self) -> Nodeset | None:
        """The nodeset of a path. Few uses of a path ask for it."""
        return None if self._nodes is None else self._nodes()

    def number(self) -> Number:
        """A closure with this part as a number."""
        run, slot = self.run, self.slot
        if self.kind == "number":
            return run  # type: ignore[return-value]
        if self.fixed is not None:
            return constant(values.number(self.fixed)).run  # type: ignore[return-value]
        to_number = values.number
        if slot is not None:

            def read(frame: Frame, _inner: InnerContext | None) -> float:
                value = frame.values[slot]
                return value if value.__class__ is float else to_number(value)

            return read
        return lambda frame, inner: to_number(run(frame, inner))

    def truth(self) -> Truth:
        """A closure with this part as a condition."""
        run = self.run
        if self.kind == "boolean":
            return run  # type: ignore[return-value]
        if self.fixed is not None:
            return constant(values.truth(self.fixed)).run  # type: ignore[return-value]
        to_truth = values.truth
        return lambda frame, inner: to_truth(run(frame, inner))

    def text(self) -> Text:
        """A closure with this part as text."""
        run = self.run
        if self.kind == "text":
            return run  # type: ignore[return-value]
        if self.fixed is not None:
            return constant(values.text(self.fixed)).run  # type: ignore[return-value]
        to_text = values.text
        return lambda frame, inner: to_text(run(frame, inner))


def constant(value: Value) -> Code:
    """Code with a constant value."""
    kinds: dict[type, Kind] = {float: "number", str: "text", bool: "boolean"}
    return Code(lambda _frame, _inner: value, kinds.get(value.__class__, "value"), fixed=value)


class Builder(Protocol):
    """The compiler, as seen by functions that compile their own calls (``if``, ``count``, ``indexed-repeat``
    …)."""

    @property
    def at(self) -> Node:
        """The node that the whole expression belongs to."""

    @property
    def context(self) -> Node | None:
        """The node where relative paths start; ``None`` inside a predicate on rows of a list."""

    def compile(self, tree: Expr) -> Code:
        """Compile a part in the same context."""

    def own_value(self) -> Code:
        """The value of the context node itself, without making the expression depend on it."""

    def is_path(self, tree: Expr) -> bool:
        """Whether ``tree`` names nodes of the form."""

    def compile_indexed_repeat(self, call: Call) -> Code:
        """``indexed-repeat``: a path whose instances are given by number."""

    def node_named_by(self, tree: Expr) -> Node:
        """The question that a quoted ``'${name}'`` means.

        :raises ExpressionError: ``expressions_unknown_name``, ``expressions_unsupported``
        """

    def mark_volatile(self) -> None:
        """Note that the expression may change its value although no node that it reads has changed."""
