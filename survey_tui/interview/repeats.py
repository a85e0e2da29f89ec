"""Instances: the first ones of a new response, more of them, fewer of them, and what a new one begins
with."""

from __future__ import annotations

import math
from collections.abc import Iterator

from survey_tui.errors import ExpressionError
from survey_tui.expressions.tree import Node
from survey_tui.forms.compiled import is_dynamic_default
from survey_tui.interview.answer_types import canonical_or_same
from survey_tui.interview.evaluation import Engine, as_set, set_and_trigger, typed
from survey_tui.interview.interview_state import InstanceFrame, Place, State

MAX_INSTANCES = 1000
"""No repeat count creates more than this: a slip of the finger must not fill a device."""


class Repeats:
    """Makes and removes instances. As in ODK Collect every repeat of a new response has one instance,
    except repeats inside a later instance, which begin empty."""

    def __init__(self, state: State, engine: Engine) -> None:
        self._state = state
        self._engine = engine

    def begin(self, metadata: dict[str, str]) -> None:
        """Fill a new response: first instances, metadata, defaults, then everything that is calculated."""
        root = self._state.root
        self._first_instances(root)
        for frame in _frames(root):
            self._fixed_defaults(frame, metadata)
        self._dynamic_defaults(root)
        self._engine.initialise(root)
        self._engine.settle()

    def add(self, outer: InstanceFrame, repeat: Node, metadata: dict[str, str]) -> InstanceFrame:
        """Append an instance and bring everything that depends on it up to date."""
        instances = outer.instances_of(repeat)
        frame = InstanceFrame(repeat, outer, len(instances) + 1, self._state.env)
        instances.append(frame)
        self._fixed_defaults(frame, metadata)
        self._dynamic_defaults(frame)
        self._relevance_of_new(frame)
        self._engine.initialise(frame)
        self._engine.membership_changed(outer, repeat)
        self._engine.settle()
        return frame

    def remove(self, frame: InstanceFrame) -> None:
        """Take an instance out; later ones move up."""
        outer = frame.outer
        assert outer is not None
        instances = outer.instances_of(frame.node)
        instances.remove(frame)
        for inside in _frames(frame):
            inside.alive = False
        for position, instance in enumerate(instances, start=1):
            instance.position = position
        self._engine.membership_changed(outer, frame.node)
        self._engine.settle()

    def wanted(self, outer: InstanceFrame, repeat: Node) -> int | None:
        """How many instances the repeat's count asks for now; ``None`` when the surveyor decides. An
        unanswered or failing count asks for none."""
        try:
            expression = self._state.item(repeat).expression("repeat_count")
            if expression is None:
                return None
            number = expression.number(outer)
        except ExpressionError:
            return 0
        if math.isnan(number):  # not answered yet
            return 0
        return int(max(0.0, min(number, float(MAX_INSTANCES))))

    # --- what a new instance begins with
    def _first_instances(self, frame: InstanceFrame) -> None:
        for node in _repeats_in(self._state, frame.node):
            instance = InstanceFrame(node, frame, 1, self._state.env)
            frame.instances_of(node).append(instance)
            self._first_instances(instance)

    def _fixed_defaults(self, frame: InstanceFrame, metadata: dict[str, str]) -> None:
        for node in _leaves_in(self._state, frame.node):
            question = self._state.item(node).question
            assert question is not None
            text = metadata.get(question.type, "")
            if question.default and not is_dynamic_default(question.default, question.type):
                text = canonical_or_same(question, node, question.default, self._state.env.now)
            if text:
                frame.texts[node.slot] = text
                frame.stored[node.slot] = frame.values[node.slot] = typed(text, node)

    def _dynamic_defaults(self, frame: InstanceFrame) -> None:
        """Evaluate defaults in document order, each seeing the ones before it."""
        for node in self._state.form.dynamic_defaults:
            for target in _frames_of(frame, node.frame):
                expression = self._state.item(node).expression("default")
                assert expression is not None
                value = self._engine.evaluate(expression, target, node, "default")
                set_and_trigger(
                    self._state, self._engine, Place(target, node), as_set(self._state, value, node)
                )

    def _relevance_of_new(self, frame: InstanceFrame) -> None:
        self._engine.spread(frame, frame.node)


def _frames(frame: InstanceFrame) -> Iterator[InstanceFrame]:
    yield frame
    for repeat in list(frame.instances):
        for instance in frame.instances_of(repeat):
            yield from _frames(instance)


def _frames_of(frame: InstanceFrame, frame_node: Node) -> list[InstanceFrame]:
    return [inside for inside in _frames(frame) if inside.node is frame_node]


def _direct(state: State, parent: Node) -> Iterator[Node]:
    for node in state.form.children[parent]:
        yield node
        if node.kind == "group":
            yield from _direct(state, node)


def _repeats_in(state: State, frame_node: Node) -> Iterator[Node]:
    return (node for node in _direct(state, frame_node) if node.kind == "repeat")


def _leaves_in(state: State, frame_node: Node) -> Iterator[Node]:
    return (node for node in _direct(state, frame_node) if node.kind == "leaf")
