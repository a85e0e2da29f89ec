"""What is kept of a form's version for later: its questions, for a comparison with a newer one."""

from __future__ import annotations

from msgspec import Struct

from survey_tui.forms.compiled import CompiledForm

_LONGEST_LABEL = 160


class Asked(Struct, frozen=True, array_like=True):
    """A question: XLSForm type, names of its choices, label in the form's default language."""

    type: str
    choices: tuple[str, ...] = ()
    label: str = ""


class Skeleton(Struct, frozen=True):
    """The questions of one version that can be answered, by path without instance numbers, in order.
    ``seal_key`` is the form's, so that what must be sealed is sealed even when the survey is gone."""

    version: str
    sha256: str
    questions: dict[str, Asked]
    seal_key: str = ""


class Change(Struct, frozen=True):
    """A question that both versions have. ``before`` and ``after``: types, or choices only one has."""

    path: str
    label: str
    what: str
    before: str
    after: str


class FormDifference(Struct, frozen=True):
    """What a newer version asks otherwise. ``added`` and ``removed`` are (path, label).

    ``known`` is false when nothing was kept of the older version: then only its version is known.
    """

    old_version: str
    new_version: str
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    changed: tuple[Change, ...] = ()
    known: bool = True

    @property
    def empty(self) -> bool:
        """Whether both versions ask the same."""
        return not (self.added or self.removed or self.changed)


def skeleton_of(form: CompiledForm) -> Skeleton:
    """The skeleton of a form, plain values that go to disk as JSON."""
    asked: dict[str, Asked] = {}
    for path, node in form.by_path.items():
        item = form.items[node]
        question = item.question
        if question is None or not item.answerable:
            continue
        choices = form.form.lists.get(question.list_name)
        names = tuple(choice.name for choice in choices.choices) if choices is not None else ()
        label = item.translation(question.label, form.form.default_language)[:_LONGEST_LABEL]
        asked[path] = Asked(question.type, names, label)
    return Skeleton(form.form.version, form.form.sha256, asked, form.form.seal_key)


def difference(old: Skeleton | None, new: Skeleton, old_version: str = "") -> FormDifference:
    """What ``new`` asks otherwise than ``old``; ``old_version`` serves when there is no ``old``."""
    if old is None:
        return FormDifference(old_version, new.version, known=False)
    changed = (
        change
        for path, asked in new.questions.items()
        if path in old.questions
        for change in _changes(path, old.questions[path], asked)
    )
    return FormDifference(
        old.version,
        new.version,
        added=tuple(
            (path, asked.label) for path, asked in new.questions.items() if path not in old.questions
        ),
        removed=tuple(
            (path, asked.label) for path, asked in old.questions.items() if path not in new.questions
        ),
        changed=tuple(changed),
    )


def _changes(path: str, before: Asked, after: Asked) -> list[Change]:
    found = []
    if before.type != after.type:
        found.append(Change(path, after.label, "type", before.type, after.type))
    gone = [name for name in before.choices if name not in after.choices]
    new = [name for name in after.choices if name not in before.choices]
    if gone or new:
        found.append(Change(path, after.label, "list", " ".join(gone), " ".join(new)))
    return found
