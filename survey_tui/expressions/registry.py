"""Functions by name, with how many arguments they take and as what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from survey_tui.expressions.closures import Builder, Code, Kind
from survey_tui.expressions.frames import Value
from survey_tui.expressions.syntax import Call

__all__ = ["Function", "FunctionRegistry", "Take"]

Take: TypeAlias = Literal["value", "number", "text", "truth", "index", "exact"]
"""How an argument is handed over: as it is, as number, text, condition or Java ``int``; ``exact`` is a
number that keeps the time of day of a moment."""


class Function(Struct, frozen=True):
    """One function.

    ``call`` gets the arguments already converted as ``takes`` says (its last entry counts for all further
    ones) and returns a value; with ``environment`` it gets the :class:`~survey_tui.expressions.Environment`
    first. Instead, ``build`` may compile the call itself. ``least`` and ``most`` bound the number of
    arguments (``most`` ``None`` = any number). ``volatile``: the value may change although nothing read has
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
    """An immutable table of functions. Plugins add to it with :meth:`extended`."""

    __slots__ = ("_functions",)

    def __init__(self, functions: Mapping[str, Function] | None = None) -> None:
        self._functions = dict(functions or {})

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def extended(self, functions: Mapping[str, Function]) -> FunctionRegistry:
        """A new registry with ``functions`` added.

        :raises ValueError: when a name exists already: a plugin may not change what a form means
        """
        taken = sorted(self._functions.keys() & functions.keys())
        if taken:
            raise ValueError(f"functions exist already: {', '.join(taken)}")
        return FunctionRegistry({**self._functions, **functions})
