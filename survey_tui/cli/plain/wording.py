"""What a typed line answers: choices by number, name or label, all else as the forgiving input reads it."""

from __future__ import annotations

from survey_tui.errors import AnswerError
from survey_tui.interview.answer_input import choose, parse_input
from survey_tui.interview.views import ChoiceView, QuestionView
from survey_tui.vietnamese import fold, match

__all__ = ["AGREE", "REFUSE", "agreement", "answer_text", "choices_like"]

AGREE = frozenset({"c", "co", "y", "yes", "ok", "dong y", "vang", "1"})
REFUSE = frozenset({"k", "khong", "n", "no", "0"})


def agreement(line: str) -> bool | None:
    """Yes, no, or ``None`` when the line says neither."""
    said = fold(line)
    return True if said in AGREE else False if said in REFUSE else None


def answer_text(view: QuestionView, line: str) -> str:
    """The canonical text of an answer. Raises :class:`AnswerError` when the line is none.

    The number of a choice is the one printed before it, counted from 1. ``=name`` gives a choice by its name,
    so that a script need not count; its label and a name that is no number do too.
    """
    if view.type == "select_one":
        return _choice(view, line).name
    if view.type == "select_multiple":
        chosen = {_choice(view, part).name for part in _parts(view, line)}
        return " ".join(choice.name for choice in view.choices if choice.name in chosen)
    if view.type == "rank":
        return " ".join(_choice(view, part).name for part in _parts(view, line))
    if view.type == "acknowledge" and agreement(line):
        return "OK"
    return parse_input(view, line)


def choices_like(view: QuestionView, line: str) -> list[tuple[int, ChoiceView]]:
    """Numbered choices whose label matches the line, marks aside; initials count. In list order."""
    return [(number, choice) for number, choice in enumerate(view.choices, 1) if match(line, choice.label)]


def _parts(view: QuestionView, line: str) -> list[str]:
    """The choices that a line names: separated by commas, or by spaces when they are numbers and names."""
    if "," in line or ";" in line:
        return [part.strip() for part in line.replace(";", ",").split(",") if part.strip()]
    known = {choice.name for choice in view.choices}
    words = line.split()
    if all(word.isdecimal() or word in known or word.startswith("=") for word in words):
        return words
    return [line]


def _choice(view: QuestionView, said: str) -> ChoiceView:
    if not said.startswith("=") and not said.isdecimal():
        return choose(view.choices, said)
    if said.startswith("="):
        found = [choice for choice in view.choices if choice.name == said[1:].strip()]
    else:
        number = int(said) if len(said) < 6 else 0
        found = [view.choices[number - 1]] if 0 < number <= len(view.choices) else []
    if not found:
        raise AnswerError("cli_no_such_choice", said=said, last=len(view.choices))
    return found[0]
