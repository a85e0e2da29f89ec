"""Keeping values and relevance true after a change, touching only what depends on it.

The order of the tasks is known (:mod:`survey_tui.forms.graph`); a change puts the tasks that read the
changed node into a queue, with the frames they must run in, and the queue is worked off in that order. A
task runs at most once in a frame for each change, so this always ends.

An expression that fails never ends an interview: a relevance that fails counts as relevant, a calculation
that fails as empty; ``failures`` of the frame keeps what went wrong for the review.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from survey_tui.errors import ExpressionError
from survey_tui.expressions import Expression
from survey_tui.expressions.frames import Value
from survey_tui.expressions.tree import Node
from survey_tui.expressions.values import stored_value, text_from_value, value_from_text
from survey_tui.forms.graph import Reader, Task
from survey_tui.interview.state import InstanceFrame, Place, State

__all__ = ["EMPTY", "Engine", "Stored", "typed"]


class Stored(NamedTuple):
    """A value as a node keeps it: its text, and what expressions see of it."""

    text: str
    value: Value


EMPTY = Stored("", "")


class Engine:
    """Works on a :class:`State`. ``moved`` collects the places whose value or relevance changed since it
    was last emptied."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._graph = state.form.graph
        self._children = state.form.children
        self._queue: list[tuple[int, int, Task, InstanceFrame]] = []
        self._queued: set[tuple[int, int]] = set()
        self.moved: dict[Place, None] = {}

    # --- changes from outside
    def store(self, frame: InstanceFrame, node: Node, new: Stored) -> None:
        """Put a value in place and queue what reads it, whether or not it is another one than before."""
        slot = node.slot
        frame.texts[slot], value = new
        frame.stored[slot] = value
        if frame.relevant[slot]:
            frame.values[slot] = value
        self._queue_readers(frame, self._graph.readers(node))

    def touch(self, frame: InstanceFrame, node: Node) -> None:
        """Queue what reads a node as if it had just been answered again."""
        self._queue_readers(frame, self._graph.readers(node))

    def membership_changed(self, outer: InstanceFrame, repeat: Node) -> None:
        """Queue what depends on the instances of ``repeat`` in ``outer`` (one came or went)."""
        self._queue_readers(outer, self._graph.membership(repeat))

    def initialise(self, frame: InstanceFrame) -> None:
        """Queue every task of a new frame and of the frames in it."""
        for task in self._graph.inside.get(frame.node, ()):
            self._push(task, frame)
        for instances in frame.instances.values():
            for instance in instances:
                assert isinstance(instance, InstanceFrame)
                self.initialise(instance)

    def settle(self) -> None:
        """Work off the queue."""
        queue = self._queue
        while queue:
            _, _, task, frame = heapq.heappop(queue)
            if not frame.alive:
                continue
            if task.kind == "calculate":
                self._calculate(task, frame)
            else:
                self._decide(task, frame)
        self._queued.clear()

    def evaluate(self, expression: Expression, frame: InstanceFrame, node: Node, column: str) -> Stored:
        """An expression's value as a node of this type stores it; empty when it fails (and why is noted)."""
        try:
            value = expression.value(frame)
            text = text_from_value(value, node.type)
            # Only a calculate keeps the kind of value it yielded; a question holds what its type says.
            seen = stored_value(value, node.type) if node.type == "calculate" else typed(text, node)
            result = Stored(text, seen)
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
        self.moved[Place(frame, node)] = None

    def _decide(self, task: Task, frame: InstanceFrame) -> None:
        node = task.node
        try:
            outcome = task.expression.truth(frame)
        except ExpressionError as error:
            frame.failures.setdefault(node.slot, {})["relevant"] = str(error)
            outcome = True
        else:
            if frame.failures:
                self._forget_failure(frame, node, "relevant")
        if outcome != frame.own[node.slot]:
            frame.own[node.slot] = outcome
            self.spread(frame, node)

    def spread(self, frame: InstanceFrame, node: Node) -> None:
        """Bring the relevance of a node, and of all it encloses, in line with its own and its parents'."""
        holder = frame.outer if node is frame.node else frame
        around = True if holder is None or node.parent is None else holder.relevant[node.parent.slot]
        relevant = around and frame.own[node.slot]
        if relevant == frame.relevant[node.slot]:
            return
        frame.relevant[node.slot] = relevant
        self.moved[Place(frame, node)] = None
        if node.kind == "leaf":
            frame.values[node.slot] = frame.stored[node.slot] if relevant else ""
            self._queue_readers(frame, self._graph.readers(node))
            return
        if node is frame.node and holder is not None:
            self._queue_readers(holder, self._graph.membership(node))
        elif node.kind == "group":
            self._queue_readers(frame, self._graph.readers(node))
        for child in self._children[node]:
            if child.kind == "repeat":
                for instance in frame.instances_of(child):
                    self.spread(instance, child)
            else:
                self.spread(frame, child)

    def _forget_failure(self, frame: InstanceFrame, node: Node, column: str) -> None:
        if node.slot in frame.failures:
            frame.failures[node.slot].pop(column, None)
            if not frame.failures[node.slot]:
                del frame.failures[node.slot]

    # --- the queue
    def _queue_readers(self, frame: InstanceFrame, readers: Iterable[Reader]) -> None:
        for task, ups, downs in readers:
            if not ups and not downs:
                self._push(task, frame)
                continue
            top: InstanceFrame | None = frame
            for _ in range(ups):
                assert top is not None
                top = top.outer
            assert top is not None
            for target in _below(top, downs):
                self._push(task, target)

    def _push(self, task: Task, frame: InstanceFrame) -> None:
        key = (task.rank, id(frame))
        if key not in self._queued:
            self._queued.add(key)
            heapq.heappush(self._queue, (task.rank, len(self._queued), task, frame))


def typed(text: str, node: Node) -> Value:
    """What expressions see of an answer; a text that is no value of the node's type is seen as it stands."""
    try:
        return value_from_text(text, node.type)
    except ExpressionError:
        return text


def _below(frame: InstanceFrame, downs: tuple[Node, ...]) -> list[InstanceFrame]:
    frames = [frame]
    for repeat in downs:
        frames = [instance for outer in frames for instance in outer.instances_of(repeat)]
    return frames
