"""Texts: every question has its words, in every language of the survey."""

from __future__ import annotations

from survey_tui.forms.columns import SILENT_TYPES, nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Form, Group, Question, Repeat, Translated

__all__ = ["check_texts"]

_PAIRS = (
    ("constraint", "constraint_message"),
    ("warning", "warning_message"),
    ("required", "required_message"),
)


def check_texts(form: Form, findings: Findings) -> None:
    """Missing labels and translations, languages that the survey does not have, messages without a rule."""
    for item in form.items():
        if isinstance(item, Question):
            _question(item, form, findings)
        else:
            _translations(item, "label", item.label, form, findings)


def _question(question: Question, form: Form, findings: Findings) -> None:
    if question.type not in SILENT_TYPES and not question.label:
        findings.error("no_label", question.source, question.name, "label", language=form.default_language)
    columns = ("label", "hint", "guidance_hint", "constraint_message", "warning_message", "required_message")
    for column in columns:
        _translations(question, column, getattr(question, column), form, findings)
    for rule, message in _PAIRS:
        has_rule, has_message = bool(getattr(question, rule)), bool(getattr(question, message))
        if has_rule and not has_message and rule != "required":
            findings.warning("rule_without_message", question.source, question.name, rule, message=message)
        elif has_message and not has_rule:
            findings.warning("message_without_rule", question.source, question.name, message, rule=rule)


def _translations(
    item: Question | Group | Repeat, column: str, texts: Translated, form: Form, findings: Findings
) -> None:
    if not texts:
        return
    for language in form.languages:
        if language not in texts:
            findings.warning(
                "missing_translation", item.source, item.name, f"{column}.{language}", language=language
            )
    for language in texts.keys() - set(form.languages):
        close = nearest(language, form.languages) or form.languages[0]
        findings.warning(
            "unknown_language", item.source, item.name, f"{column}.{language}"[:60], nearest=close
        )
