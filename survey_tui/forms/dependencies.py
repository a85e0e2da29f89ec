"""Dependencies: calculations and relevances in an order in which one pass suffices.

A *task* computes one node's value or relevance. It must run after every task that may change what it reads:
the calculation of the nodes it reads, and the relevance of those nodes and of all that encloses them (a node
that is not relevant reads as empty). A cycle is refused, as in ODK Collect.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from survey_tui.errors import FormError
from survey_tui.expressions import Expression
from survey_tui.expressions.tree import Node

_FRAME_BITS = 40
"""A task's ``order`` leaves this many bits for the number of a frame: their sum sorts by task, then by
frame."""


class Task:
    """An expression that keeps a node up to date.

    ``rank`` is its place in the order (``order`` the same, shifted); ``volatile`` expressions (random, now)
    run again whenever a node upstream of them is evaluated, even if it does not change.

    ``outer_level`` is the level (in ``chain``) of the outermost repeat whose other instances the expression
    may read; 0 if none. An expression inside a repeat reads its own instance, unless the repeat itself is
    among what it reads (``position(..)``, ``indexed-repeat``, ``count``).
    """

    __slots__ = (
        "around",
        "chain",
        "expression",
        "kind",
        "node",
        "order",
        "outer_level",
        "rank",
        "slot",
        "truth",
        "volatile",
    )

    def __init__(self, kind: Literal["relevant", "calculate"], node: Node, expression: Expression) -> None:
        self.kind = kind
        self.node = node
        self.expression = expression
        self.volatile = expression.volatile
        self.truth = expression.truth
        self.slot = node.slot
        self.rank = -1
        self.order = 0
        self.chain = frame_chain(node.frame)
        self.around = node.parent.slot if node.parent is not None else 0
        self.outer_level = min(
            (level for level, repeat in enumerate(self.chain) if repeat in expression.reads and level),
            default=0,
        )

    def __repr__(self) -> str:
        return f"<Task {self.kind} {self.node.path}>"


class Dependent(NamedTuple):
    """A task that must run when a node changed, with its frames: from the node's frame ``ups`` levels up,
    then down through all instances of the repeats ``downs``."""

    task: Task
    ups: int
    downs: tuple[Node, ...]


class Dependents(NamedTuple):
    """All tasks that must run when a node changed: those in the very frame that changed (with their
    ``orders``, ascending), which is nearly all of them, and those elsewhere."""

    orders: tuple[int, ...]
    here: tuple[Task, ...]
    elsewhere: tuple[Dependent, ...]


def frame_chain(frame_node: Node) -> tuple[Node, ...]:
    """The root and the repeats that enclose a frame, outermost first, the frame's own node last."""
    nodes = [frame_node]
    while (outer := nodes[-1].outer) is not None:
        nodes.append(outer)
    return tuple(reversed(nodes))


