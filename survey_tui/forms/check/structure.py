"""Checks of structure: names, choice lists, texts in every language."""

from __future__ import annotations

import re

from survey_tui.forms.columns import LIST_TYPES, SILENT_TYPES, nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Choice, ChoiceList, Form, Group, Question, Repeat, Source, Translated

_REFERENCE = re.compile(r"\$\{[^}]*\}")


def check_choices(form: Form, findings: Findings) -> None:
    """Report unknown lists; choices without name or label, twice, or with a space in a name."""
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


MAX_NAME = 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({"meta", "instanceID", "instanceName"})


def check_names(form: Form, findings: Findings) -> None:
    """Report names that are missing, invalid or used twice in the whole form (in XLSForm: in a group),
    because ``${name}`` must mean one thing."""
    seen: dict[str, Source] = {}
    if not form.children:
        findings.error("empty_form", Source(f"surveys/{form.id}.toml"), form.id)
    for item in form.items():
        name = item.name
        if not name:
            findings.error("no_name", item.source, "", "name")
            continue
        if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
            findings.error("bad_name", item.source, name[:80], "name", limit=MAX_NAME, better=_better(name))
        elif name in _RESERVED:
            findings.error("reserved_name", item.source, name, "name")
        first = seen.setdefault(name, item.source)
        if first is not item.source:
            findings.error("duplicate_name", item.source, name[:80], "name", file=first.file, line=first.line)


def _better(name: str) -> str:
    better = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")[:MAX_NAME].rstrip("_") or "question"
    return better if not better[0].isdigit() else f"q{better}"


_PAIRS = (
    ("constraint", "constraint_message"),
    ("warning", "warning_message"),
    ("required", "required_message"),
)


def check_texts(form: Form, findings: Findings) -> None:
    """Report missing labels and translations, unknown languages, messages without a constraint."""
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
