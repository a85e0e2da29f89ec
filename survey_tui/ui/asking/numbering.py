"""Numbers of questions, as on a paper form: section letter and place in the section (``B2``)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from survey_tui.forms.model import Form, Group, Question, Repeat

__all__ = ["number_questions", "section_of"]

_SILENT = frozenset({"calculate", "hidden", "note", "start", "end", "today", "deviceid", "username", "audit"})
_LETTER = re.compile(r"^([A-Z]{1,2}\d?)[.)]\s")
_INDEX = re.compile(r"\[\d+\]")


def number_questions(form: Form) -> dict[str, str]:
    """Number of every question that can be answered, by its name. The relevance does not matter: numbers
    stay."""
    numbers: dict[str, str] = {}
    for place, item in enumerate(form.children, start=1):
        if isinstance(item, Question):
            continue
        letter = _letter(item, place)
        count = 0
        for question in _questions(item.children):
            if question.type not in _SILENT:
                count += 1
                numbers[question.name] = f"{letter}{count}"
    return numbers


def section_of(form: Form, path: str) -> str:
    """Letter of the section that ``path`` lies in, ``""`` outside all sections."""
    first = _INDEX.sub("", path.partition("/")[0])
    for place, item in enumerate(form.children, start=1):
        if item.name == first and not isinstance(item, Question):
            return _letter(item, place)
    return ""


def _letter(section: Group | Repeat, place: int) -> str:
    for text in section.label.values():
        found = _LETTER.match(text)
        if found:
            return found[1]
    name = section.name.rstrip("0123456789").upper()
    return name if 0 < len(name) <= 2 else f"{place}."


def _questions(items: Sequence[Question | Group | Repeat]) -> list[Question]:
    found: list[Question] = []
    for item in items:
        if isinstance(item, Question):
            found.append(item)
        else:
            found.extend(_questions(item.children))
    return found
