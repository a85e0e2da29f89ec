"""Hostile text becomes harmless and fits."""

from __future__ import annotations

from unicodedata import category, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.vietnamese import clean, truncate, width

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mđỏ\x1b[0m", "[31mđỏ[0m"),
        ("\x1b]0;title\x07x", "]0;titlex"),
        ("\x9b31mx", "31mx"),
        ("abc\u202edef\u2066g", "abcdefg"),
        ("a\tb\rc\r\nd\u2028e", "a b c d e"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("[red]như đã gõ[/red]", "[red]như đã gõ[/red]"),
        ("\ud800x", "x"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_clean_keeps_newlines_on_request() -> None:
    assert clean("a\r\nb\rc\nd\x0be\x1b", newlines=True) == "a\nb\nc\nd\ne"


@settings(deadline=None, max_examples=300)
@given(ANY_TEXT, st.booleans())
def test_clean_leaves_nothing_that_drives_a_terminal(text: str, newlines: bool) -> None:
    shown = clean(text, newlines=newlines)
    assert all(sign == "\n" or category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in shown)
    assert newlines or "\n" not in shown
    assert clean(shown, newlines=newlines) == shown
    shown.encode()


def test_width() -> None:
    assert width("Khánh Thuận") == 11
    assert width(normalize("NFD", "Khánh Thuận")) == 11
    assert width("日本") == 4


@settings(deadline=None, max_examples=300)
@given(ANY_TEXT, st.integers(0, 30))
def test_truncate_fits(text: str, columns: int) -> None:
    cut = truncate(text, columns)
    assert width(cut) <= columns
    assert cut in {text, ""} or cut.endswith("…")


def test_truncate_keeps_marks_with_their_letter() -> None:
    text = normalize("NFD", "Tiếng Việt")
    assert normalize("NFC", truncate(text, 4)) == "Tiế…"
    assert truncate("Việt", 4) == "Việt"
    assert truncate("Việt Nam", 6) == "Việt…"
