"""Checks of an answer, or of its absence: required, constraint, type, choice, warning.

A constraint is not checked for an empty answer. A constraint or warning whose expression fails never blocks:
the answer is accepted with a ``failure`` finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.errors import AnswerError, ExpressionError
from survey_tui.interview.answer_types import check_choices
from survey_tui.interview.choices import Choices
from survey_tui.interview.evaluation import value_of_answer
from survey_tui.interview.interview_state import InterviewState, NodePlace, SessionTranslator
from survey_tui.interview.views import FindingKind, InterviewFinding, ItemState


class Checks:
    """Checks answers against the form. Changes nothing."""

    def __init__(self, state: InterviewState, choices: Choices, translator: SessionTranslator) -> None:
        self._state = state
        self._choices = choices
        self._translator = translator

    def is_required(self, place: NodePlace) -> bool:
        """Whether an answer is required now; a failing expression counts as not required."""
        return self._holds(place, "required")

    def is_read_only(self, place: NodePlace) -> bool:
        """Whether the question shows a value that cannot be changed."""
        return self._holds(place, "read_only")

    def is_answered(self, place: NodePlace) -> bool:
        """Whether there is an answer or a missing code."""
        return bool(place.text) or place.node.slot in place.frame.missing

    def item_state(self, place: NodePlace) -> ItemState:
        """The state of one question, for outline and roster."""
        if not place.relevant:
            return "skipped"
        if place.node.type == "note":
            return "answered"
        if self.breaks_constraint(place):
            return "error"
        if next(self.warning_findings(place), None) is not None:
            return "warning"
        return "answered" if self.is_answered(place) else "open"

    def check_answer(self, place: NodePlace, text: str) -> tuple[InterviewFinding, ...]:
        """Blocking findings about ``text`` (canonical, not empty) as an answer, and failures; empty when it
        is accepted."""
        try:
            if place.node.type in ("select_one", "select_multiple", "rank"):
                check_choices(text, self._choices.names(place))
        except AnswerError as error:
            return (self.finding("choice", place, self._translator.error(error)),)
        return tuple(self._constraint(place, text))

    def findings_of(self, place: NodePlace) -> Iterator[InterviewFinding]:
        """All findings about the present answer of a relevant, visible question."""
        if place.text:
            yield from self._constraint(place, place.text)
            yield from self.warning_findings(place)
        elif not self.is_answered(place) and self.is_required(place):
            yield self.finding("required", place, self.required_message(place))
        yield from self.failure_findings(place)

    def failure_findings(self, place: NodePlace) -> Iterator[InterviewFinding]:
        """Relevances, calculations and the choice filter of this place that failed; never blocking."""
        for column in place.frame.failures.get(place.node.slot, ()):
            yield self.finding(
                "failure", place, self._translator("expression_failed", column=column), blocking=False
            )
        if self._choices.has_failed_filter(place):
            yield self.finding("failure", place, self._translator("filter_failed"), blocking=False)

    def warning_findings(self, place: NodePlace) -> Iterator[InterviewFinding]:
        """The warning of the present answer, unless the surveyor confirmed this answer."""
        message = self.warning_message(place)
        if message and place.frame.confirmed.get(place.node.slot) != place.text:
            yield self.finding("warning", place, message)

    def warning_message(self, place: NodePlace) -> str:
        """The message of the warning for the present answer; ``""`` when there is none. The expression says,
        like a constraint, which answers are usual."""
        if not place.text:
            return ""
        try:
            expression = self._state.item(place.node).expression("warning")
            if expression is None:
                return ""
            usual = expression.truth(place.frame, place.frame.stored[place.node.slot])
        except ExpressionError:
            return ""
        return "" if usual else self._text(place, "warning_message") or self._translator("unusual")

    def constraint_message(self, place: NodePlace) -> str:
        """The form's message for a broken constraint, else a general one."""
        return self._text(place, "constraint_message") or self._translator("constraint")

    def required_message(self, place: NodePlace) -> str:
        """The form's message for a missing answer, else a general one."""
        return self._text(place, "required_message") or self._translator("required")

    def breaks_constraint(self, place: NodePlace) -> bool:
        """Whether the present answer breaks its constraint; it may, after another answer has changed."""
        return bool(place.text) and any(finding.blocking for finding in self._constraint(place, place.text))

    def finding(
        self, kind: FindingKind, place: NodePlace, message: str, *, blocking: bool = True
    ) -> InterviewFinding:
        """A finding about this place, with the question's label."""
        item = self._state.item(place.node)
        label = item.text("label", self._state.env.language, place.frame) if item.question is not None else ""
        return InterviewFinding(kind, place.path, message, blocking, label)

    def _constraint(self, place: NodePlace, text: str) -> Iterator[InterviewFinding]:
        try:
            expression = self._state.item(place.node).expression("constraint")
            if expression is None:
                return
            if not expression.truth(place.frame, value_of_answer(text, place.node)):
                yield self.finding("constraint", place, self.constraint_message(place))
        except ExpressionError:
            message = self._translator("expression_failed", column="constraint")
            yield self.finding("failure", place, message, blocking=False)

    def _holds(self, place: NodePlace, column: str) -> bool:
        try:
            expression = self._state.item(place.node).expression(column)
            if expression is None:
                return False
            return expression.truth(place.frame)
        except ExpressionError:
            return False

    def _text(self, place: NodePlace, column: str) -> str:
        return self._state.item(place.node).text(column, self._state.env.language, place.frame)
