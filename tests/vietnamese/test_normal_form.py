"""Normal form, folding and initials."""

from __future__ import annotations

from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.vietnamese import fold, initials, nfc, words


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
