"""Places in an interview that are no ordinary question: the next open one, and "one more?"."""

from __future__ import annotations

from survey_tui.interview.session import Session
from survey_tui.interview.views import END, ChoiceView, QuestionView
from survey_tui.locale import Translator

__all__ = ["ADD", "next_open", "one_more"]

ADD = "add"
"""The answer to :func:`one_more` that asks for another instance."""


def next_open(session: Session, current: str) -> str:
    """Path of the next question after ``current`` that lacks an answer, from the start again after the last
    one; ``END`` if there is no other."""
    questions = [entry for entry in session.outline() if entry.kind == "question"]
    here = next((index for index, entry in enumerate(questions) if entry.path == current), -1)
    for entry in (*questions[here + 1 :], *questions[: max(here, 0)]):
        if entry.state in ("open", "error"):
            return entry.path
    return END


def one_more(session: Session, repeat: str, words: Translator) -> QuestionView:
    """Whether the repeat at ``repeat`` gets another instance, asked like any question."""
    group = session.group(repeat)
    label = words("interview.one_more", label=group.label, count=group.instances)
    choices = (ChoiceView(ADD, words("interview.add_one")), ChoiceView("no", words("interview.no_more")))
    return QuestionView(
        path=repeat, name=group.name, type="select_one", label=label, choices=choices, required=True
    )
