"""Progress, review, and conditions that advisers evaluate.

A review has the findings of the form; orphaned answers and the findings of *advisers* are added by the
session, and never keep a response from being final.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from survey_tui.expressions import Expression, compile_expression
from survey_tui.interview.interview_state import InterviewState, NodePlace
from survey_tui.interview.live_state import LiveState
from survey_tui.interview.progress import expected_seconds
from survey_tui.interview.views import InterviewFinding, InterviewProgress, Review


def _questions_asked(state: InterviewState) -> Iterator[NodePlace]:
    """The questions that are asked now, in order."""
    for place in state.places():
        if place.node.kind == "leaf" and place.relevant and state.item(place.node).is_answerable:
            yield place


def progress(live: LiveState) -> InterviewProgress:
    """Counts of what is asked now and may still be asked, and the time left."""
    answered = relevant = position = 0
    done = left = 0.0
    current = live.cursor.place if live.cursor.kind == "question" else None
    for place in _questions_asked(live.state):
        relevant += 1
        if place == current:
            position = relevant
        seconds = expected_seconds(place.node.type)
        if live.checks.is_answered(place):
            answered += 1
            done += seconds
        else:
            left += seconds
    if live.cursor.kind == "end":
        position = relevant
    for node in live.upcoming.questions():
        relevant += 1
        left += expected_seconds(node.type)
    fraction = answered / relevant if relevant else 1.0
    return InterviewProgress(
        answered, relevant, fraction, position, live.duration.minutes_left_for(left, done)
    )


def review(live: LiveState, at: dt.datetime) -> Review:
    """All findings in document order; complete when none of them blocks."""
    findings: list[InterviewFinding] = []
    for place in live.state.places():
        if not place.relevant:
            continue
        if place.node.kind == "leaf" and live.state.item(place.node).is_answerable:
            findings.extend(live.checks.findings_of(place))
        else:
            findings.extend(live.checks.failure_findings(place))
    complete = not any(finding.blocking for finding in findings)
    counts = progress(live)
    relevant = sum(1 for _ in _questions_asked(live.state)) if complete else counts.relevant
    return Review(tuple(findings), complete, counts.answered, relevant, live.duration.minutes(at))


def orphan_findings(live: LiveState) -> Iterator[InterviewFinding]:
    """A finding for each orphaned answer; notes alone are none."""
    for path, answer in live.orphaned.answers().items():
        if answer.text or answer.missing:
            text = answer.text or live.translator.missing(answer.missing)
            yield InterviewFinding(
                "orphan", "", live.translator("orphan", answer=text), blocking=False, label=path
            )


class Conditions:
    """Conditions from outside the form, evaluated at its top."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._compiled: dict[str, Expression] = {}

    def holds(self, condition: str, relevant: str) -> bool:
        """Whether a condition is true or does not apply; see ``Session.holds``."""
        applies = self._is_true(relevant) if relevant else self._has_answers(condition)
        return not applies or self._is_true(condition)

    def _is_true(self, text: str) -> bool:
        return self._expression(text).truth(self._live.state.root)

    def _has_answers(self, text: str) -> bool:
        """Whether every question outside repeats that a condition reads has an answer."""
        root = self._live.state.root
        places = [
            NodePlace(root, node)
            for node in self._expression(text).reads
            if node.kind == "leaf" and node.frame is self._live.form.root
        ]
        return all(place.relevant and place.text for place in places)

    def _expression(self, text: str) -> Expression:
        if text not in self._compiled:
            form = self._live.form
            self._compiled[text] = compile_expression(text, form.root, functions=form.functions)
        return self._compiled[text]
