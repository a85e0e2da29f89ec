"""Functions of nodesets and lists: counts, sums, positions, look-ups, translations."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Builder, Code, Entry, InnerContext, Nodeset
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Environment, Frame, Value

_SMALLEST = math.ulp(0.0)
_LARGEST = sys.float_info.max


def _over_nodes(name: str, result: Callable[[Nodeset, Frame, InnerContext | None], float]) -> Function:
    """A function whose one argument must name nodes. As in JavaRosa, anything else fails only when
    evaluated."""

    def build(call: Call, builder: Builder) -> Code:
        nodes, position = builder.compile(call.args[0]).nodes, call.pos
        if nodes is None:

            def refuse(_frame: Frame, _inner: InnerContext | None) -> Value:
                raise failure("not_a_path", position, function=name)

            return Code(refuse)
        return Code(lambda frame, inner: result(nodes, frame, inner), "number")

    return Function(name, least=1, most=1, build=build)


def _count(nodes: Nodeset, frame: Frame, inner: InnerContext | None) -> float:
    return float(len(nodes.find(frame, inner)))


def _count_non_empty(nodes: Nodeset, frame: Frame, inner: InnerContext | None) -> float:
    def filled(entry: Entry) -> bool:
        node = entry[1]
        return bool(getattr(node, "children", None)) or nodes.read(entry, frame, inner) != ""

    return float(sum(map(filled, nodes.find(frame, inner))))


def _sum(nodes: Nodeset, frame: Frame, inner: InnerContext | None) -> float:
    total = 0.0
    for value in nodes.values(frame, inner):
        number = values.number(value)
        if not math.isnan(number):
            total += number
    return total


def _extreme(name: str, choose: Callable[[list[float]], float]) -> Function:
    """``max`` and ``min`` of the numbers among the values; ``NaN`` when there is none."""

    def build(call: Call, builder: Builder) -> Code:
        codes = [builder.compile(arg) for arg in call.args]
        nodes = codes[0].nodes if len(codes) == 1 else None

        def run(frame: Frame, inner: InnerContext | None) -> float:
            found = (
                [code.run(frame, inner) for code in codes] if nodes is None else nodes.values(frame, inner)
            )
            numbers = [number for value in found if not math.isnan(number := values.number(value))]
            return choose(numbers) if numbers else math.nan

        return Code(run, "number")

    return Function(name, build=build)


def _largest(numbers: list[float]) -> float:
    """The largest number. Instead of 0, JavaRosa returns the smallest positive number, which is written and
    compared as 0. It ignores negative numbers; they are not ignored here."""
    return max(numbers) or _SMALLEST


def _build_position(call: Call, builder: Builder) -> Code:
    """Without an argument: the position within the list of a predicate. With one: the instance's number."""
    if not call.args:
        return Code(lambda _frame, inner: 1.0 if inner is None else float(inner.position), "number")
    nodes, position = builder.compile(call.args[0]).nodes, call.pos
    if nodes is None:
        raise failure("not_a_path", position, function="position")

    def run(frame: Frame, inner: InnerContext | None) -> float:
        found = nodes.find(frame, inner)
        if not found:
            return 0.0
        holder, node = found[0]
        return float(holder.position) if isinstance(holder, Frame) and node.kind == "repeat" else 1.0

    return Code(run, "number")


def _build_indexed(call: Call, builder: Builder) -> Code:
    if len(call.args) % 2 == 0:
        raise failure("arguments", call.pos, name=call.name, given=len(call.args), wanted="3, 5, 7, 9, 11")
    return builder.compile_indexed_repeat(call)


def _refuse_outside_path(call: Call, _builder: Builder) -> Code:
    raise failure("unsupported", call.pos, what=f"{call.name}()")


@runtime_checkable
class _Keyed(Protocol):
    """A table that finds a cell without reading all its rows."""

    def lookup(self, column: str, key_column: str, key: str) -> str: ...


def _pulldata(environment: Environment, table: str, wanted: str, key_column: str, key: str) -> str:
    """The value of column ``wanted`` in the first row whose ``key_column`` is ``key``, ``""`` if there is
    none."""
    rows = environment.rows(table)
    if rows is None:
        raise failure("no_list", name=table)
    if isinstance(rows, _Keyed):
        return rows.lookup(wanted, key_column, key)
    return next((row.get(wanted, "") for row in rows if row.get(key_column) == key), "")


def _itext(environment: Environment, identifier: str) -> str:
    text = environment.text(identifier)
    return f"[itext:{identifier}]" if text is None else text  # shown as such by JavaRosa too


def _version(environment: Environment) -> str:
    """The version of the form, where the environment knows it."""
    return str(getattr(environment, "version", "") or "")


FUNCTIONS = (
    _over_nodes("count", _count),
    _over_nodes("count-non-empty", _count_non_empty),
    _over_nodes("sum", _sum),
    _extreme("max", _largest),
    _extreme("min", lambda numbers: min(*numbers, _LARGEST)),
    Function("position", most=1, build=_build_position),
    Function("indexed-repeat", least=3, most=11, build=_build_indexed),
    Function("instance", least=1, most=1, build=_refuse_outside_path),
    Function("current", most=0, build=_refuse_outside_path),
    Function("pulldata", _pulldata, least=4, most=4, takes=("text",), kind="text", environment=True),
    Function("jr:itext", _itext, least=1, most=1, takes=("text",), kind="text", environment=True),
    Function("version", _version, most=0, kind="text", environment=True),
)
