"""What a list of surveys shows, without reading the surveys themselves."""

from __future__ import annotations

from msgspec import Struct

from survey_tui.forms.findings import Finding
from survey_tui.forms.model import Translated
from survey_tui.forms.sources import Addition

__all__ = ["AdditionSummary", "Index", "SurveySummary"]


class SurveySummary(Struct, frozen=True):
    """A survey as a list shows it. ``file`` is the absolute path of its file."""

    id: str
    version: str
    title: Translated
    description: Translated
    languages: tuple[str, ...]
    default_language: str
    file: str


class AdditionSummary(Struct, frozen=True):
    """A province addition: which file, and where it applies."""

    name: str
    file: str
    addition: Addition


class Index(Struct, frozen=True):
    """What a library offers. ``findings``: files that could not be taken in."""

    surveys: tuple[SurveySummary, ...]
    additions: tuple[AdditionSummary, ...]
    findings: tuple[Finding, ...]
