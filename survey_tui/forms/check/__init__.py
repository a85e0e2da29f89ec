"""Checks of a form, all faults in one run, and the texts of their findings.

:func:`check_form` checks a composed form, :mod:`survey_tui.forms.check.questionnaire_files` files. The
messages are in ``locale/<language>/check.py``.
"""

from __future__ import annotations

from survey_tui.expressions import BUILTINS, FunctionRegistry
from survey_tui.forms.check.expressions import check_expressions
from survey_tui.forms.check.parameters import check_parameters
from survey_tui.forms.check.reachability import check_reachability
from survey_tui.forms.check.structure import check_choices, check_names, check_texts
from survey_tui.forms.findings import Findings, FormFinding
from survey_tui.forms.model import Form
from survey_tui.locale import Translator

__all__ = [
    "check_form",
    "format_finding",
]


def check_form(form: Form, findings: Findings, functions: FunctionRegistry = BUILTINS) -> None:
    """Report the faults of ``form`` in ``findings``, after those of reading its rows.

    ``functions`` are those that its expressions may call.
    """
    check_names(form, findings)
    check_texts(form, findings)
    check_choices(form, findings)
    check_parameters(form, findings)
    check_expressions(form, findings, functions)
    check_reachability(form, findings)


def format_finding(finding: FormFinding, translator: Translator) -> str:
    """A finding as one paragraph: severity, place, fault, remedy.

    ``modules/b.toml:12: error: b_eid, relevant: …``. Texts of the form in it have no control characters
    but may look like markup: print it as plain text.
    """
    place = f"{finding.source.file}:{finding.source.line}" if finding.source.line else finding.source.file
    about = ", ".join(filter(None, (finding.item, finding.column.replace("::", "."))))
    severity = translator(f"check.{finding.severity}")
    return ": ".join(filter(None, (place, severity, about, _sentence(finding, translator))))


def _sentence(finding: FormFinding, translator: Translator) -> str:
    details: dict[str, object] = dict(finding.details)
    if finding.code == "bad_cell":
        details |= {name: translator(f"check.kind_{finding.details[name]}") for name in ("expected", "found")}
    if finding.code == "expression":
        details["reason"] = _reason(finding.details, translator)
    sentence = translator(f"check.{finding.code}", **details)
    near, survey = finding.details.get("nearest"), finding.details.get("survey")
    if near:
        sentence += " " + translator("check.did_you_mean", nearest=near)
    if survey:
        sentence += " " + translator("check.only_in", survey=survey)
    return sentence


def _reason(details: dict[str, str], translator: Translator) -> str:
    facts: dict[str, object] = {name: value for name, value in details.items() if name != "error"}
    return translator(f"errors.{details['error']}", **facts)
