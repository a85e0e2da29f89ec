"""Calculations with a trigger: they run when the triggering question gets another answer, and at no other
time."""

from __future__ import annotations

from typing import NamedTuple

from survey_tui.expressions.tree import Node
from survey_tui.forms.dependencies import chain
from survey_tui.interview.answer_types import canonical_or_same
from survey_tui.interview.evaluation import EMPTY, Engine, Stored, typed
from survey_tui.interview.interview_state import InstanceFrame, Place, State

__all__ = ["Effect", "as_set", "put_back", "set_and_trigger"]

_DEPTH = 20
"""Triggers that set each other in a ring stop here."""


class Effect(NamedTuple):
    """What a trigger did: ``former`` is what ``place`` held before, ``text`` what it was given."""

    place: Place
    former: Stored
    text: str


def set_and_trigger(
    state: State, engine: Engine, place: Place, new: Stored, depth: int = 0
) -> tuple[Effect, ...]:
    """Put a value in place, bring what depends on it up to date, then run what it triggers if it changed;
    what the triggers did, in order."""
    frame, node = place
    changed = frame.texts[node.slot] != new.text
    engine.store(frame, node, new)
    engine.settle()
    if not changed or depth == _DEPTH:
        return ()
    effects: list[Effect] = []
    for target in state.form.triggered.get(node, ()):
        expression = state.item(target).expression("calculation")
        for inside in _frames_for(frame, target):
            value = (
                EMPTY if expression is None else engine.evaluate(expression, inside, target, "calculation")
            )
            engine.moved.append((inside, target))
            value, goal = as_set(state, value, target), Place(inside, target)
            effects.append(Effect(goal, Stored(goal.text, inside.stored[target.slot]), value.text))
            effects += set_and_trigger(state, engine, goal, value, depth + 1)
    return tuple(effects)


def put_back(engine: Engine, place: Place, former: Stored, effects: tuple[Effect, ...]) -> None:
    """Take a change back with what it triggered. No trigger runs. What was set anew since then, not by an
    answer that was taken back before, stays."""
    for effect in reversed(effects):
        frame, node = effect.place
        if frame.alive and effect.place.text == effect.text:
            engine.store(frame, node, effect.former)
            engine.moved.append((frame, node))
            engine.settle()
    engine.store(place.frame, place.node, former)
    engine.settle()


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
