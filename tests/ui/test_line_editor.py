"""Typing: every key is finished before the next, whatever an input method sends."""

from __future__ import annotations

from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.ui.fields.line_editor import LineEditor
from survey_tui.ui.key_events import KeyEvent, key_event_from_textual
from survey_tui.vietnamese.typing import TelexEngine, VniEngine

NAMED = ("backspace", "delete", "left", "right", "home", "end", "up", "down", "ctrl+w", "ctrl+u", "ctrl+j")


def press(editor: LineEditor, text: str) -> None:
    """``\\x7f`` is the Backspace key, everything else types itself."""
    for character in text:
        editor.press(KeyEvent("backspace") if character == "\x7f" else KeyEvent(character, character))


@pytest.mark.parametrize(
    ("burst", "text"),
    [
        ("Vieet\x7f\x7f\x7fệt", "Việt"),
        ("dd\x7f\x7fđ", "đ"),
        ("Kha\x7fánh Thuaa\x7f\x7fậ\x7fận", "Khánh Thuận"),
        ("\x7f\x7fa", "a"),
    ],
)
def test_backspaces_of_an_input_method_are_done_in_their_order(burst: str, text: str) -> None:
    editor = LineEditor()
    press(editor, burst)
    assert editor.text == text


@pytest.mark.parametrize(
    ("engine", "keys", "text"),
    [
        (TelexEngine(), "Vieetj Nam", "Việt Nam"),
        (TelexEngine(), "ddieenj thoaij", "điện thoại"),
        (VniEngine(), "Vie65t Nam", "Việt Nam"),
    ],
)
def test_built_in_typing(engine: TelexEngine | VniEngine, keys: str, text: str) -> None:
    editor = LineEditor(engine=engine)
    press(editor, keys)
    editor.finish()
    assert editor.text == text


def test_text_is_nfc_however_it_comes() -> None:
    editor = LineEditor()
    press(editor, normalize("NFD", "Tiếng Việt"))
    editor.insert(normalize("NFD", " đẹp"))
    assert editor.text == "Tiếng Việt đẹp"


def test_control_characters_do_not_get_in() -> None:
    editor = LineEditor()
    editor.insert("a\x1b[31mb\x07\nc")
    assert editor.text == "a[31mb c"


def test_lines() -> None:
    editor = LineEditor("một\nhai ba", multiline=True)
    editor.press(KeyEvent("up"))
    editor.press(KeyEvent("end"))
    editor.press(KeyEvent("x", "x"))
    editor.press(KeyEvent("down"))
    editor.press(KeyEvent("ctrl+j"))
    assert editor.text == "mộtx\nhai \nba"


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(st.sampled_from(NAMED), st.characters(codec="utf-8")), max_size=40), st.booleans())
def test_any_keys_keep_the_cursor_inside_and_the_text_nfc(keys: list[str], multiline: bool) -> None:
    editor = LineEditor(multiline=multiline, engine=TelexEngine())
    for key in keys:
        editor.press(KeyEvent(key) if key in NAMED else KeyEvent(key, key if key.isprintable() else ""))
        assert 0 <= editor.cursor <= len(editor.text)
        assert is_normalized("NFC", editor.text)
        assert multiline or "\n" not in editor.text


class _Event:
    def __init__(self, key: str, character: str | None) -> None:
        self.key = key
        self.character = character


def test_the_terminal_says_which_byte_is_backspace() -> None:
    assert key_event_from_textual(_Event("backspace", "\x08"), erase="\x7f") == KeyEvent("ctrl+h")
    assert key_event_from_textual(_Event("backspace", "\x08"), erase="\x08") == KeyEvent("backspace")
    assert key_event_from_textual(_Event("backspace", "\x7f"), erase="\x7f") == KeyEvent("backspace")
    assert key_event_from_textual(_Event("e_circumflex", "ê")) == KeyEvent("ê", "ê")
    assert key_event_from_textual(_Event("space", " ")) == KeyEvent("space", " ")
