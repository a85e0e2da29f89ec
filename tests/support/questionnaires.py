"""Questionnaires of one survey, written from a few lines of TOML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from survey_tui.forms.findings import FormFinding

SURVEY = """
id = "s"
version = "1"
title.vi = "Khảo sát"
title.en = "Survey"
languages = ["vi", "en"]
default_language = "vi"
modules = {modules}
"""


MODULE = """name = "m"
version = "1"
[[list]]
name = "yn"
choices = [
  { name = "1", label.vi = "Có", label.en = "Yes" },
  { name = "0", label.vi = "Không", label.en = "No" },
]
"""


Write = Callable[..., Path]


def brief(findings: list[FormFinding]) -> list[str]:
    """Findings in one line each, to compare: ``error unknown_list a type``."""
    return [" ".join(filter(None, (each.severity, each.code, each.item, each.column))) for each in findings]
