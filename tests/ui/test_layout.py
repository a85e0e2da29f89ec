"""Laying out plain text: it fits, it loses nothing, and it never drives the terminal."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from survey_tui.ui.appearance import ASCII, UNICODE
from survey_tui.ui.footer import KeyHint, footer_lines, key_name
from survey_tui.ui.layout import TextSpan, cut, line_text, pad, plain_text, wrap

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Mn", "Me", "Mc"]), max_size=120
)


@settings(deadline=None, max_examples=200)
@given(TEXT, st.integers(2, 60))
def test_wrapped_lines_fit_and_lose_only_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@settings(deadline=None, max_examples=100)
@given(TEXT, st.integers(1, 40))
def test_cut_and_padded(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(pad(text, width)) == width


def test_a_long_vietnamese_label_wraps_at_words() -> None:
    label = "Từ 01/7/2025 (bỏ cấp huyện, sáp nhập xã/tỉnh) làm thủ tục có khó hơn không?"
    assert " ".join(wrap(label, 34)) == label


def test_nothing_in_a_text_drives_the_terminal() -> None:
    assert plain_text("a\x1b[31mb\x9bc\u202ed") == "a[31mbcd"
    assert plain_text("[red]x[/red]") == "[red]x[/red]"
    assert len(plain_text("dài " * 3_000_000)) < 20_000


def test_footer_has_at_most_six_keys_and_two_lines() -> None:
    hints = [KeyHint(f"ctrl+{letter}", "một việc") for letter in "abcdefgh"]
    for width in (34, 40, 80, 120):
        lines = footer_lines(hints, width, " · ")
        assert len(lines) <= 2
        assert all(cell_len(line_text(line)) <= width for line in lines)
        assert sum(span.style == "strong" for line in lines for span in line) <= 6


def test_a_key_in_the_footer_can_be_tapped() -> None:
    (line,) = footer_lines([KeyHint("ctrl+g", "mục lục")], 80, " · ")
    assert TextSpan("^G", "strong", "key:ctrl+g") in line
    assert key_name("enter") == "Enter"


def test_ascii_symbols_are_ascii() -> None:
    for name in ASCII.__struct_fields__:
        assert getattr(ASCII, name).isascii(), name
    assert UNICODE.one_on == "(•)"
