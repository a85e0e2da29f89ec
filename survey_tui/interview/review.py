"""How far the interview is, and what stands between it and its end.

What a review says beside the form's own checks. None of it keeps a response from being finished.

Answers without a place in the form (its plugin is gone) are named with their text; *advisers* are further
checks that whoever opened the session brought along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from survey_tui.expressions import Expression, compile_expression
from survey_tui.interview.events import Answered, Cleared, Missing
from survey_tui.interview.interview_state import Place, State
from survey_tui.interview.progress import usual_seconds
from survey_tui.interview.replay import Core
from survey_tui.interview.views import Finding, Progress, Review


def _asked(state: State) -> Iterator[Place]:
    """The questions that are put to the respondent now, in order."""
    for place in state.places():
        if place.node.kind == "leaf" and place.relevant and state.item(place.node).answerable:
            yield place


def progress(core: Core) -> Progress:
    """Counts over what is asked now and what may still come."""
    answered = relevant = position = 0
    done = left = 0.0
    current = core.cursor.place if core.cursor.kind == "question" else None
    for place in _asked(core.state):
        relevant += 1
        if place == current:
            position = relevant
        seconds = usual_seconds(place.node.type)
        if core.checks.satisfied(place):
            answered += 1
            done += seconds
        else:
            left += seconds
    if core.cursor.kind == "end":
        position = relevant
    for node in core.prospects.upcoming():
        relevant += 1
        left += usual_seconds(node.type)
    fraction = answered / relevant if relevant else 1.0
    return Progress(answered, relevant, fraction, position, core.pace.minutes_for(left, done))


def review(core: Core, at: dt.datetime) -> Review:
    """All findings in document order; complete when none of them blocks."""
    findings: list[Finding] = []
    for place in core.state.places():
        if not place.relevant:
            continue
        if place.node.kind == "leaf" and core.state.item(place.node).answerable:
            findings.extend(core.checks.of_place(place))
        else:
            findings.extend(core.checks.failures(place))
    complete = not any(finding.blocking for finding in findings)
    counts = progress(core)
    relevant = sum(1 for _ in _asked(core.state)) if complete else counts.relevant
    return Review(tuple(findings), complete, counts.answered, relevant, core.pace.minutes(at))


def orphaned(core: Core) -> Iterator[Finding]:
    """The last answer of every question that this form does not have."""
    last: dict[str, str] = {}
    for event in core.orphans:
        if isinstance(event, Answered):
            last[event.path] = event.text
        elif isinstance(event, Missing):
            last[event.path] = core.words(f"missing_{event.kind}")
        elif isinstance(event, Cleared):
            last.pop(event.path, None)
    for path, text in last.items():
        message = core.words("orphan", answer=text)
        yield Finding("orphan", "", message, blocking=False, label=path)


class Conditions:
    """Conditions asked from outside, as if they stood at the top of the form."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._compiled: dict[str, Expression] = {}

    def holds(self, text: str) -> bool:
        """Whether it is true now. Raises ``ExpressionError`` when it is faulty or fails."""
        return self._expression(text).truth(self._core.state.root)

    def answered(self, text: str) -> bool:
        """Whether every question outside repeats that it reads has an answer. Raises as :meth:`holds`."""
        root = self._core.state.root
        places = [
            Place(root, node)
            for node in self._expression(text).reads
            if node.kind == "leaf" and node.frame is self._core.form.root
        ]
        return all(place.relevant and place.text for place in places)

    def _expression(self, text: str) -> Expression:
        if text not in self._compiled:
            form = self._core.form
            self._compiled[text] = compile_expression(text, form.root, functions=form.functions)
        return self._compiled[text]