class DependencyGraph:
    """The tasks of a form in order, and their dependents.

    Raises ``FormError("form_cycle", path=[names…])``: each name depends on the next, the last on the first.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        unordered = list(tasks)
        self._direct: dict[Node, list[Task]] = {}
        for task in unordered:
            for node in task.expression.reads:
                self._direct.setdefault(node, []).append(task)
        self._writers = {(task.kind, task.node): task for task in unordered}
        self.tasks: tuple[Task, ...] = tuple(self._in_order(unordered))
        self.inside: Mapping[Node, tuple[Task, ...]] = self._by_frame()
        self._volatile = self._volatile_by_node()
        self._dependents: dict[Node, Dependents | None] = {}
        self._membership: dict[Node, Dependents | None] = {}

    def dependents(self, node: Node) -> Dependents | None:
        """Tasks to run when the value of this leaf (or the relevance of this group) changed in one frame;
        ``None`` when there are none."""
        if node not in self._dependents:
            self._dependents[node] = _dependents_of(self._direct_dependents(node), frame_chain(node.frame))
        return self._dependents[node]

    def membership(self, repeat: Node) -> Dependents | None:
        """Tasks to run when an instance of ``repeat`` was added, removed or changed its relevance, seen from
        the frame with the instances. Tasks inside an instance that read only that instance are left out."""
        if repeat not in self._membership:
            around = frame_chain(repeat)[:-1]
            tasks = {task for node in repeat.walk() for task in self._direct_dependents(node)}
            outside = (
                task for task in tasks if repeat not in task.chain or 0 < task.outer_level <= len(around)
            )
            self._membership[repeat] = _dependents_of(outside, around)
        return self._membership[repeat]

    def _direct_dependents(self, node: Node) -> Sequence[Task]:
        direct = self._direct.get(node, ())
        volatile = self._volatile.get(node)
        return tuple(dict.fromkeys((*direct, *volatile))) if volatile else direct

    def _volatile_by_node(self) -> dict[Node, list[Task]]:
        """For each node the volatile tasks downstream of it."""
        found: dict[Node, list[Task]] = {}
        volatile = [task for task in self.tasks if task.volatile]
        if not volatile:
            return found
        writers: dict[Node, list[Task]] = {}
        for task in self.tasks:
            for node in _writes(task):
                writers.setdefault(node, []).append(task)
        for task in volatile:
            for node in _upstream(task, writers):
                found.setdefault(node, []).append(task)
        return found

    def _by_frame(self) -> dict[Node, tuple[Task, ...]]:
        grouped: dict[Node, list[Task]] = {}
        for task in self.tasks:
            grouped.setdefault(task.node.frame, []).append(task)
        return {node: tuple(tasks) for node, tasks in grouped.items()}

    def _before(self, task: Task) -> Iterator[Task]:
        """The tasks that must run before this one."""
        for read in task.expression.reads:
            if (writer := self._writers.get(("calculate", read))) is not None:
                yield writer
            enclosing: Node | None = read
            while enclosing is not None:
                own_repeat = enclosing.kind == "repeat" and enclosing is task.node
                writer = self._writers.get(("relevant", enclosing))
                if writer is not None and not (own_repeat and read is enclosing):
                    yield writer
                enclosing = enclosing.parent

    def _in_order(self, tasks: list[Task]) -> Iterator[Task]:
        document_order = {task: number for number, task in enumerate(tasks)}
        before = {task: set(self._before(task)) for task in tasks}
        after: dict[Task, list[Task]] = {}
        for task, earlier in before.items():
            for other in earlier:
                after.setdefault(other, []).append(task)
        waiting = {task: len(earlier) for task, earlier in before.items()}
        ready = [document_order[task] for task in tasks if not waiting[task]]
        heapq.heapify(ready)
        rank = 0
        while ready:
            task = tasks[heapq.heappop(ready)]
            task.rank, task.order = rank, rank << _FRAME_BITS
            rank += 1
            yield task
            for later in after.get(task, ()):
                waiting[later] -= 1
                if not waiting[later]:
                    heapq.heappush(ready, document_order[later])
        if rank < len(tasks):
            raise FormError(
                "form_cycle", path=_cycle({task: before[task] for task in tasks if waiting[task]})
            )


def _rank(task: Task) -> int:
    return task.rank


def _writes(task: Task) -> Iterator[Node]:
    return task.node.walk() if task.kind == "relevant" else iter((task.node,))


def _upstream(task: Task, writers: Mapping[Node, Sequence[Task]]) -> Iterator[Node]:
    """Every node that the task reads, directly or through other tasks; each once."""
    pending, seen = [task], {task}
    nodes: set[Node] = set()
    while pending:
        for node in pending.pop().expression.reads - nodes:
            nodes.add(node)
            yield node
            fresh = [writer for writer in writers.get(node, ()) if writer not in seen]
            seen.update(fresh)
            pending.extend(fresh)


def _dependents_of(tasks: Iterable[Task], changed: tuple[Node, ...]) -> Dependents | None:
    found = [_dependent(task, changed) for task in sorted(tasks, key=_rank)]
    here = tuple(dependent.task for dependent in found if not dependent.ups and not dependent.downs)
    elsewhere = tuple(dependent for dependent in found if dependent.ups or dependent.downs)
    return Dependents(tuple(task.order for task in here), here, elsewhere) if found else None


def _dependent(task: Task, changed: tuple[Node, ...]) -> Dependent:
    """The way from a frame of ``changed[-1]`` to the frames in which ``task`` must run."""
    shared = 0
    limit = task.outer_level or len(task.chain)
    for mine, theirs in zip(task.chain[:limit], changed, strict=False):
        if mine is not theirs:
            break
        shared += 1
    return Dependent(task, len(changed) - shared, task.chain[shared:])


def _cycle(before: Mapping[Task, set[Task]]) -> list[str]:
    """Names around one cycle; every task of ``before`` waits for another of them."""
    task = next(iter(before))
    walked: list[Task] = []
    while task not in walked:
        walked.append(task)
        task = min((other for other in before[task] if other in before), key=lambda other: other.node.path)
    return list(dict.fromkeys(step.node.name for step in walked[walked.index(task) :]))
