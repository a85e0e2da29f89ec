"""What a screen shows of a question, a group or a repeat: rendered in the running language, changing
nothing.

Every node of an interview as it stands, what is calculated, hidden or skipped included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from survey_tui.expressions.tree import Node
from survey_tui.forms.model import Question
from survey_tui.interview.checks import Checks
from survey_tui.interview.choices import Choices
from survey_tui.interview.interview_state import Place, State
from survey_tui.interview.navigation import Navigator
from survey_tui.interview.views import GroupView, NodeState, QuestionView

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_SELECTS = frozenset({"select_one", "select_multiple", "rank"})


class Views:
    """Makes views of places."""

    def __init__(self, state: State, choices: Choices, checks: Checks, navigator: Navigator) -> None:
        self._state = state
        self._choices = choices
        self._checks = checks
        self._navigator = navigator

    def label(self, place: Place) -> str:
        """The label of a question, group or repeat, references filled in; its name when it has none."""
        item = self._state.item(place.node)
        return item.text("label", self._state.env.language, place.frame) or item.name

    def plain_label(self, node: Node) -> str:
        """The label of a node whichever instance it is in: references in it are left open."""
        item = self._state.item(node)
        label = item.translation(item.item.label, self._state.env.language)
        return _REFERENCE.sub("…", label) or item.name

    def answer(self, place: Place) -> str:
        """The answer in words: labels of the chosen choices, a date by day, month, year, otherwise the
        text."""
        text = place.text
        if place.node.type in _SELECTS and text:
            return ", ".join(self._choices.label(place, name) for name in text.split())
        if place.node.type == "decimal":
            return text.removesuffix(".0")
        return "/".join(reversed(text.split("-"))) if place.node.type == "date" else text

    def question(self, place: Place) -> QuestionView:
        """Everything about one question."""
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
            choices=self._choices.of(place),
            text=place.text,
            answer=self.answer(place),
            missing=place.missing,
            allow=question.allow,
            required=checks.required(place),
            required_message=checks.required_message(place),
            read_only=checks.read_only(place) or question.type == "note",
            relevant=place.relevant,
            note=frame.notes.get(node.slot, ""),
            warning=checks.warning(place),
            confirmed=bool(place.text) and frame.confirmed.get(node.slot) == place.text,
            constraint_message=self._constraint_message(place, question),
            error=checks.constraint_message(place) if checks.broken(place) else "",
            sensitive=question.sensitive,
            module=question.module,
        )

    def group(self, place: Place) -> GroupView:
        """A group, a repeat as a whole (in the frame around it) or one instance."""
        frame, node = place
        item = self._state.item(node)
        whole = node.kind == "repeat" and frame.node is not node
        count = len(frame.instances_of(node)) if whole else 0
        mine = self._navigator.may_add(frame, node) if whole else False
        return GroupView(
            path=place.path,
            name=item.name,
            label=self.plain_label(node) if whole else self.label(place),
            appearance=item.item.appearance,
            instances=count,
            can_add=mine,
            can_remove=mine and count > 0,
        )

    def _constraint_message(self, place: Place, question: Question) -> str:
        return self._checks.constraint_message(place) if question.constraint else ""


def node_states(state: State, checks: Checks) -> Iterator[NodeState]:
    """All nodes in document order."""
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
            required=leaf and checks.required(place),
            read_only=leaf and (node.type == "note" or checks.read_only(place)),
        )
