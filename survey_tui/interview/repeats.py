"""Repeats: the first instances of a new response, adding and removing instances, defaults."""

from __future__ import annotations

import math
from collections.abc import Iterator

from survey_tui.errors import ExpressionError
from survey_tui.expressions.tree import Node
from survey_tui.forms.compiled import is_dynamic_default
from survey_tui.interview.answer_types import canonical_text_or_same
from survey_tui.interview.evaluation import Evaluation, set_and_trigger, value_of_answer, written_value
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace

MAX_INSTANCES = 1000
"""No repeat count creates more than this: a slip of the finger must not fill a device."""


class Repeats:
    """Adds and removes instances. As in ODK Collect every repeat of a new response has one instance, except
    repeats inside a later instance, which begin empty."""

    def __init__(self, state: InterviewState, evaluation: Evaluation) -> None:
        self._state = state
        self._evaluation = evaluation

    def begin(self, metadata: dict[str, str]) -> None:
        """Fill a new response: first instances, metadata, defaults, then all calculations."""
        root = self._state.root
        self._first_instances(root)
        for frame in _frames(root):
            self._fixed_defaults(frame, metadata)
        self._dynamic_defaults(root)
        self._evaluation.queue_frame(root)
        self._evaluation.propagate()

    def add(self, outer: InstanceFrame, repeat: Node, metadata: dict[str, str]) -> InstanceFrame:
        """Append an instance and update everything that depends on it."""
        instances = outer.instances_of(repeat)
        frame = InstanceFrame(repeat, outer, len(instances) + 1, self._state.env)
        instances.append(frame)
        self._fixed_defaults(frame, metadata)
        self._dynamic_defaults(frame)
        self._evaluation.update_relevance(frame, frame.node)
        self._evaluation.queue_frame(frame)
        self._evaluation.queue_membership(outer, repeat)
        self._evaluation.propagate()
        return frame

    def remove(self, frame: InstanceFrame) -> None:
        """Remove an instance; later ones move up."""
        outer = frame.outer
        assert outer is not None
        instances = outer.instances_of(frame.node)
        instances.remove(frame)
        for inside in _frames(frame):
            inside.alive = False
        for position, instance in enumerate(instances, start=1):
            instance.position = position
        self._evaluation.queue_membership(outer, frame.node)
        self._evaluation.propagate()

    def required_count(self, outer: InstanceFrame, repeat: Node) -> int | None:
        """Number of instances that the repeat's count asks for now; ``None`` when the surveyor decides. An
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

    # --- contents of new instances
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
                text = canonical_text_or_same(question, node, question.default, self._state.env.now)
            if text:
                frame.texts[node.slot] = text
                frame.stored[node.slot] = frame.values[node.slot] = value_of_answer(text, node)

    def _dynamic_defaults(self, frame: InstanceFrame) -> None:
        """Evaluate defaults in document order, each after the ones before it."""
        for node in self._state.form.dynamic_defaults:
            for target in _frames_of(frame, node.frame):
                expression = self._state.item(node).expression("default")
                assert expression is not None
                value = self._evaluation.evaluate(expression, target, node, "default")
                set_and_trigger(
                    self._state,
                    self._evaluation,
                    NodePlace(target, node),
                    written_value(self._state, value, node),
                )


def _frames(frame: InstanceFrame) -> Iterator[InstanceFrame]:
    yield frame
    for repeat in list(frame.instances):
        for instance in frame.instances_of(repeat):
            yield from _frames(instance)


def _frames_of(frame: InstanceFrame, frame_node: Node) -> list[InstanceFrame]:
    return [inside for inside in _frames(frame) if inside.node is frame_node]


def _direct(state: InterviewState, parent: Node) -> Iterator[Node]:
    for node in state.form.children[parent]:
        yield node
        if node.kind == "group":
            yield from _direct(state, node)


def _repeats_in(state: InterviewState, frame_node: Node) -> Iterator[Node]:
    return (node for node in _direct(state, frame_node) if node.kind == "repeat")


def _leaves_in(state: InterviewState, frame_node: Node) -> Iterator[Node]:
    return (node for node in _direct(state, frame_node) if node.kind == "leaf")
