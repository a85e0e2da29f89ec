"""Navigation: the steps before, after or at a path, found without walking the whole form.

The order is that of the form; steps are only what is relevant and visible. After the last instance of a
repeat that the surveyor fills comes the question for one more (``add``). Where a repeat has a count,
instances are made when the surveyor gets to them, as in ODK Collect: a ``grow`` step asks the caller to make
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from survey_tui.errors import AnswerError, ExpressionError
from survey_tui.expressions.tree import Node
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace
from survey_tui.interview.repeats import Repeats
from survey_tui.interview.views import END, NavigationStep

_ONE_SCREEN = frozenset({"field-list", "table-list"})


class PlacedStep(NamedTuple):
    """A step with its place. ``add`` and ``grow`` name a repeat as a whole, ``repeat`` an instance."""

    kind: Literal["question", "group", "repeat", "add", "grow", "end"]
    place: NodePlace

    @property
    def navigation_step(self) -> NavigationStep:
        """The step as screens see it."""
        if self.kind == "end":
            return NavigationStep("end", END)
        assert self.kind != "grow"
        return NavigationStep(self.kind, self.place.path)


class Navigation:
    """Steps of the form in its present state."""

    def __init__(self, state: InterviewState, repeats: Repeats) -> None:
        self._state = state
        self._repeats = repeats
        self.end = PlacedStep("end", NodePlace(state.root, state.form.root))

    def steps_after(self, start: PlacedStep | None = None) -> Iterator[PlacedStep]:
        """Steps after ``start`` (all without one), ``end`` last. Instances made at a ``grow`` come next."""
        root = self._state.form.root
        if start is None:
            yield from self._contents(self._state.root, root, 0)
        elif start.kind != "end":
            yield from self._after(start)
        yield self.end

    def steps_before(self, start: PlacedStep) -> Iterator[PlacedStep]:
        """The questions before ``start``, last first."""
        if start.kind == "end":
            yield from self._contents_reversed(self._state.root, self._state.form.root, None)
            return
        frame, node = start.place
        if start.kind == "add":
            yield from self._instances_reversed(frame, node, len(frame.instances_of(node)))
        yield from self._before(frame, node)

    def first(self) -> PlacedStep:
        return self.first_shown(self.steps_after())

    def first_shown(self, steps: Iterator[PlacedStep]) -> PlacedStep:
        """The first question, ``add`` or ``end`` of these steps."""
        return next((step for step in steps if step.kind in ("question", "add", "end")), self.end)

    def step_at(self, path: str) -> PlacedStep:
        """The step for a path: a question, the first question of a group or instance, a repeat's ``add`` (or
        its last instance's first question where the surveyor may not add), ``END``.

        Raises ``AnswerError`` (``interview_no_such_path``, ``interview_not_relevant``,
        ``interview_nothing_here``).
        """
        if path == END:
            return self.end
        place = self._state.at(path)
        whole = place.node.kind == "repeat" and place.frame.node is not place.node
        if whole:
            return self._step_at_repeat(place)
        if not self._state.item(place.node).is_visible:
            raise AnswerError("interview_no_question", path=path)
        if not place.relevant:
            raise AnswerError("interview_not_relevant", path=path)
        if place.node.kind == "leaf":
            return PlacedStep("question", place)
        inside = self._contents(place.frame, place.node, 0)
        found = next((step for step in inside if step.kind in ("question", "add")), None)
        if found is None:
            raise AnswerError("interview_nothing_here", path=path)
        return found

    def screen_group(self, place: NodePlace) -> Node | None:
        """The outermost field-list that shows this question together with others, if any."""
        found = None
        node = place.node.parent
        while node is not None and node.kind != "root":
            if self._is_one_screen(node):
                found = node
            if node.kind == "repeat":
                break
            node = node.parent
        return found

    def screen(self, place: NodePlace) -> tuple[NodePlace, ...]:
        """The places shown together with this question, in order; only itself outside a field-list."""
        group = self.screen_group(place)
        if group is None:
            return (place,)
        steps = self._contents(place.frame, group, 0)
        return tuple(step.place for step in steps if step.kind == "question") or (place,)

    def _is_one_screen(self, node: Node) -> bool:
        item = self._state.item(node).item
        if _ONE_SCREEN.isdisjoint(item.appearance):
            return False
        return not any(inner.kind == "repeat" for inner in node.walk() if inner is not node)

    def may_add(self, outer: InstanceFrame, repeat: Node) -> bool:
        """Whether the surveyor decides how many instances there are, and the repeat is relevant."""
        item = self._state.item(repeat)
        return not getattr(item.item, "repeat_count", "") and self.is_repeat_relevant(outer, repeat)

    def is_repeat_relevant(self, outer: InstanceFrame, repeat: Node) -> bool:
        """Whether a further instance of the repeat would be relevant."""
        if not self._state.is_parent_relevant(outer, repeat.parent):
            return False
        further = InstanceFrame(repeat, outer, len(outer.instances_of(repeat)) + 1, self._state.env)
        try:
            relevant = self._state.item(repeat).expression("relevant")
            return relevant is None or relevant.truth(further)
        except ExpressionError:
            return True

    def _step_at_repeat(self, place: NodePlace) -> PlacedStep:
        frame, node = place
        if not self.is_repeat_relevant(frame, node):
            raise AnswerError("interview_not_relevant", path=place.path)
        if self.may_add(frame, node):
            return PlacedStep("add", place)
        instances = frame.instances_of(node)
        found = next(self._instances_reversed(frame, node, len(instances)), None)
        if found is None:
            raise AnswerError("interview_nothing_here", path=place.path)
        return found

    # --- forward
    def _after(self, start: PlacedStep) -> Iterator[PlacedStep]:
        frame, node = start.place
        if start.kind in ("group", "repeat"):
            yield from self._contents(frame, node, 0)
        around: InstanceFrame | None = frame
        while node.kind != "root" and around is not None:
            if node is around.node:  # this instance is done: the next ones, then on in the frame around
                position, around = around.position, around.outer
                assert around is not None
                yield from self._instances(around, node, position)
            parent = node.parent
            assert parent is not None
            yield from self._contents(around, parent, self._state.form.position[node] + 1)
            node = parent

    def _contents(self, frame: InstanceFrame, parent: Node, start: int) -> Iterator[PlacedStep]:
        for node in self._state.form.children[parent][start:]:
            if node.kind == "repeat":
                yield from self._instances(frame, node, 0)
            elif frame.relevant[node.slot]:
                if node.kind == "group":
                    yield PlacedStep("group", NodePlace(frame, node))
                    yield from self._contents(frame, node, 0)
                elif self._state.item(node).is_visible:
                    yield PlacedStep("question", NodePlace(frame, node))

    def _instances(self, frame: InstanceFrame, repeat: Node, start: int) -> Iterator[PlacedStep]:
        if not self._state.is_parent_relevant(frame, repeat.parent):
            return
        instances = frame.instances_of(repeat)
        index = start
        while True:
            while index < len(instances):
                instance = instances[index]
                index += 1
                if instance.relevant[0]:
                    yield PlacedStep("repeat", NodePlace(instance, repeat))
                    yield from self._contents(instance, repeat, 0)
            wanted = self._repeats.required_count(frame, repeat)
            if wanted is None or index >= wanted or not self.is_repeat_relevant(frame, repeat):
                break
            yield PlacedStep("grow", NodePlace(frame, repeat))
            if index >= len(instances):
                break  # the caller made no instance
        if wanted is None and self.may_add(frame, repeat):
            yield PlacedStep("add", NodePlace(frame, repeat))

    # --- backward
    def _before(self, frame: InstanceFrame, node: Node) -> Iterator[PlacedStep]:
        around: InstanceFrame | None = frame
        while node.kind != "root" and around is not None:
            if node is around.node and around.outer is not None:
                position, around = around.position, around.outer
                yield from self._instances_reversed(around, node, position - 1)
            parent = node.parent
            assert parent is not None
            yield from self._contents_reversed(around, parent, self._state.form.position[node])
            node = parent

    def _contents_reversed(
        self, frame: InstanceFrame, parent: Node, stop: int | None
    ) -> Iterator[PlacedStep]:
        for node in reversed(self._state.form.children[parent][:stop]):
            if node.kind == "repeat":
                yield from self._instances_reversed(frame, node, len(frame.instances_of(node)))
            elif frame.relevant[node.slot]:
                if node.kind == "group":
                    yield from self._contents_reversed(frame, node, None)
                elif self._state.item(node).is_visible:
                    yield PlacedStep("question", NodePlace(frame, node))

    def _instances_reversed(self, frame: InstanceFrame, repeat: Node, stop: int) -> Iterator[PlacedStep]:
        for instance in reversed(frame.instances_of(repeat)[:stop]):
            if instance.relevant[0]:
                yield from self._contents_reversed(instance, repeat, None)
