"""Folding, initials and matching."""

from __future__ import annotations

from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.vietnamese import fold, initials, match, nfc, rank, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Khánh Thuận", "khanh thuan"),
        ("ĐẶC KHU Phú Quốc", "dac khu phu quoc"),
        ("Bà Rịa – Vũng Tàu", "ba ria – vung tau"),
        ("Đắk Lắk", "dak lak"),
        ("Thừa Thiên Huế", "thua thien hue"),
        ("Crème brûlée", "creme brulee"),
        ("", ""),
        ("12/2026", "12/2026"),
    ],
)
def test_fold_drops_marks_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(normalize("NFD", text)) == folded


def test_every_vietnamese_letter_folds_to_ascii() -> None:
    for code in range(0xC0, 0x1F00):
        letter = chr(code)
        if normalize("NFD", letter)[0].isascii() and len(normalize("NFD", letter)) > 1:
            assert fold(letter).isascii()


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_fold_is_idempotent_and_normal(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert is_normalized("NFC", once)
    assert nfc(nfc(text)) == nfc(text)


def test_words_and_initials() -> None:
    assert words("Phường Long Phú 1 (cũ)") == ["phuong", "long", "phu", "1", "cu"]
    assert initials("Khánh Thuận") == "kt"
    assert initials("Long Phú 12") == "lp12"
    assert initials("Đạ K’Nàng") == "dk"
    assert words("Xã Ea H'Leo") == ["xa", "ea", "hleo"]
    assert initials(" – ") == ""


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("khanh thuan", "Khánh Thuận", "Khánh Thuận Đông"),
        ("khanh", "Khánh Thuận", "An Khánh"),
        ("thuan khanh", "Khánh Thuận", "Khanh Thị Thu Anh"),
        ("kt", "Khánh Thuận", "Bkt"),
        ("dien tu", "Điện tử", "Tài khoản điện tử"),
    ],
)
def test_better_answers_score_higher(query: str, better: str, worse: str) -> None:
    assert match(query, better) > match(query, worse)


def test_no_match_is_zero_and_empty_query_matches_all() -> None:
    assert match("xyz", "Khánh Thuận") == 0
    assert match("", "Khánh Thuận") > 0


def test_rank_keeps_the_order_of_equals() -> None:
    items = ["Tân An", "Tân Bình", "An Tân", "Hòa"]
    assert rank("tan", items, str) == ["Tân An", "Tân Bình", "An Tân"]
    assert rank("", items, str) == items
