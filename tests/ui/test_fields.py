"""Keys of missing codes: one table for all fields and for the help text."""

from __future__ import annotations

import re

import pytest

from survey_tui.interview.views import QuestionView
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.ui.appearance import UNICODE
from survey_tui.ui.fields.choice_field import choice_rows
from survey_tui.ui.fields.entry_field import EntryField
from survey_tui.ui.fields.field import MISSING_KEYS, FieldValue, RenderOptions
from survey_tui.ui.footer import key_name
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import line_text

CODES = tuple(MISSING_KEYS)
WORDS = {"dk": "Không biết", "refused": "Từ chối"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_the_keys_of_missing_codes(language: str) -> None:
    text = Translator(language)("help.choosing")
    for keys in MISSING_KEYS.values():
        assert re.search(rf"\b{keys.choice}\b", text)
        assert key_name(keys.entry) in text
    known = {key_name(keys.entry) for keys in MISSING_KEYS.values()}
    assert set(re.findall(r"\^[A-Z]", text)) == known


@pytest.mark.parametrize("code", CODES)
def test_the_entry_key_sets_and_clears_the_code(code: str) -> None:
    field = EntryField(QuestionView(path="q", name="q", type="text", label="?", allow=CODES))
    assert field.press(KeyEvent(MISSING_KEYS[code].entry))
    assert field.read_value() == FieldValue("", code)
    assert field.press(KeyEvent(MISSING_KEYS[code].entry))
    assert field.read_value() == FieldValue("")


@pytest.mark.parametrize("code", CODES)
def test_an_entry_key_has_no_effect_where_the_code_is_not_allowed(code: str) -> None:
    field = EntryField(QuestionView(path="q", name="q", type="text", label="?"))
    assert not field.press(KeyEvent(MISSING_KEYS[code].entry))
    assert not field.is_edited


def test_both_fields_show_the_keys() -> None:
    view = QuestionView(path="q", name="q", type="text", label="?", allow=CODES)
    lines = EntryField(view).lines(RenderOptions(40, 12, UNICODE, *WORDS.values()))
    text = "\n".join(line_text(line) for line in lines)
    for code, keys in MISSING_KEYS.items():
        assert f"{key_name(keys.entry)} ( ) {WORDS[code]}" in text
    assert [row.key for row in choice_rows(view, WORDS)] == [keys.choice for keys in MISSING_KEYS.values()]
