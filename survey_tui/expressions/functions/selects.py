"""Functions of select answers: choice names separated by spaces."""

from __future__ import annotations

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Builder, Code, InnerContext
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Frame, Value


def _names(value: Value, function: str) -> str:
    """The answer as text. JavaRosa refuses numbers here, so a form that passes them would not run
    elsewhere."""
    if isinstance(value, str):
        return value
    raise failure("text_wanted", function=function, found=type(value).__name__)


def _is_selected(answer: Value, name: Value) -> bool:
    return f" {values.trim(_names(name, 'selected'))} " in f" {_names(answer, 'selected')} "


def _build_selected(call: Call, builder: Builder) -> Code:
    answer, name = (builder.compile(arg) for arg in call.args)
    run_answer, run_name, position = answer.run, name.run, call.pos
    if isinstance(name.fixed, str) and answer.kind == "text":
        needle = f" {values.trim(name.fixed)} "
        return Code(lambda frame, inner: needle in f" {run_answer(frame, inner)} ", "boolean")

    def run(frame: Frame, inner: InnerContext | None) -> bool:
        value, wanted = run_answer(frame, inner), run_name(frame, inner)
        if not isinstance(value, str) or not isinstance(wanted, str):
            raise failure("text_wanted", position, function="selected", found="a number, date or condition")
        return _is_selected(value, wanted)

    return Code(run, "boolean")


def _count(answer: Value) -> float:
    return float(len(_split(_names(answer, "count-selected"))))


def _name_at(answer: Value, index: float) -> str:
    names = _split(_names(answer, "selected-at"))
    place = values.as_index(values.to_int(index))
    return names[place] if 0 <= place < len(names) else ""


def _split(answer: str) -> list[str]:
    return [name for name in answer.split(" ") if name]


def _build_choice_name(call: Call, builder: Builder) -> Code:
    """``jr:choice-name(name, '${question}')``: the label in the running language."""
    name = builder.compile(call.args[0]).text()
    node = builder.node_named_by(call.args[1])
    return Code(lambda frame, inner: frame.env.choice_label(node, name(frame, inner)) or "", "text")


FUNCTIONS = (
    Function("selected", least=2, most=2, build=_build_selected),
    Function("is-selected", least=2, most=2, build=_build_selected),
    Function("count-selected", _count, least=1, most=1, kind="number"),
    Function("selected-at", _name_at, least=2, most=2, takes=("value", "number"), kind="text"),
    Function("jr:choice-name", least=2, most=2, build=_build_choice_name),
)
