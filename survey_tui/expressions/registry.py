"""Function registry: functions by name, their arguments and kinds, closures that call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

import survey_tui.expressions.values as values
from survey_tui.errors import ExpressionError
from survey_tui.expressions.closures import Builder, Code, Eval, InnerContext, Kind, constant
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Frame, Value

Take: TypeAlias = Literal["value", "number", "text", "truth", "index", "exact"]
"""How an argument is handed over: as it is, as number, text, condition or Java ``int``; ``exact`` is a
number that keeps the time of day of a moment."""


class Function(Struct, frozen=True):
    """A function of the language.

    ``call`` gets the arguments converted as ``takes`` says (its last entry is for all further ones) and
    returns a value; with ``environment`` it gets the :class:`~survey_tui.expressions.Environment` first.
    Instead, ``build`` may compile the call itself. ``least`` and ``most`` limit the number of arguments
    (``most`` ``None`` = any number). ``volatile``: the value may change although no node that it reads has
    changed (``now()``).
    """

    name: str
    call: Callable[..., Value] | None = None
    least: int = 0
    most: int | None = None
    takes: tuple[Take, ...] = ("value",)
    kind: Kind = "value"
    environment: bool = False
    volatile: bool = False
    build: Callable[[Call, Builder], Code] | None = None


class FunctionRegistry(Mapping[str, Function]):
    """An immutable table of functions. Plugins add to it with :meth:`with_functions`."""

    __slots__ = ("_functions",)

    def __init__(self, functions: Mapping[str, Function] | None = None) -> None:
        self._functions = dict(functions or {})

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def with_functions(self, functions: Mapping[str, Function]) -> FunctionRegistry:
        """A new registry with ``functions`` added.

        :raises ValueError: when a name exists already: a plugin may not change the meaning of a form
        """
        existing = sorted(self._functions.keys() & functions.keys())
        if existing:
            raise ValueError(f"functions exist already: {', '.join(existing)}")
        return FunctionRegistry({**self._functions, **functions})


def format_argument_count(function: Function) -> str:
    """Number of arguments: ``2``, ``1–2`` or ``3+``."""
    if function.most is None:
        return f"{function.least}+"
    return str(function.least) if function.least == function.most else f"{function.least}–{function.most}"


def fold_constants(code: Code, *parts: Code) -> Code:
    """The value itself, if all parts are constant and it can be computed."""
    if any(part.fixed is None for part in parts):
        return code
    try:
        return constant(code.run(None, None))  # type: ignore[arg-type]
    except ExpressionError:
        return code  # JavaRosa objects only when the part is evaluated, which it may never be


def argument_closure(code: Code, take: Take) -> Callable[[Frame, InnerContext | None], Value]:
    """A closure with an argument as the function takes it."""
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


def _exact(code: Code) -> Callable[[Frame, InnerContext | None], Value]:
    run = code.run
    return lambda frame, inner: values.exact_number(run(frame, inner))


def call_closure(
    function: Function, args: list[Callable[[Frame, InnerContext | None], Value]], position: int
) -> Eval:
    """A closure for the call; its errors get the position."""
    call, environment = function.call, function.environment
    assert call is not None
    first = args[0] if args else None
    second = args[1] if len(args) > 1 else None

    def run(frame: Frame, inner: InnerContext | None) -> Value:
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
