"""All of the format is documented, every finding has a message, and every message is used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from survey_tui.forms import columns
from survey_tui.forms.findings import Findings
from survey_tui.forms.toml_reader import read_module, read_survey
from survey_tui.locale import Translator
from survey_tui.locale.vi.check import MESSAGES

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "questionnaires.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "survey_tui" / "forms").rglob("*.py"))
BLOCKS = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)


@pytest.mark.parametrize(
    "words",
    [columns.QUESTION_TYPES, columns.COLUMNS, columns.APPEARANCES, columns.ALLOWED_MISSING],
    ids=["types", "columns", "appearances", "missing answers"],
)
def test_every_word_of_the_format_is_documented(words: frozenset[str]) -> None:
    assert sorted(word for word in words if not re.search(rf"[`\" ]{re.escape(word)}[`\" ,)]", DOCS)) == []


def test_the_examples_can_be_read(tmp_path: Path) -> None:
    survey, module, *others = BLOCKS
    findings = Findings()
    (tmp_path / "vneid.toml").write_text(module, encoding="utf-8")
    (tmp_path / "smartphone.toml").write_text(survey, encoding="utf-8")
    assert read_module(tmp_path / "vneid.toml", findings) is not None
    assert read_survey(tmp_path / "smartphone.toml", findings) is not None
    for block in others:
        assert tomllib.loads(block)
    (tmp_path / "ca_mau.toml").write_text(others[-1], encoding="utf-8")
    addition = read_module(tmp_path / "ca_mau.toml", findings)
    assert addition is not None
    assert addition.addition is not None
    assert findings.all == []


def test_every_finding_has_words_and_every_word_is_said() -> None:
    given = r"(?:error|warning|report|_error)\(\s*(?:\n\s*)?\"([a-z_0-9]+)\""
    said = set(re.findall(given, SOURCE)) | set(
        re.findall(r'"(no_type|unknown_type|select_without_list|expression)"', SOURCE)
    )
    worded = {key for key in MESSAGES if not key.startswith("kind_")}
    general = {"error", "warning", "did_you_mean", "only_in", "more"}
    general |= {"reader", "file_type"}  # said by plugins, and where files of any type are checked
    assert said - worded == set()
    assert worded - said - general == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_of_value_has_words(language: str) -> None:
    names = "text|flag|texts|list|table|tables|number|integer|date|translated"
    kinds = set(re.findall(rf'(?:expected=|found=|_wrong\(key, |return |else )"({names})"', SOURCE))
    assert kinds == {key.removeprefix("kind_") for key in MESSAGES if key.startswith("kind_")}
    for kind in kinds:
        assert Translator(language)(f"check.kind_{kind}")
