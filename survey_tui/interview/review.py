"""How far the interview is, and what stands between it and its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from survey_tui.interview.checks import Checks
from survey_tui.interview.pace import Pace, usual_seconds
from survey_tui.interview.state import Place, State
from survey_tui.interview.views import Finding, Progress, Review

__all__ = ["progress", "review"]


def _asked(state: State) -> Iterator[Place]:
    """The questions that are put to the respondent now, in order."""
    for place in state.places():
        if place.node.kind == "leaf" and place.relevant and state.item(place.node).answerable:
            yield place


def progress(state: State, checks: Checks, pace: Pace, current: Place | None, *, ended: bool) -> Progress:
    """Counts over what is relevant now; ``current`` is the question where the surveyor is, ``ended``: past
    the last."""
    answered = relevant = position = 0
    done = left = 0.0
    for place in _asked(state):
        relevant += 1
        if place == current:
            position = relevant
        seconds = usual_seconds(place.node.type)
        if checks.satisfied(place):
            answered += 1
            done += seconds
        else:
            left += seconds
    fraction = answered / relevant if relevant else 1.0
    if ended:
        position = relevant
    return Progress(answered, relevant, fraction, position, pace.minutes_for(left, done))


def review(state: State, checks: Checks, pace: Pace, at: dt.datetime) -> Review:
    """All findings in document order; complete when none of them blocks."""
    findings: list[Finding] = []
    answered = relevant = 0
    for place in state.places():
        if not place.relevant:
            continue
        if place.node.kind == "leaf" and state.item(place.node).answerable:
            relevant += 1
            answered += checks.satisfied(place)
            findings.extend(checks.of_place(place))
        else:
            findings.extend(checks.failures(place))
    complete = not any(finding.blocking for finding in findings)
    return Review(tuple(findings), complete, answered, relevant, pace.minutes(at))
