"""Functions of text: parts, joins, replacement, length, regular expressions.

Lengths and positions count UTF-16 units, as in Java: every Vietnamese letter is one, an emoji two.
"""

from __future__ import annotations

import re

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Builder, Code, InnerContext
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Frame, Value

_RUN_OF_BLANKS = "[ \t\n\x0b\f\r]+"


def _units(value: str) -> list[str]:
    """The UTF-16 units of ``value``."""
    if not value or max(value) <= "\uffff":
        return list(value)
    raw = value.encode("utf-16-le", "surrogatepass")
    return [chr(int.from_bytes(raw[at : at + 2], "little")) for at in range(0, len(raw), 2)]


def _text_of_units(units: list[str]) -> str:
    """Text of UTF-16 units; half a pair becomes ``?``, as when Java stores it."""
    value = "".join(units)
    if not any("\ud800" <= unit <= "\udfff" for unit in units):
        return value
    return (
        value.encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le", "surrogatepass")
        .encode("utf-8", "replace")
        .decode()
    )


def _length(value: str) -> float:
    if not value or max(value) <= "\uffff":
        return float(len(value))
    return float(len(_units(value)))


def _normalize_space(value: str) -> str:
    return re.sub(_RUN_OF_BLANKS, " ", values.trim(value))


def _part(value: str, start: int, end: int | None = None) -> str:
    """From ``start`` (counted from 0, from the end if negative) up to but without ``end``."""
    units = _units(value)
    length = len(units)
    stop = length if end is None else end
    start, stop = (min(max(0, place + length if place < 0 else place), length) for place in (start, stop))
    return _text_of_units(units[start:stop])


def _before(value: str, mark: str) -> str:
    at = value.find(mark)
    return value[:at] if at >= 0 else ""


def _after(value: str, mark: str) -> str:
    at = value.find(mark)
    return value[at + len(mark) :] if at >= 0 else ""


def _translate(value: str, old: str, new: str) -> str:
    table: dict[str, str] = {}
    replacements = _units(new)
    for index, unit in enumerate(_units(old)):
        table.setdefault(unit, replacements[index] if index < len(replacements) else "")
    return _text_of_units([part for unit in _units(value) if (part := table.get(unit, unit))])


def _build_concat(call: Call, builder: Builder) -> Code:
    return _joining(None, [builder.compile(arg) for arg in call.args])


def _build_join(call: Call, builder: Builder) -> Code:
    return _joining(builder.compile(call.args[0]), [builder.compile(arg) for arg in call.args[1:]])


def _joining(separator: Code | None, parts: list[Code]) -> Code:
    """Several values, or all nodes of one nodeset, one after the other."""
    mark = (lambda _frame, _inner: "") if separator is None else separator.text()
    nodes = parts[0].nodes if len(parts) == 1 else None
    if nodes is not None:

        def run_nodes(frame: Frame, inner: InnerContext | None) -> Value:
            return mark(frame, inner).join([values.text(value) for value in nodes.values(frame, inner)])

        return Code(run_nodes, "text")
    texts = tuple(part.text() for part in parts)
    return Code(lambda frame, inner: mark(frame, inner).join([part(frame, inner) for part in texts]), "text")


def _own(name: str, kind_number: bool) -> Function:
    """``string-length`` and ``normalize-space``: without an argument they look at their own node."""

    def build(call: Call, builder: Builder) -> Code:
        part = (builder.compile(call.args[0]) if call.args else builder.own_value()).text()
        if kind_number:
            return Code(lambda frame, inner: _length(part(frame, inner)), "number")
        return Code(lambda frame, inner: _normalize_space(part(frame, inner)), "text")

    return Function(name, most=1, build=build)


def _build_regex(call: Call, builder: Builder) -> Code:
    from survey_tui.expressions.regex import Pattern

    subject = builder.compile(call.args[0]).text()
    pattern = builder.compile(call.args[1])
    if pattern.fixed is not None:
        fixed = Pattern(values.text(pattern.fixed), call.args[1].pos)
        return Code(lambda frame, inner: fixed.matches(subject(frame, inner)), "boolean")
    wanted = pattern.text()
    return Code(
        lambda frame, inner: Pattern(wanted(frame, inner), call.args[1].pos).matches(subject(frame, inner)),
        "boolean",
    )


def _two(name: str, call: object, kind: str = "text") -> Function:
    return Function(name, call, least=2, most=2, takes=("text",), kind=kind)  # type: ignore[arg-type]


FUNCTIONS = (
    Function("string", str, least=1, most=1, takes=("text",), kind="text"),
    _own("string-length", True),
    _own("normalize-space", False),
    Function("concat", build=_build_concat),
    Function("join", least=1, build=_build_join),
    Function("substr", _part, least=2, most=3, takes=("text", "index"), kind="text"),
    _two("substring-before", _before),
    _two("substring-after", _after),
    Function("translate", _translate, least=3, most=3, takes=("text",), kind="text"),
    _two("contains", lambda value, part: part in value, "boolean"),
    _two("starts-with", str.startswith, "boolean"),
    _two("ends-with", str.endswith, "boolean"),
    Function("regex", least=2, most=2, build=_build_regex),
)
