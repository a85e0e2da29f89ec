"""Choices that a select offers now: filtered, taken from a repeat, in random order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from survey_tui.errors import ExpressionError
from survey_tui.expressions import Expression, shuffle
from survey_tui.expressions.tree import Node
from survey_tui.forms.compiled import CompiledItem
from survey_tui.forms.model import Question
from survey_tui.interview.interview_state import InstanceFrame, InterviewState, NodePlace
from survey_tui.interview.views import ChoiceView

_LIST_TYPES = frozenset({"select_one", "select_multiple", "rank"})


class Choices:
    """Computes the choices of questions. Results are kept until :meth:`clear`."""

    def __init__(self, state: InterviewState) -> None:
        self._state = state
        self._known: dict[NodePlace, tuple[ChoiceView, ...]] = {}
        self._failed: set[NodePlace] = set()

    def clear(self) -> None:
        """Forget all results: a change may let other choices through the filters."""
        self._known.clear()
        self._failed.clear()

    def offered_choices(self, place: NodePlace) -> tuple[ChoiceView, ...]:
        """The choices of a question in the order to show, labels in the running language; empty if it is no
        select."""
        if place.node.type not in _LIST_TYPES:
            return ()
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = tuple(self._order(place, list(self._read_choices(place))))
        return known

    def names(self, place: NodePlace) -> frozenset[str]:
        return frozenset(choice.name for choice in self.offered_choices(place))

    def has_failed_filter(self, place: NodePlace) -> bool:
        """Whether the choice filter failed, so that all choices are offered."""
        if place.node.type not in _LIST_TYPES or not self._question(place.node).choice_filter:
            return False
        self.offered_choices(place)
        return place in self._failed

    def label(self, place: NodePlace, name: str) -> str:
        """The label of a choice by name, also of one that is filtered out; the name itself if it is
        unknown."""
        item = self._state.item(place.node)
        label = self._state.env.choice_label(place.node, name)
        return item.render(label, place.frame) if label else name

    def offered_answer(self, place: NodePlace) -> str:
        """The present answer without what is no longer offered (ODK Collect drops it when it shows the
        question)."""
        text = place.text
        if not text or place.node.type not in _LIST_TYPES or not self._may_narrow(place.node):
            return text
        offered = self.names(place)
        return " ".join(name for name in text.split() if name in offered)

    def _may_narrow(self, node: Node) -> bool:
        question = self._question(node)
        return bool(question.choice_filter) or question.list_name.startswith("${")

    def _question(self, node: Node) -> Question:
        question = self._state.item(node).question
        assert question is not None
        return question

    def _read_choices(self, place: NodePlace) -> Iterator[ChoiceView]:
        question = self._question(place.node)
        if question.list_name.startswith("${"):
            yield from self._from_repeat(place, question)
            return
        item = self._state.item(place.node)
        passing = self._accepted_names(place, item, question)
        for choice in self._state.env.choices(question.list_name):
            if passing is None or choice.name in passing:
                label = item.render(item.translation(choice.label, self._state.env.language), place.frame)
                yield ChoiceView(choice.name, label or choice.name, choice.columns)

    def _accepted_names(
        self, place: NodePlace, item: CompiledItem, question: Question
    ) -> frozenset[str] | None:
        """Names that the choice filter accepts; ``None`` when there is no filter or it fails."""
        try:
            condition = item.choice_filter
            rows = self._state.env.rows(question.list_name)
            if condition is None or rows is None:
                return None
            return frozenset(
                row["name"]
                for number, row in enumerate(rows, 1)
                if condition.accepts(place.frame, row, number)
            )
        except ExpressionError:
            self._failed.add(place)
            return None  # better all choices than none: the surveyor can still answer

    def _from_repeat(self, place: NodePlace, question: Question) -> Iterator[ChoiceView]:
        source = self._state.form.find_node(question.list_name[2:-1].strip())
        if source is None:
            return
        condition = None
        if question.choice_filter:
            try:
                condition = self._state.item(source).compile(question.choice_filter)
            except ExpressionError:
                self._failed.add(place)
        for frame in self._frames(place.frame, source):
            text = frame.texts[source.slot]
            if text and frame.relevant[source.slot] and self._passes(place, condition, frame):
                yield ChoiceView(text, text)

    def _passes(self, place: NodePlace, condition: Expression | None, frame: InstanceFrame) -> bool:
        try:
            return condition is None or condition.truth(frame)
        except ExpressionError:
            self._failed.add(place)
            return True

    def _frames(self, frame: InstanceFrame, source: Node) -> list[InstanceFrame]:
        """The instances whose answers are choices: all of the innermost repeat, within shared outer
        instances."""
        around: InstanceFrame | None = frame
        outer = source.outer
        while around is not None and outer is not None and around.node is not outer:
            around = around.outer
        if around is None or source.frame.kind != "repeat":
            return [self._state.root] if source.frame.kind == "root" else []
        return around.instances_of(source.frame)

    def _order(self, place: NodePlace, choices: list[ChoiceView]) -> Sequence[ChoiceView]:
        parameters = self._question(place.node).parameters
        if parameters.get("randomize", "").lower() not in ("true", "yes"):
            return choices
        return shuffle(choices, self._seed(place, parameters.get("seed", "")))

    def _seed(self, place: NodePlace, given: str) -> int:
        """The seed that the form gives (a number or ``${name}``), else one of this interview and question."""
        if not given:
            return self._state.env.seed ^ crc32(place.path.encode())
        try:
            number = self._state.item(place.node).compile(given).number(place.frame)
        except ExpressionError:
            return 0
        return int(number) if abs(number) < 2**63 else 0  # NaN fails the comparison
