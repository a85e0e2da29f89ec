"""Which field a question is answered with."""

from __future__ import annotations

from survey_tui.interview.views import ChoiceView, QuestionView
from survey_tui.ui.fields.choice_field import ChoiceField
from survey_tui.ui.fields.entry_field import EntryField, Nothing
from survey_tui.ui.fields.field import Field
from survey_tui.ui.fields.line_editor import Composer

__all__ = ["field_for"]

_KINDS = {"select_one": "one", "select_one_from_file": "one", "select_multiple": "many", "rank": "rank"}
_KINDS["select_multiple_from_file"] = "many"


def field_for(
    view: QuestionView, words: dict[str, str], composer: Composer | None, *, frozen: bool = False
) -> Field:
    """A field with the recorded answer in it. ``words`` has ``dk``, ``refused`` and ``acknowledge``."""
    if frozen or view.read_only or view.type == "note":
        return Nothing(view)
    if view.type in ("acknowledge", "trigger"):
        return ChoiceField(_acknowledged(view, words["acknowledge"]), "one", words)
    kind = _KINDS.get(view.type)
    return ChoiceField(view, kind, words) if kind else EntryField(view, composer)


def _acknowledged(view: QuestionView, label: str) -> QuestionView:
    from msgspec.structs import replace

    return replace(view, choices=(ChoiceView("OK", label),))
