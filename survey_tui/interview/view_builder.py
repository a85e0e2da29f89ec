"""Builder of the views of questions, groups and nodes, in the running language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from survey_tui.expressions.tree import Node
from survey_tui.forms.model import Question
from survey_tui.interview.checks import Checks
from survey_tui.interview.choices import Choices
from survey_tui.interview.interview_state import InterviewState, NodePlace
from survey_tui.interview.navigation import Navigation
from survey_tui.interview.views import GroupView, NodeState, QuestionView

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_SELECTS = frozenset({"select_one", "select_multiple", "rank"})


class Views:
    """Builds views of places. Changes nothing."""

    def __init__(
        self, state: InterviewState, choices: Choices, checks: Checks, navigation: Navigation
    ) -> None:
        self._state = state
        self._choices = choices
        self._checks = checks
        self._navigation = navigation

    def label(self, place: NodePlace) -> str:
        """The label of a question, group or repeat, references filled in; its name when it has none."""
        item = self._state.item(place.node)
        return item.text("label", self._state.env.language, place.frame) or item.name

    def plain_label(self, node: Node) -> str:
        """The label of a node regardless of instance: references are shown as ``…``."""
        item = self._state.item(node)
        label = item.translation(item.item.label, self._state.env.language)
        return _REFERENCE.sub("…", label) or item.name

    def answer(self, place: NodePlace) -> str:
        """The answer as text for people: labels of the chosen choices, a date by day, month, year, otherwise
        the text."""
        text = place.text
        if place.node.type in _SELECTS and text:
            return ", ".join(self._choices.label(place, name) for name in text.split())
        if place.node.type == "decimal":
            return text.removesuffix(".0")
        return "/".join(reversed(text.split("-"))) if place.node.type == "date" else text

    def question(self, place: NodePlace) -> QuestionView:
        frame, node = place
        item = self._state.item(node)
        question = item.question
        assert question is not None
        language = self._state.env.language
        checks = self._checks
        return QuestionView(
            path=place.path,
            name=question.name,
            type=question.type,
            label=self.label(place),
            hint=item.text("hint", language, frame),
            guidance=item.text("guidance_hint", language, frame),
            appearance=question.appearance,
            parameters=question.parameters,
            choices=self._choices.offered_choices(place),
            text=place.text,
            answer=self.answer(place),
            missing=place.missing,
            allow=question.allow,
            required=checks.is_required(place),
            required_message=checks.required_message(place),
            read_only=checks.is_read_only(place) or question.type == "note",
            relevant=place.relevant,
            note=frame.notes.get(node.slot, ""),
            warning=checks.warning_message(place),
            confirmed=bool(place.text) and frame.confirmed.get(node.slot) == place.text,
            constraint_message=self._constraint_message(place, question),
            error=checks.constraint_message(place) if checks.breaks_constraint(place) else "",
            sensitive=question.sensitive,
            module=question.module,
        )

    def group(self, place: NodePlace) -> GroupView:
        """A group, a repeat as a whole (in the frame around it) or one instance."""
        frame, node = place
        item = self._state.item(node)
        whole = node.kind == "repeat" and frame.node is not node
        count = len(frame.instances_of(node)) if whole else 0
        mine = self._navigation.may_add(frame, node) if whole else False
        return GroupView(
            path=place.path,
            name=item.name,
            label=self.plain_label(node) if whole else self.label(place),
            appearance=item.item.appearance,
            instances=count,
            can_add=mine,
            can_remove=mine and count > 0,
        )

    def _constraint_message(self, place: NodePlace, question: Question) -> str:
        return self._checks.constraint_message(place) if question.constraint else ""


def node_states(state: InterviewState, checks: Checks) -> Iterator[NodeState]:
    """Every node in document order, calculated, hidden and skipped ones included."""
    for place in state.places():
        node = place.node
        leaf = node.kind == "leaf"
        kind = "question" if leaf else "repeat" if node.kind == "repeat" else "group"
        yield NodeState(
            kind=kind,  # type: ignore[arg-type]
            path=place.path,
            type=node.type,
            relevant=place.relevant,
            text=place.text if leaf else "",
            missing=place.missing if leaf else "",
            required=leaf and checks.is_required(place),
            read_only=leaf and (node.type == "note" or checks.is_read_only(place)),
        )
