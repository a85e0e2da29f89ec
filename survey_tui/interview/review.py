"""How far the interview is, and what stands between it and its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from survey_tui.interview.interview_state import Place, State
from survey_tui.interview.pace import usual_seconds
from survey_tui.interview.replay import Core
from survey_tui.interview.views import Finding, Progress, Review

__all__ = ["progress", "review"]


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
