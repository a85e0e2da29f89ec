"""Every finding that the store can make has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import survey_tui.store
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.store import StoreFinding
from survey_tui.store.journal.format import Action

PACKAGE = Path(survey_tui.store.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
FINDINGS = {
    *re.findall(r'\.(?:_note|_stray|add_notice)\(\s*"(\w+)"', SOURCE),
    *re.findall(r'_(?:response|file)_finding\(\s*(?:journal, )?"(\w+)"', SOURCE),
    *re.findall(r'code="(\w+)"', SOURCE),
    "in_use",
    "migration_failed",
    "disk_full",
    "not_writable",
    "io",
}
DETAILS = dict.fromkeys(("response", "count", "version", "copy", "path", "reason", "line"), "1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_words(language: str, code: str) -> None:
    words = Translator(language)
    finding = StoreFinding(code=code, severity="error", file="responses.journal", line=3, details=DETAILS)
    assert finding.what(words)
    assert finding.remedy(words)
    assert "{" not in finding.what(words) + finding.remedy(words)


def test_the_list_of_findings_is_found() -> None:
    assert len(FINDINGS) > 12


def test_the_file_format_is_described() -> None:
    page = (PACKAGE.parents[1] / "docs" / "store.md").read_text(encoding="utf-8")
    assert [action for action in get_args(Action) if f"| `{action}` |" not in page] == []
