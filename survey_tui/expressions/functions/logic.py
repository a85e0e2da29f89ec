"""Functions of conditions, and choices between values."""

from __future__ import annotations

import survey_tui.expressions.values as values
from survey_tui.expressions.closures import Builder, Closure, Code, InnerContext, constant
from survey_tui.expressions.failures import failure
from survey_tui.expressions.registry import Function
from survey_tui.expressions.syntax import Call
from survey_tui.expressions.tree import Frame, Value


def _build_if(call: Call, builder: Builder) -> Code:
    condition, yes, no = (builder.compile(arg) for arg in call.args)
    holds, run_yes, run_no = condition.truth(), yes.run, no.run
    if condition.fixed is not None:
        return yes if values.truth(condition.fixed) else no
    return Code(
        lambda frame, inner: run_yes(frame, inner) if holds(frame, inner) else run_no(frame, inner),
        yes.kind if yes.kind == no.kind else "value",
    )


def _build_coalesce(call: Call, builder: Builder) -> Code:
    first, second = (builder.compile(arg).run for arg in call.args)

    def run(frame: Frame, inner: InnerContext | None) -> Value:
        value = first(frame, inner)
        return second(frame, inner) if values.is_empty(value) else value

    return Code(run)


def _build_once(call: Call, builder: Builder) -> Code:
    """The question's own value; the argument while it has none."""
    fresh, present = builder.compile(call.args[0]).run, builder.own_value().run

    def run(frame: Frame, inner: InnerContext | None) -> Value:
        new, own = fresh(frame, inner), present(frame, inner)
        return new if values.text(own) == "" else own

    return Code(run)


def _build_depend(call: Call, builder: Builder) -> Code:
    """The first argument; the others are evaluated too, so that their errors are found."""
    first, *others = (builder.compile(arg) for arg in call.args)
    run_first, run_others = first.run, [code.run for code in others]

    def run(frame: Frame, inner: InnerContext | None) -> Value:
        value = run_first(frame, inner)
        for other in run_others:
            other(frame, inner)
        return value

    return Code(run, first.kind)


def _factors(codes: list[Code], one_by_one: bool = False) -> Closure[list[Value]]:
    """The values that a checklist counts: those of one nodeset, or one per argument."""
    nodes = codes[0].nodes if len(codes) == 1 and not one_by_one else None
    if nodes is not None:
        return nodes.values
    return lambda frame, inner: [code.run(frame, inner) for code in codes]


def _build_checklist(call: Call, builder: Builder) -> Code:
    least, most, *factors = (builder.compile(arg) for arg in call.args)
    run_least, run_most, run_factors = least.number(), most.number(), _factors(factors)

    def run(frame: Frame, inner: InnerContext | None) -> bool:
        low, high = values.as_index(run_least(frame, inner)), values.as_index(run_most(frame, inner))
        count = sum(values.truth(value) for value in run_factors(frame, inner))
        return (low < 0 or count >= low) and (high < 0 or count <= high)

    return Code(run, "boolean")


def _build_weighted(call: Call, builder: Builder) -> Code:
    if len(call.args) % 2:
        raise failure("arguments", call.pos, name=call.name, given=len(call.args), wanted="4, 6, 8 …")
    least, most, *pairs = (builder.compile(arg) for arg in call.args)
    run_least, run_most = least.number(), most.number()
    one_by_one = not (pairs[0].is_path and pairs[1].is_path)  # a nodeset has its weights in a nodeset
    run_flags, run_weights = _factors(pairs[::2], one_by_one), _factors(pairs[1::2], one_by_one)

    def run(frame: Frame, inner: InnerContext | None) -> bool:
        flags, weights = run_flags(frame, inner), run_weights(frame, inner)
        if len(flags) != len(weights):
            raise failure("weights", call.pos, flags=len(flags), weights=len(weights))
        total = 0.0
        for flag, weight in zip(flags, weights, strict=True):
            total += values.number(weight) if values.truth(flag) else 0.0
        return run_least(frame, inner) <= total <= run_most(frame, inner)

    return Code(run, "boolean")


def _is_true_word(value: str) -> bool:
    return value == "1" or value.lower() == "true"


FUNCTIONS = (
    Function("true", most=0, build=lambda _call, _builder: constant(True)),
    Function("false", most=0, build=lambda _call, _builder: constant(False)),
    Function("boolean", bool, least=1, most=1, takes=("truth",), kind="boolean"),
    Function("not", lambda value: not value, least=1, most=1, takes=("truth",), kind="boolean"),
    Function("boolean-from-string", _is_true_word, least=1, most=1, takes=("text",), kind="boolean"),
    Function("if", least=3, most=3, build=_build_if),
    Function("coalesce", least=2, most=2, build=_build_coalesce),
    Function("once", least=1, most=1, build=_build_once),
    Function("depend", least=1, build=_build_depend),
    Function("checklist", least=2, build=_build_checklist),
    Function("weighted-checklist", least=4, build=_build_weighted),
)
