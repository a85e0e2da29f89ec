"""A response whose survey is no longer here: a form that holds what was answered, and asks nothing.

The plugin that brought the survey is gone or switched off. Its conditions and calculations went with it; what
is left are the answers in the log, and the labels that were kept of the form's version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from survey_tui.errors import AnswerError
from survey_tui.forms.model import Form, Group, Question, Repeat
from survey_tui.interview.events import Event, Started
from survey_tui.interview.form_change import form_of
from survey_tui.interview.form_skeleton import Skeleton
from survey_tui.interview.held import held_answers

__all__ = ["leftover_form"]

_INSTANCE = re.compile(r"\[\d+\]")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_LANGUAGES = ("vi", "en")


def leftover_form(events: Sequence[Event], known: Skeleton | None, title: str) -> Form:
    """A form of every answered question, as texts that cannot be changed, by the id, version and hash of the
    form that the log was last continued with.

    ``known`` is what was kept of that form; without it questions are named by their names, and come in the
    order in which they were answered. Raises ``AnswerError("interview_no_start")``.
    """
    started = events[0] if events else None
    if not isinstance(started, Started):
        raise AnswerError("interview_no_start")
    version, sha256 = form_of(events)
    language = started.language or _LANGUAGES[0]
    held = list(held_answers(events))
    return Form(
        id=started.form_id,
        version=version,
        title={language: title or started.form_id},
        languages=tuple(dict.fromkeys((language, *_LANGUAGES))),
        default_language=language,
        children=_tree(_in_order(held, known), _repeats(held), known, language),
        sha256=sha256,
        seal_key=known.seal_key if known is not None else "",
    )


def _in_order(held: Iterable[str], known: Skeleton | None) -> list[str]:
    """Paths without instance numbers, each once; those of the known form first, in its order."""
    plain = dict.fromkeys(_INSTANCE.sub("", path) for path in held)
    first = [path for path in known.questions if path in plain] if known is not None else []
    return list(dict.fromkeys((*first, *plain)))


def _repeats(held: Iterable[str]) -> frozenset[str]:
    """Paths, without numbers, of what has instances."""
    return frozenset(
        _INSTANCE.sub("", path[: found.start()]) for path in held for found in _INSTANCE.finditer(path)
    )


def _tree(
    paths: Sequence[str], repeats: frozenset[str], known: Skeleton | None, language: str, above: str = ""
) -> tuple[Question | Group | Repeat, ...]:
    """The items below ``above`` (``""`` or ``a/b/``)."""
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(path[len(above) :].partition("/")[0], []).append(path)
    items: list[Question | Group | Repeat] = []
    for name, found in inside.items():
        here = above + name
        deeper = [path for path in found if path != here]
        if not deeper:
            items.append(_question(name, here, known, language))
            continue
        kind = Repeat if here in repeats else Group
        children = _tree(deeper, repeats, known, language, f"{here}/")
        items.append(kind(name=name, label={language: name}, children=children))
    return tuple(items)


def _question(name: str, path: str, known: Skeleton | None, language: str) -> Question:
    asked = known.questions.get(path) if known is not None else None
    label = _PLACEHOLDER.sub("…", asked.label) if asked is not None else ""
    return Question(
        name=name, type="text", label={language: label or name}, read_only="true()", allow=("dk", "refused")
    )
