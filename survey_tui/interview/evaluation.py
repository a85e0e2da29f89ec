"""Evaluation: values and relevance, brought up to date after each change.

The order of the tasks is known (:mod:`survey_tui.forms.dependencies`). A change queues the tasks that read
the changed node, with the frames in which they run; the queue is processed in that order. A task runs at
most once per frame and change, so this always ends. Calculations with a trigger run only when the
triggering question gets another answer.

An expression that fails never ends an interview: a relevance that fails counts as relevant, a calculation
that fails as empty; ``failures`` of the frame keeps the reason for the review.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import repeat
from typing import NamedTuple

from survey_tui.errors import ExpressionError
from survey_tui.expressions import Expression
from survey_tui.expressions.tree import Node, Value
from survey_tui.expressions.values import stored_value, text_from_value, value_from_text
from survey_tui.forms.dependencies import Dependents, Task, frame_chain
from survey_tui.interview.answer_types import canonical_text_or_same
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace


class NodeValue(NamedTuple):
    """A value as a node stores it: its text, and the value that expressions see."""

    text: str
    value: Value


EMPTY = NodeValue("", "")


class Evaluation:
    """Evaluates the tasks of an :class:`InterviewState`. ``changed`` collects the nodes whose value or
    relevance changed since it was last emptied."""

    def __init__(self, state: InterviewState) -> None:
        self._state = state
        self._graph = state.form.graph
        self._children = state.form.children
        self._queue: list[int] = []
        self._queued: dict[int, tuple[Task, InstanceFrame]] = {}
        self._push: Callable[[list[int], int], None] = list.append
        self.changed: list[tuple[InstanceFrame, Node]] = []

    # --- changes
    def store(self, frame: InstanceFrame, node: Node, new: NodeValue) -> None:
        """Store a value and queue what reads it, even when the value is the same."""
        slot = node.slot
        frame.texts[slot], value = new
        frame.stored[slot] = value
        if frame.relevant[slot]:
            frame.values[slot] = value
        self._queue_dependents(frame, self._graph.dependents(node))

    def touch(self, frame: InstanceFrame, node: Node) -> None:
        """Queue what reads a node, as if it had just been answered again."""
        self._queue_dependents(frame, self._graph.dependents(node))

    def queue_membership(self, outer: InstanceFrame, repeat: Node) -> None:
        """Queue what depends on the instances of ``repeat`` in ``outer``, after one was added or removed."""
        self._queue_dependents(outer, self._graph.membership(repeat))

    def queue_frame(self, frame: InstanceFrame) -> None:
        """Queue every task of a new frame and of the frames in it."""
        for task in self._graph.inside.get(frame.node, ()):
            self._queue_one(task, frame)
        for instances in frame.instances.values():
            for instance in instances:
                assert isinstance(instance, InstanceFrame)
                self.queue_frame(instance)

    def propagate(self) -> None:
        """Run the queued tasks, and those that they queue, in order."""
        batch = sorted(self._queue)
        queue: list[int] = []
        self._queue = queue  # from here on a heap of what is queued meanwhile
        queued, self._push = self._queued, heappush
        run = self._run
        for key in batch:
            while queue and queue[0] < key:
                run(*queued[heappop(queue)])
            run(*queued[key])
        while queue:
            run(*queued[heappop(queue)])
        queued.clear()
        self._push = list.append

    def evaluate(self, expression: Expression, frame: InstanceFrame, node: Node, column: str) -> NodeValue:
        """An expression's value as a node of this type stores it; empty when it fails (the reason goes to
        ``failures``)."""
        try:
            value = expression.value(frame)
            text = text_from_value(value, node.type)
            # Only a calculate keeps the kind of value it yielded; a question holds what its type says.
            seen = stored_value(value, node.type) if node.type == "calculate" else value_of_answer(text, node)
            result = NodeValue(text, seen)
        except ExpressionError as error:
            frame.failures.setdefault(node.slot, {})[column] = str(error)
            return EMPTY
        if frame.failures:
            self._forget_failure(frame, node, column)
        return result

    # --- one task
    def _calculate(self, task: Task, frame: InstanceFrame) -> None:
        node = task.node
        new = self.evaluate(task.expression, frame, node, "calculation")
        known = frame.stored[node.slot]
        if new.text == frame.texts[node.slot] and new.value.__class__ is known.__class__:
            return
        self.store(frame, node, new)
        self.changed.append((frame, node))

    def _run(self, task: Task, frame: InstanceFrame) -> None:
        if task.kind == "calculate":
            self._calculate(task, frame)
            return
        slot = task.slot
        try:
            outcome = task.truth(frame)
        except ExpressionError as error:
            frame.failures.setdefault(slot, {})["relevant"] = str(error)
            outcome = True
        else:
            if frame.failures:
                self._forget_failure(frame, task.node, "relevant")
        if outcome is not frame.own[slot]:
            frame.own[slot] = outcome
            node = task.node
            if node.kind != "leaf":
                self.update_relevance(frame, node)
            elif frame.relevant[task.around]:
                self._set_leaf_relevance(frame, node, outcome)

    def _set_leaf_relevance(self, frame: InstanceFrame, node: Node, relevant: bool) -> None:
        """Change the relevance of a leaf."""
        slot = node.slot
        frame.relevant[slot] = relevant
        frame.values[slot] = frame.stored[slot] if relevant else ""
        self.changed.append((frame, node))
        self._queue_dependents(frame, self._graph.dependents(node))

    def update_relevance(self, frame: InstanceFrame, node: Node) -> None:
        """Bring the relevance of a node, and of all inside it, in line with its own and its parents'
        relevance."""
        holder = frame.outer if node is frame.node else frame
        around = True if holder is None or node.parent is None else holder.relevant[node.parent.slot]
        relevant = around and frame.own[node.slot]
        if relevant == frame.relevant[node.slot]:
            return
        if node.kind == "leaf":
            self._set_leaf_relevance(frame, node, relevant)
            return
        frame.relevant[node.slot] = relevant
        self.changed.append((frame, node))
        if node is frame.node and holder is not None:
            self._queue_dependents(holder, self._graph.membership(node))
        elif node.kind == "group":
            self._queue_dependents(frame, self._graph.dependents(node))
        for child in self._children[node]:
            if child.kind == "repeat":
                for instance in frame.instances_of(child):
                    self.update_relevance(instance, child)
            else:
                self.update_relevance(frame, child)

    def _forget_failure(self, frame: InstanceFrame, node: Node, column: str) -> None:
        if node.slot in frame.failures:
            frame.failures[node.slot].pop(column, None)
            if not frame.failures[node.slot]:
                del frame.failures[node.slot]

    # --- the queue
    def _queue_dependents(self, frame: InstanceFrame, dependents: Dependents | None) -> None:
        if dependents is None:
            return
        queued, serial = self._queued, frame.serial
        if not queued:  # the first change: nothing can be queued twice
            keys = [order + serial for order in dependents.orders]
            queued.update(zip(keys, zip(dependents.here, repeat(frame), strict=False), strict=True))
            self._queue += keys
        else:
            for order, task in zip(dependents.orders, dependents.here, strict=True):
                key = order + serial
                if key not in queued:
                    queued[key] = (task, frame)
                    self._push(self._queue, key)
        for task, ups, downs in dependents.elsewhere:
            top: InstanceFrame | None = frame
            for _ in range(ups):
                assert top is not None
                top = top.outer
            assert top is not None
            for target in _frames_below(top, downs):
                self._queue_one(task, target)

    def _queue_one(self, task: Task, frame: InstanceFrame) -> None:
        key = task.order + frame.serial
        if key not in self._queued:
            self._queued[key] = (task, frame)
            self._push(self._queue, key)


def value_of_answer(text: str, node: Node) -> Value:
    """The value that expressions see of an answer; a text that is no value of the node's type is seen as
    text."""
    try:
        return value_from_text(text, node.type)
    except ExpressionError:
        return text


def _frames_below(frame: InstanceFrame, downs: tuple[Node, ...]) -> list[InstanceFrame]:
    frames = [frame]
    for node in downs:
        frames = [instance for outer in frames for instance in outer.instances_of(node)]
    return frames


_DEPTH = 20
"""Triggers that set each other in a cycle stop at this depth."""


class TriggerEffect(NamedTuple):
    """A value set by a trigger: ``former`` is the value of ``place`` before, ``text`` the new one."""

    place: NodePlace
    former: NodeValue
    text: str


def set_and_trigger(
    state: InterviewState, evaluation: Evaluation, place: NodePlace, new: NodeValue, depth: int = 0
) -> tuple[TriggerEffect, ...]:
    """Store a value, update what depends on it, then run what it triggers if it changed; the effects, in
    order."""
    frame, node = place
    changed = frame.texts[node.slot] != new.text
    evaluation.store(frame, node, new)
    evaluation.propagate()
    if not changed or depth == _DEPTH:
        return ()
    effects: list[TriggerEffect] = []
    for target in state.form.triggered.get(node, ()):
        expression = state.item(target).expression("calculation")
        for inside in _frames_for(frame, target):
            value = (
                EMPTY
                if expression is None
                else evaluation.evaluate(expression, inside, target, "calculation")
            )
            evaluation.changed.append((inside, target))
            value, goal = written_value(state, value, target), NodePlace(inside, target)
            effects.append(TriggerEffect(goal, NodeValue(goal.text, inside.stored[target.slot]), value.text))
            effects += set_and_trigger(state, evaluation, goal, value, depth + 1)
    return tuple(effects)


def restore(
    evaluation: Evaluation, place: NodePlace, former: NodeValue, effects: tuple[TriggerEffect, ...]
) -> None:
    """Undo a change and the effects of its triggers. No trigger runs. A value that was set again since, other
    than by an undone answer, stays."""
    for effect in reversed(effects):
        frame, node = effect.place
        if frame.alive and effect.place.text == effect.text:
            evaluation.store(frame, node, effect.former)
            evaluation.changed.append((frame, node))
            evaluation.propagate()
    evaluation.store(place.frame, place.node, former)
    evaluation.propagate()


def written_value(state: InterviewState, value: NodeValue, node: Node) -> NodeValue:
    """A value that is set once (a dynamic default, a triggered calculation) in canonical form, like an
    answer: a decimal ``2`` as ``2.0``, a point with all four numbers. A calculation keeps its value as it
    is."""
    question = state.item(node).question
    if question is None or node.type == "calculate":
        return value
    text = canonical_text_or_same(question, node, value.text, state.env.now)
    return value if text == value.text else NodeValue(text, value_of_answer(text, node))


def _frames_for(frame: InstanceFrame, target: Node) -> list[InstanceFrame]:
    """The frames of ``target`` for a change in ``frame``: the same instances of shared repeats, all instances
    of deeper ones."""
    wanted = frame_chain(target.frame)
    around = frame_chain(frame.node)
    shared = sum(1 for mine, theirs in zip(wanted, around, strict=False) if mine is theirs)
    top: InstanceFrame | None = frame
    for _ in range(len(around) - shared):
        assert top is not None
        top = top.outer
    assert top is not None
    frames = [top]
    for inner in wanted[shared:]:
        frames = [instance for outer in frames for instance in outer.instances_of(inner)]
    return frames
