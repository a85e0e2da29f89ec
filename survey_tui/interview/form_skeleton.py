"""Form skeleton: the questions of one version of a form, for comparison with a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from survey_tui.forms.compiled import CompiledForm

_LONGEST_LABEL = 160


class SkeletonQuestion(Struct, frozen=True, array_like=True):
    """A question: XLSForm type, names of its choices, label in the form's default language."""

    type: str
    choices: tuple[str, ...] = ()
    label: str = ""


class FormSkeleton(Struct, frozen=True):
    """The questions of one version that can be answered, by path without instance numbers, in order.
    ``seal_key`` is the form's, so that a response is sealed even when its survey is gone."""

    version: str
    sha256: str
    questions: dict[str, SkeletonQuestion]
    seal_key: str = ""


class QuestionChange(Struct, frozen=True):
    """A question that both versions have. ``before`` and ``after``: types, or choices that only one has."""

    path: str
    label: str
    kind: str
    before: str
    after: str


class FormDifference(Struct, frozen=True):
    """Differences between two versions. ``added`` and ``removed`` are (path, label).

    ``known`` is false when there is no skeleton of the older version: then only its version is known.
    """

    old_version: str
    new_version: str
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    changed: tuple[QuestionChange, ...] = ()
    known: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether both versions ask the same."""
        return not (self.added or self.removed or self.changed)


def skeleton_from_form(form: CompiledForm) -> FormSkeleton:
    """The skeleton of a form, plain values that go to disk as JSON."""
    asked: dict[str, SkeletonQuestion] = {}
    for path, node in form.by_path.items():
        item = form.items[node]
        question = item.question
        if question is None or not item.is_answerable:
            continue
        choices = form.form.lists.get(question.list_name)
        names = tuple(choice.name for choice in choices.choices) if choices is not None else ()
        label = item.translation(question.label, form.form.default_language)[:_LONGEST_LABEL]
        asked[path] = SkeletonQuestion(question.type, names, label)
    return FormSkeleton(form.form.version, form.form.sha256, asked, form.form.seal_key)


def compare_forms(old: FormSkeleton | None, new: FormSkeleton, old_version: str = "") -> FormDifference:
    """Differences from ``old`` to ``new``; ``old_version`` is used when there is no ``old``."""
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


def _changes(path: str, before: SkeletonQuestion, after: SkeletonQuestion) -> list[QuestionChange]:
    found = []
    if before.type != after.type:
        found.append(QuestionChange(path, after.label, "type", before.type, after.type))
    gone = [name for name in before.choices if name not in after.choices]
    new = [name for name in after.choices if name not in before.choices]
    if gone or new:
        found.append(QuestionChange(path, after.label, "list", " ".join(gone), " ".join(new)))
    return found
