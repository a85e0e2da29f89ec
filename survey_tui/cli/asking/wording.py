"""A question as lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.interview.views import ChoiceView, Progress, QuestionView
from survey_tui.locale import Translator

__all__ = ["LONG_LIST", "choice_lines", "question_lines"]

LONG_LIST = 40
"""Choices beyond which a list is searched instead of read out."""


def question_lines(view: QuestionView, progress: Progress, words: Translator) -> Iterator[str]:
    """Place, label, hint, choices, then what is already there."""
    yield ""
    if view.type != "note":
        yield words("ask.place", number=progress.position, count=progress.relevant, name=view.name)
    yield view.label or view.name
    if view.hint:
        yield f"({view.hint})"
    if view.guidance:
        yield words("ask.guidance", text=view.guidance)
    if len(view.choices) > LONG_LIST:
        yield words("ask.long_list", count=len(view.choices))
    else:
        yield from choice_lines(list(enumerate(view.choices, 1)))
    yield from _state_lines(view, words)


def choice_lines(choices: list[tuple[int, ChoiceView]]) -> Iterator[str]:
    """One line a choice, with the number to type."""
    for number, choice in choices:
        yield f"  {number}. {choice.label or choice.name}"


def _state_lines(view: QuestionView, words: Translator) -> Iterator[str]:
    if view.type in ("select_multiple", "rank"):
        yield words(f"ask.how_{view.type}")
    for kind in view.allow:
        yield words(f"ask.may_{kind}")
    if view.missing:
        yield words("ask.present", answer=words(f"ask.missing_{view.missing}"))
    elif view.text:
        yield words("ask.present", answer=view.answer or view.text)
    if view.note:
        yield words("ask.noted", text=view.note)
    if view.error:
        yield words("ask.problem", message=view.error)
