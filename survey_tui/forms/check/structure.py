"""Choice lists: they exist, their choices have names that can be stored and labels that can be read."""

from __future__ import annotations

import re

from survey_tui.forms.columns import LIST_TYPES, nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Choice, ChoiceList, Form, Question, Source

__all__ = ["check_choices"]

_REFERENCE = re.compile(r"\$\{[^}]*\}")


def check_choices(form: Form, findings: Findings) -> None:
    """Unknown lists; choices without name or label, twice, or with a space in a name."""
    multiple: set[str] = set()
    names = {item.name for item in form.items()}
    for item in form.items():
        if not isinstance(item, Question) or item.type not in LIST_TYPES:
            continue
        if item.type != "select_one":
            multiple.add(item.list_name)
        if item.list_name not in form.lists and not _REFERENCE.fullmatch(item.list_name):
            close = nearest(item.list_name, form.lists)
            findings.error(
                "unknown_list", item.source, item.name, "type", list=item.list_name[:60], nearest=close
            )
    for choices in form.lists.values():
        _check_list(choices, form, findings, spaces_matter=choices.name in multiple)
        _check_references(choices, names, findings)


def _check_references(choices: ChoiceList, names: set[str], findings: Findings) -> None:
    """``${name}`` in a choice's label."""
    for choice in choices.choices:
        for language, text in choice.label.items():
            for reference in _REFERENCE.findall(text) if "${" in text else ():
                name = reference[2:-1].strip()
                if name not in names:
                    item, column = f"{choices.name}.{choice.name}"[:80], f"label.{language}"
                    close = nearest(name, names)
                    findings.error("unknown_name", choice.source, item, column, name=name[:60], nearest=close)


def _check_list(choices: ChoiceList, form: Form, findings: Findings, *, spaces_matter: bool) -> None:
    seen: dict[str, Choice] = {}
    for choice in choices.choices:
        item = f"{choices.name}.{choice.name}"[:80]
        if not choice.name:
            findings.error("choice_without_name", choice.source, choices.name, "name")
            continue
        if choice.name in seen:
            first: Source = seen[choice.name].source
            findings.error("duplicate_choice", choice.source, item, "name", file=first.file, line=first.line)
        seen.setdefault(choice.name, choice)
        if any(sign.isspace() for sign in choice.name):
            report = findings.error if spaces_matter else findings.warning
            report("space_in_choice", choice.source, item, "name", better="_".join(choice.name.split()))
        if not choice.label:
            findings.error(
                "choice_without_label", choice.source, item, "label", language=form.default_language
            )
            continue
        for language in form.languages:
            if language not in choice.label:
                findings.warning(
                    "missing_translation", choice.source, item, f"label.{language}", language=language
                )
