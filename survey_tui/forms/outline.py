"""A form as a plain text tree, for ``survey-tui forms show``."""

from __future__ import annotations

from collections.abc import Iterator

from survey_tui.forms.model import Form, Group, Question, Repeat, Translated

__all__ = ["outline"]

_INDENT = "  "


def outline(form: Form, language: str = "") -> list[str]:
    """Lines without line breaks: the form's head, its modules, then each item's name, type, label, relevance.

    ``language`` is that of the labels; where one is missing, the form's default language is shown.
    """
    shown = language if language in form.languages else form.default_language
    head = f"{_in(form.title, shown, form)} ({form.id} {form.version})"
    modules = ", ".join(f"{stamp.name} {stamp.version}" for stamp in form.modules)
    return [head, *([modules] if modules else []), *_lines(form.children, shown, form, 1)]


def _lines(
    items: tuple[Question | Group | Repeat, ...], language: str, form: Form, depth: int
) -> Iterator[str]:
    for item in items:
        parts = [item.name, f"[{_type(item)}]", _in(item.label, language, form)]
        if item.relevant:
            parts.append(f"← {_one_line(item.relevant)}")
        yield _INDENT * depth + " ".join(filter(None, parts))
        if not isinstance(item, Question):
            yield from _lines(item.children, language, form, depth + 1)


def _type(item: Question | Group | Repeat) -> str:
    if isinstance(item, Question):
        return f"{item.type} {item.list_name}".strip()
    if isinstance(item, Repeat):
        return f"repeat × {_one_line(item.repeat_count)}" if item.repeat_count else "repeat"
    return "group"


def _in(texts: Translated, language: str, form: Form) -> str:
    return _one_line(
        texts.get(language) or texts.get(form.default_language) or next(iter(texts.values()), "")
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
