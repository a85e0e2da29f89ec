"""Findings in the words of the person who mends the form."""

from __future__ import annotations

from survey_tui.forms.findings import Finding
from survey_tui.locale import Translator

__all__ = ["describe"]


def describe(finding: Finding, translator: Translator) -> str:
    """One finding as text of one paragraph: severity, place, what is wrong, what to do.

    ``modules/b.toml:12: error: b_eid, relevant: …``. What a form wrote into a finding has no control
    characters, but may look like markup: print it as plain text.
    """
    place = f"{finding.source.file}:{finding.source.line}" if finding.source.line else finding.source.file
    about = ", ".join(filter(None, (finding.item, finding.column.replace("::", "."))))
    severity = translator(f"check.{finding.severity}")
    return ": ".join(filter(None, (place, severity, about, _sentence(finding, translator))))


def _sentence(finding: Finding, translator: Translator) -> str:
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
    """The expression room's own words for its error."""
    facts: dict[str, object] = {name: value for name, value in details.items() if name != "error"}
    return translator(f"errors.{details['error']}", **facts)
