"""What is wrong with an answer, or with its absence: required, constraint, type, choice, soft warning.

A constraint is not asked of an empty answer. A constraint or warning whose expression fails while it runs
never blocks: the answer is taken and a ``failure`` finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.errors import AnswerError, ExpressionError
from survey_tui.interview.answer_types import check_choices
from survey_tui.interview.choices import Choices
from survey_tui.interview.evaluation import typed
from survey_tui.interview.interview_state import Place, State, Words
from survey_tui.interview.views import Finding, FindingKind, ItemState


class Checks:
    """Asks the form's questions about answers. Changes nothing."""

    def __init__(self, state: State, choices: Choices, words: Words) -> None:
        self._state = state
        self._choices = choices
        self._words = words

    def required(self, place: Place) -> bool:
        """Whether an answer is required now; a failing expression counts as not required."""
        return self._holds(place, "required", fallback=False)

    def read_only(self, place: Place) -> bool:
        """Whether the question shows a value that cannot be changed."""
        return self._holds(place, "read_only", fallback=False)

    def satisfied(self, place: Place) -> bool:
        """Whether there is an answer, or a missing one that counts as an answer."""
        return bool(place.text) or place.node.slot in place.frame.missing

    def item_state(self, place: Place) -> ItemState:
        """The state of one question, for outline and roster."""
        if not place.relevant:
            return "skipped"
        if place.node.type == "note":
            return "answered"
        if self.broken(place):
            return "error"
        if next(self.unconfirmed(place), None) is not None:
            return "warning"
        return "answered" if self.satisfied(place) else "open"

    def of_answer(self, place: Place, text: str) -> tuple[Finding, ...]:
        """Why ``text`` (canonical, not empty) cannot be the answer; empty when it can."""
        try:
            if place.node.type in ("select_one", "select_multiple", "rank"):
                check_choices(text, self._choices.names(place))
        except AnswerError as error:
            return (self.finding("choice", place, self._words.error(error)),)
        return tuple(self._constraint(place, text))

    def of_place(self, place: Place) -> Iterator[Finding]:
        """Everything to say about the present answer of a relevant, visible question."""
        if place.text:
            yield from self._constraint(place, place.text)
            yield from self.unconfirmed(place)
        elif not self.satisfied(place) and self.required(place):
            yield self.finding("required", place, self.required_message(place))
        yield from self.failures(place)

    def failures(self, place: Place) -> Iterator[Finding]:
        """Relevances, calculations and the choice filter of this place that failed while they ran; never
        blocking."""
        for column in place.frame.failures.get(place.node.slot, ()):
            yield self.finding(
                "failure", place, self._words("expression_failed", column=column), blocking=False
            )
        if self._choices.failed(place):
            yield self.finding("failure", place, self._words("filter_failed"), blocking=False)

    def unconfirmed(self, place: Place) -> Iterator[Finding]:
        """The soft warning of the present answer, unless the surveyor stood by this answer."""
        message = self.warning(place)
        if message and place.frame.confirmed.get(place.node.slot) != place.text:
            yield self.finding("warning", place, message)

    def warning(self, place: Place) -> str:
        """The message of the soft check that the present answer fails; ``""`` when it passes. The
        expression says, like a constraint, what a usual answer is."""
        if not place.text:
            return ""
        try:
            expression = self._state.item(place.node).expression("warning")
            if expression is None:
                return ""
            usual = expression.truth(place.frame, place.frame.stored[place.node.slot])
        except ExpressionError:
            return ""
        return "" if usual else self._text(place, "warning_message") or self._words("unusual")

    def constraint_message(self, place: Place) -> str:
        """The form's words for a broken constraint, else general ones."""
        return self._text(place, "constraint_message") or self._words("constraint")

    def required_message(self, place: Place) -> str:
        """The form's words for a missing answer, else general ones."""
        return self._text(place, "required_message") or self._words("required")

    def broken(self, place: Place) -> bool:
        """Whether the present answer breaks its constraint (it can, when another answer changed)."""
        return bool(place.text) and any(finding.blocking for finding in self._constraint(place, place.text))

    def finding(self, kind: FindingKind, place: Place, message: str, *, blocking: bool = True) -> Finding:
        """A finding about this place, with the question's label."""
        item = self._state.item(place.node)
        label = item.text("label", self._state.env.language, place.frame) if item.question is not None else ""
        return Finding(kind, place.path, message, blocking, label)

    def _constraint(self, place: Place, text: str) -> Iterator[Finding]:
        try:
            expression = self._state.item(place.node).expression("constraint")
            if expression is None:
                return
            if not expression.truth(place.frame, typed(text, place.node)):
                yield self.finding("constraint", place, self.constraint_message(place))
        except ExpressionError:
            message = self._words("expression_failed", column="constraint")
            yield self.finding("failure", place, message, blocking=False)

    def _holds(self, place: Place, column: str, *, fallback: bool) -> bool:
        try:
            expression = self._state.item(place.node).expression(column)
            if expression is None:
                return False
            return expression.truth(place.frame)
        except ExpressionError:
            return fallback

    def _text(self, place: Place, column: str) -> str:
        return self._state.item(place.node).text(column, self._state.env.language, place.frame)
