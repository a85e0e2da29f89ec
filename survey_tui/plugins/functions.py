"""Functions that plugins add to expressions, each behind the isolation border.

A function that fails is a failure of the expression that calls it: the interview says so at the question and
goes on (``interview.checks``). One that does not end is not called again in this run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from survey_tui.errors import ExpressionError
from survey_tui.expressions import BUILTINS, Function, FunctionRegistry, Value
from survey_tui.plugins.isolation import (
    FUNCTION_LIMIT,
    OutOfTimeError,
    capture_output,
    describe_error,
    limit_time,
)
from survey_tui.vietnamese import nfc

if TYPE_CHECKING:
    from survey_tui.plugins.manager import Plugins


_LONGEST = 10_000  # characters of a text that a function may return
_HOOK = "expression_functions"


def function_registry(plugins: Plugins, commune: str) -> FunctionRegistry | None:
    """Built-in functions and those of the plugins of this commune; ``None`` if no plugin adds any.

    A name that exists already is refused: the first one stays, and both places are named.
    """
    found: dict[str, Function] = {}
    owners: dict[str, str] = {}
    for member in plugins.members(commune):
        functions: dict[str, Function] = plugins.hook_result(member, _HOOK, {})
        for name, function in functions.items():
            first = "survey_tui" if name in BUILTINS else owners.setdefault(name, member.name)
            if first == member.name:
                found[name] = _isolate(plugins, member.name, function)
            else:
                what = f"{_HOOK}(): {name!r}"
                plugins.record_failure(member.name, "plugin_clash", what, what=f"{name}()", other=first)
    return BUILTINS.with_functions(found) if found else None


def _isolate(plugins: Plugins, plugin: str, function: Function) -> Function:
    call = function.call
    assert call is not None
    return replace(function, call=_IsolatedFunction(plugins, plugin, function.name, call))


class _IsolatedFunction:
    """A function of a plugin, called within the time limit and with its output captured."""

    def __init__(self, plugins: Plugins, plugin: str, name: str, call: Callable[..., Value]) -> None:
        self._plugins = plugins
        self._plugin = plugin
        self._name = name
        self._call = call
        self._given_up = False

    def __call__(self, *arguments: Value) -> Value:
        if self._given_up:
            raise self._error("given up")
        try:
            with capture_output():
                value = limit_time(FUNCTION_LIMIT, lambda: self._call(*arguments))
        except KeyboardInterrupt:
            raise
        except OutOfTimeError:
            self._given_up = True
            raise self._failure(f"no end after {FUNCTION_LIMIT:g} seconds") from None
        except BaseException as error:  # isolation border: a plugin may raise anything
            raise self._failure(describe_error(error)) from error
        return self._check_value(value)

    def _check_value(self, value: object) -> Value:
        """The value, if it is of exactly an expected type: a subclass would bring its own methods."""
        kind = type(value)
        if kind is int and isinstance(value, int):
            try:
                return float(value)
            except OverflowError:
                raise self._failure("a number too large") from None
        if kind is str and isinstance(value, str) and len(value) <= _LONGEST:
            return nfc(value)
        if kind is dt.datetime and isinstance(value, dt.datetime) and value.tzinfo is not None:
            return value
        if kind in (float, bool, dt.date, dt.time) and isinstance(value, float | bool | dt.date | dt.time):
            return value
        raise self._failure(f"it returned {kind.__name__}: no value of an expression")

    def _failure(self, reason: str) -> ExpressionError:
        self._plugins.record_failure(self._plugin, "plugin_hook", f"{self._name}(): {reason}")
        return self._error(reason)

    def _error(self, reason: str) -> ExpressionError:
        return ExpressionError(
            "plugin_function",
            expression="",
            position=-1,
            name=f"{self._name}()",
            plugin=self._plugin,
            reason=reason,
        )
