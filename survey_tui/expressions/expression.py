"""Compiled expressions and choice filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

import survey_tui.expressions.paths as paths
from survey_tui.errors import ExpressionError
from survey_tui.expressions.closures import Closure, InnerContext
from survey_tui.expressions.compiler import Compiler
from survey_tui.expressions.failures import failure
from survey_tui.expressions.parser import parse
from survey_tui.expressions.registry import FunctionRegistry
from survey_tui.expressions.syntax import Expr
from survey_tui.expressions.tree import Frame, Node, Value

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Evaluate(Protocol, Generic[T_co]):
    """``(frame, dot=None) -> value``"""

    def __call__(self, frame: Frame, dot: Value | None = None) -> T_co: ...


class Expression:
    """An expression compiled for a node.

    Evaluate it with ``value(frame, dot=None)``, ``number``, ``text`` or ``truth``: ``frame`` is one with
    the node ``at``; ``dot`` is the candidate value when the expression is a constraint. All raise
    :class:`ExpressionError`. ``source`` is the text the author wrote.

    ``reads`` are the nodes it depends on: questions, groups and repeats; a repeat among them means the
    number, order and relevance of its instances. ``volatile``: its value may change although none of them
    has.
    """

    __slots__ = ("_code", "at", "number", "reads", "source", "text", "truth", "value", "volatile")

    value: Evaluate[Value]
    number: Evaluate[float]
    text: Evaluate[str]
    truth: Evaluate[bool]

    def __init__(
        self, source: str, at: Node, tree: Expr, functions: FunctionRegistry, dot: Node | None
    ) -> None:
        compiler = Compiler(at, functions, dot)
        self._code = compiler.compile(tree)
        self.source = source
        self.at = at
        self.reads = frozenset(compiler.reads)
        self.volatile = compiler.is_volatile

    def __getattr__(self, name: str) -> object:
        """Build ``value``, ``number``, ``text`` or ``truth`` when first asked for; most expressions need a
        single one."""
        code = self._code
        if name == "value":
            self.value = _evaluator(code.run, self.source)
        elif name == "number":
            self.number = _evaluator(code.number(), self.source)
        elif name == "text":
            self.text = _evaluator(code.text(), self.source)
        elif name == "truth":
            self.truth = _evaluator(code.truth(), self.source)
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def __repr__(self) -> str:
        return f"<Expression {self.source!r} at {self.at.path}>"


class ChoiceFilter:
    """A choice filter: bare names in it are columns of the choice (or row).

    ``reads`` and ``volatile`` as in :class:`Expression`.
    """

    __slots__ = ("_predicate", "at", "reads", "source", "volatile")

    def __init__(self, source: str, at: Node, tree: Expr, functions: FunctionRegistry) -> None:
        compiler = Compiler(at, functions, None, in_row=True)
        self._predicate = compiler.compile(tree).run
        self.source = source
        self.at = at
        self.reads = frozenset(compiler.reads)
        self.volatile = compiler.is_volatile

    def accepts(self, frame: Frame, row: Mapping[str, str], number: int = 1) -> bool:
        """Whether the choice is offered. ``number`` counts from 1 within the list (``position()``).

        :raises ExpressionError: when the filter cannot be evaluated
        """
        try:
            return paths.accepts(self._predicate, frame, None, row, number)
        except _EVALUATION_FAULTS as error:
            raise _named_failure(error, self.source) from None


# Besides this package's errors: numbers and dates beyond Python's limits, and text nested so deeply that
# evaluation exhausts the stack. Anything else is a bug in the program and must not be hidden.
_EVALUATION_FAULTS = (ExpressionError, ArithmeticError, ValueError, RecursionError)


def _named_failure(error: Exception, source: str) -> ExpressionError:
    if isinstance(error, ExpressionError):
        if not error.details.get("expression"):
            error.details["expression"] = source
        return error
    return failure("evaluation", expression=source, reason=type(error).__name__)


def _evaluator(run: Closure[T], source: str) -> Evaluate[T]:
    """``run`` for callers: it takes a candidate value, and its errors name the expression."""

    def evaluate(frame: Frame, dot: Value | None = None) -> T:
        try:
            return run(frame, None if dot is None else InnerContext(frame, dot))
        except _EVALUATION_FAULTS as error:
            raise _named_failure(error, source) from None

    return evaluate


def compile_with(text: str, at: Node, functions: FunctionRegistry, dot: Node | None) -> Expression:
    """Parse and compile; see :func:`survey_tui.expressions.compile_expression`."""
    try:
        return Expression(text, at, parse(text), functions, dot)
    except _EVALUATION_FAULTS as error:
        raise _named_failure(error, text) from None


def compile_choice_filter_with(text: str, at: Node, functions: FunctionRegistry) -> ChoiceFilter:
    """Parse and compile; see :func:`survey_tui.expressions.compile_choice_filter`."""
    try:
        return ChoiceFilter(text, at, parse(text), functions)
    except _EVALUATION_FAULTS as error:
        raise _named_failure(error, text) from None
