"""Outcome of a visit, with or without an interview: in the log and in the form."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from survey_tui.errors import AnswerError

if TYPE_CHECKING:
    from survey_tui.interview.session import Session

WITHOUT_INTERVIEW = ("away", "refuse", "vacant", "other")
"""Outcomes of a visit without an interview: codes of the national instrument's question ``result``."""

OUTCOMES = (*WITHOUT_INTERVIEW, "part", "done")
"""All codes of that question. Without it, an interview ends with ``done``."""

_QUESTION = "result"


def record_visit(session: Session, outcome: str, at: dt.datetime) -> None:
    """Record a visit without an interview."""
    path = _outcome_path(session)
    if path:
        session.answer(path, outcome, at)
    session.record_outcome(outcome, "", at)
    session.pause(at)


def record_final_outcome(session: Session, at: dt.datetime) -> None:
    """Record the outcome of an interview before it is finalised, unless the log has it already."""
    path = _outcome_path(session)
    outcome = (session.question(path).text if path else "") or "done"
    if session.final().outcome != outcome:
        session.record_outcome(outcome, "", at)


def update_outcome(session: Session, recorded: str, at: dt.datetime) -> None:
    """Record a new outcome when an answer follows a visit without an interview: the household was met later.

    The outcome follows the form's own question; a form without one has no outcome until it is finalised.
    """
    if recorded not in WITHOUT_INTERVIEW:
        return
    path = _outcome_path(session)
    now = session.question(path).text if path else ""
    if now != recorded:
        session.record_outcome(now, "", at)


def _outcome_path(session: Session) -> str:
    for path in session.form.by_path:
        if path.rpartition("/")[2] == _QUESTION:
            try:
                return path if session.question(path).relevant else ""
            except AnswerError:  # a question in a repeat
                return ""
    return ""
