"""Calculations with a trigger: they run when the triggering question gets another answer, and at no other
time."""

from __future__ import annotations

from survey_tui.expressions.tree import Node
from survey_tui.forms.graph import chain
from survey_tui.interview.answers import canonical_or_same
from survey_tui.interview.evaluation import EMPTY, Engine, Stored, typed
from survey_tui.interview.state import InstanceFrame, Place, State

__all__ = ["as_set", "set_and_trigger"]

_DEPTH = 20
"""Triggers that set each other in a ring stop here."""


def set_and_trigger(state: State, engine: Engine, place: Place, new: Stored, depth: int = 0) -> None:
    """Put a value in place, bring what depends on it up to date, then run what it triggers if it changed."""
    frame, node = place
    changed = frame.texts[node.slot] != new.text
    engine.store(frame, node, new)
    engine.settle()
    if not changed or depth == _DEPTH:
        return
    for target in state.form.triggered.get(node, ()):
        expression = state.item(target).expression("calculation")
        for inside in _frames_for(frame, target):
            value = (
                EMPTY if expression is None else engine.evaluate(expression, inside, target, "calculation")
            )
            engine.moved.append((inside, target))
            set_and_trigger(state, engine, Place(inside, target), as_set(state, value, target), depth + 1)


def as_set(state: State, value: Stored, node: Node) -> Stored:
    """What is set once (a dynamic default, a triggered calculation) is written like an answer, where a
    calculation that goes on running is not: a decimal ``2`` as ``2.0``, a point with all four numbers."""
    question = state.item(node).question
    if question is None or node.type == "calculate":
        return value
    text = canonical_or_same(question, node, value.text, state.env.now)
    return value if text == value.text else Stored(text, typed(text, node))


def _frames_for(frame: InstanceFrame, target: Node) -> list[InstanceFrame]:
    """The frames of ``target`` that belong to a change in ``frame``: the same instances where they share
    repeats, all instances of deeper ones."""
    wanted = chain(target.frame)
    around = chain(frame.node)
    shared = sum(1 for mine, theirs in zip(wanted, around, strict=False) if mine is theirs)
    top: InstanceFrame | None = frame
    for _ in range(len(around) - shared):
        assert top is not None
        top = top.outer
    assert top is not None
    frames = [top]
    for repeat in wanted[shared:]:
        frames = [instance for outer in frames for instance in outer.instances_of(repeat)]
    return frames
