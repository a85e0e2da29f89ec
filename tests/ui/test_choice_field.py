"""Choosing: a choice is one key."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len

from survey_tui.interview.views import ChoiceView, QuestionView
from survey_tui.ui.appearance import ASCII, UNICODE, Symbols
from survey_tui.ui.fields.choice_field import ChoiceField, choice_rows
from survey_tui.ui.fields.field import FieldValue, RenderOptions
from survey_tui.ui.key_events import KeyEvent
from survey_tui.ui.layout import line_text

WORDS = {"dk": "Không biết", "refused": "Từ chối"}


def question(*names: str, allow: tuple[str, ...] = (), text: str = "", **more: Any) -> QuestionView:
    choices = tuple(ChoiceView(name, f"Mục {name}") for name in names)
    return QuestionView(
        path="q", name="q", type="select_one", label="?", choices=choices, allow=allow, text=text, **more
    )


def shown(field: ChoiceField, width: int = 40, height: int = 12, symbols: Symbols = UNICODE) -> list[str]:
    return [line_text(line) for line in field.lines(RenderOptions(width, height, symbols, "", ""))]


def press(field: ChoiceField, keys: str) -> None:
    for key in keys:
        field.press(KeyEvent("space" if key == " " else key, key))


def keys_of(view: QuestionView) -> str:
    return " ".join(row.key or "." for row in choice_rows(view, WORDS))


def test_keys_are_numbers_with_eight_and_nine_for_missing_answers() -> None:
    assert keys_of(question("1", "0", "98", "99")) == "1 2 8 9"
    assert keys_of(question("a", "b", allow=("dk", "refused"))) == "1 2 8 9"
    assert keys_of(question(*"abcdefg", allow=("dk",))) == "1 2 3 4 5 6 7 8"


def test_more_choices_than_numbers_go_on_with_letters() -> None:
    assert keys_of(question(*(f"c{i}" for i in range(11)))) == "1 2 3 4 5 6 7 8 9 a b"
    assert keys_of(question(*(f"c{i}" for i in range(9)), allow=("dk", "refused"))).endswith("9 a b")
    assert keys_of(question(*(f"c{i}" for i in range(8)), "98")) == "1 2 3 4 5 6 7 8 9"


def test_every_row_has_a_key_of_its_own() -> None:
    for count in range(1, 34):
        for allow in ((), ("dk",), ("dk", "refused")):
            keys = [
                row.key for row in choice_rows(question(*(f"c{i}" for i in range(count)), allow=allow), WORDS)
            ]
            assert len(set(keys)) == len(keys)
            assert "" not in keys


def test_choosing_one() -> None:
    field = ChoiceField(question("x", "y", allow=("dk",)), "one", WORDS)
    assert not field.is_edited
    press(field, "12")
    assert field.read_value() == FieldValue("y")
    press(field, "8")
    assert field.read_value() == FieldValue("", "dk")
    press(field, "1")
    assert field.read_value() == FieldValue("x")
    assert field.is_edited


def test_choosing_several_keeps_the_order_of_the_list() -> None:
    field = ChoiceField(question("x", "y", "z"), "many", WORDS)
    press(field, "3121")
    assert field.read_value() == FieldValue("y z")


def test_ranking_keeps_the_order_of_the_keys() -> None:
    field = ChoiceField(question("x", "y", "z"), "rank", WORDS)
    press(field, "312")
    assert field.read_value() == FieldValue("z x y")
    assert any("[1] Mục z" in line for line in shown(field))


def test_arrows_and_space_choose_too() -> None:
    field = ChoiceField(question("x", "y"), "one", WORDS)
    assert not field.is_edited
    assert shown(field) == ["   1 ( ) Mục x", "   2 ( ) Mục y"]  # no row is lit: Enter takes none
    field.press(KeyEvent("down"))
    assert (field.read_value(), shown(field)[0]) == (FieldValue("x"), " › 1 (•) Mục x")
    field.press(KeyEvent("down"))
    assert field.read_value() == FieldValue("y")
    several = ChoiceField(question("x", "y"), "many", WORDS)
    several.press(KeyEvent("down"))
    assert not several.is_edited
    press(several, " ")
    assert several.read_value() == FieldValue("y")


def test_the_wheel_looks_and_never_answers() -> None:
    for kind in ("one", "many", "rank"):
        field = ChoiceField(question("x", "y", text="x"), kind, WORDS)
        field.scroll(down=True)
        assert not field.is_edited
        assert shown(field)[1].startswith(" › 2")


def test_the_recorded_answer_is_marked_and_not_touched() -> None:
    field = ChoiceField(question("x", "y", text="y"), "one", WORDS)
    assert shown(field)[1].endswith("2 (•) Mục y")
    press(field, "1")
    press(field, "2")
    assert not field.is_edited


def test_symbols_carry_what_colours_carry() -> None:
    one = ChoiceField(question("x", "y", text="x"), "one", WORDS)
    many = ChoiceField(question("x", "y", text="x"), "many", WORDS)
    assert shown(one, symbols=ASCII) == [" > 1 (*) Mục x", "   2 ( ) Mục y"]
    assert shown(many)[0].endswith("1 [x] Mục x")


def test_typing_filters_without_marks_where_the_form_asks_for_it() -> None:
    choices = tuple(ChoiceView(name, name) for name in ("Khánh Thuận", "Tân Thành", "Khánh An"))
    view = QuestionView(
        path="q", name="q", type="select_one", label="", choices=choices, appearance=("search",)
    )
    field = ChoiceField(view, "one", WORDS)
    press(field, "khanh")
    field.press(KeyEvent("down"))
    assert field.read_value() == FieldValue("Khánh An")
    press(field, "zz")
    assert field.read_value() == FieldValue("")


def test_long_lists_scroll_and_long_labels_wrap() -> None:
    choices = tuple(
        ChoiceView(str(i), f"Trả lời thứ {i} dài hơn một dòng của màn hình điện thoại") for i in range(30)
    )
    field = ChoiceField(
        QuestionView(path="q", name="q", type="select_one", label="", choices=choices), "one", WORDS
    )
    for _ in range(29):
        field.press(KeyEvent("down"))
        lines = shown(field, width=40, height=8)
        assert len(lines) == 8
        assert all(cell_len(line) <= 40 for line in lines)
        assert any("› " in line for line in lines)
