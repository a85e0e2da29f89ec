"""Checks of question settings: defaults, parameters, appearances, triggers, missing codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from survey_tui.forms.columns import ALLOWED_MISSING, APPEARANCES, LIST_TYPES, META_TYPES, PARAMETERS, nearest
from survey_tui.forms.findings import Findings
from survey_tui.forms.model import Form, Question

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_REFERENCE = re.compile(r"\$\{[^}]*\}")
_LITERAL = re.compile(r"[\w.:+\-]+( [\w.:+\-]+)*")
_LITERAL_FORMS = MappingProxyType(
    {
        "integer": re.compile(r"-?\d{1,9}"),
        "decimal": _NUMBER,
        "range": _NUMBER,
        "date": re.compile(r"\d{4}-\d\d-\d\d"),
        "time": re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d)?"),
    }
)
_UNASKED = META_TYPES | {"calculate", "hidden", "note"}
_SEVERAL = frozenset({"select_multiple", "rank"})


def check_parameters(form: Form, findings: Findings) -> None:
    """Check defaults, parameters, appearances, triggers and missing codes of every question."""
    names = [item.name for item in form.items() if isinstance(item, Question)]
    for item in form.items():
        for word in item.appearance:
            if word not in APPEARANCES:
                close = nearest(word, APPEARANCES)
                findings.warning(
                    "unknown_appearance", item.source, item.name, "appearance", word=word[:40], nearest=close
                )
        if isinstance(item, Question):
            _defaults(item, form, findings)
            _parameters(item, findings)
            _missing_answers(item, findings)
            _calculation(item, names, findings)


def is_consent(question: Question) -> bool:
    """Whether the question asks for the respondent's consent: its name starts with ``consent``, or
    ``indicator = ["CONSENT"]``."""
    return question.name.lower().startswith("consent") or "CONSENT" in question.indicator


def _defaults(question: Question, form: Form, findings: Findings) -> None:
    # Consent is never by default or silence (Luật 91/2025/QH15): nothing may be in place before the answer.
    if is_consent(question) and question.type not in _UNASKED:
        for column in ("default", "calculation"):
            if getattr(question, column):
                findings.error("consent_default", question.source, question.name, column)
    if not question.default or not _LITERAL.fullmatch(question.default):
        return
    if question.type in LIST_TYPES and question.list_name in form.lists:
        known = [choice.name for choice in form.lists[question.list_name].choices]
        words = question.default.split() if question.type in _SEVERAL else [question.default]
        for word in words:
            if word not in known:
                close = nearest(word, known)
                findings.error(
                    "default_not_a_choice",
                    question.source,
                    question.name,
                    "default",
                    choice=word[:40],
                    nearest=close,
                )
    expected = _LITERAL_FORMS.get(question.type)
    if expected is not None and not expected.fullmatch(question.default):
        findings.error("bad_default", question.source, question.name, "default", type=question.type)


def _parameters(question: Question, findings: Findings) -> None:
    known = PARAMETERS.get(question.type, frozenset())
    for name, setting in question.parameters.items():
        rule = _RULES.get(name)
        if name not in known:
            findings.error(
                "unknown_parameter",
                question.source,
                question.name,
                "parameters",
                parameter=name[:40],
                type=question.type,
                nearest=nearest(name, known),
            )
        elif rule is not None and not rule(setting):
            findings.error(
                "bad_parameter",
                question.source,
                question.name,
                "parameters",
                parameter=f"{name}={setting}"[:60],
            )
    if question.type == "range":
        _range(question, findings)


def _is_number(setting: str) -> bool:
    return bool(_NUMBER.fullmatch(setting))


_RULES: MappingProxyType[str, Callable[[str], bool]] = MappingProxyType(
    {
        "start": _is_number,
        "end": _is_number,
        "step": _is_number,
        "rows": str.isdecimal,
        "randomize": lambda setting: setting in ("true", "false"),
        "seed": lambda setting: _is_number(setting) or bool(_REFERENCE.fullmatch(setting)),
    }
)


def _range(question: Question, findings: Findings) -> None:
    """XLSForm's defaults are start=1 end=10 step=1."""
    values = {"start": "1", "end": "10", "step": "1", **question.parameters}
    if not all(_is_number(values[name]) for name in ("start", "end", "step")):
        return
    start, end, step = (float(values[name]) for name in ("start", "end", "step"))
    if step == 0 or start == end:
        findings.error(
            "bad_range", question.source, question.name, "parameters", start=start, end=end, step=step
        )


def _missing_answers(question: Question, findings: Findings) -> None:
    for kind in question.allow:
        if kind not in ALLOWED_MISSING:
            close = nearest(kind, ALLOWED_MISSING)
            findings.error(
                "unknown_allow", question.source, question.name, "allow", word=kind[:40], nearest=close
            )
    if question.type in _UNASKED:
        for column in ("allow", "required", "constraint", "warning"):
            if getattr(question, column):
                findings.warning("useless_column", question.source, question.name, column, type=question.type)
    if question.choice_filter and not question.list_name:
        findings.warning(
            "useless_column", question.source, question.name, "choice_filter", type=question.type
        )


def _calculation(question: Question, names: list[str], findings: Findings) -> None:
    if question.type == "calculate" and not question.calculation and not question.default:
        findings.error("no_calculation", question.source, question.name, "calculation")
    if question.trigger and not question.calculation:
        findings.warning("trigger_without_calculation", question.source, question.name, "trigger")
    for name in question.trigger:
        if name not in names:
            findings.error(
                "unknown_name",
                question.source,
                question.name,
                "trigger",
                name=name[:60],
                nearest=nearest(name, names),
            )
