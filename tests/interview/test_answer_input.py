"""Typed text → canonical text of an answer."""

from __future__ import annotations

import pytest

from survey_tui.errors import AnswerError
from survey_tui.interview.answer_input import parse_answer
from survey_tui.interview.views import ChoiceView, QuestionView

EID = tuple(
    ChoiceView(name, label)
    for name, label in (
        ("1", "Mức 2, đã kích hoạt"),
        ("2", "Mức 1, đã kích hoạt"),
        ("8", "Không biết"),
        ("9", "Từ chối"),
    )
)


def view(
    kind: str, *, choices: tuple[ChoiceView, ...] = (), appearance: tuple[str, ...] = ()
) -> QuestionView:
    return QuestionView(path="q", name="q", type=kind, label="?", choices=choices, appearance=appearance)


@pytest.mark.parametrize(
    ("kind", "typed", "text"),
    [
        ("integer", "12", "12"),
        ("integer", "1.234.567", "1234567"),
        ("integer", "1 234", "1234"),
        ("decimal", "2,5", "2.5"),
        ("decimal", "2.5", "2.5"),
        ("decimal", "1.234,5", "1234.5"),
        ("decimal", "1,234.5", "1234.5"),
        ("decimal", "1.234.567", "1234567"),
        ("range", "7", "7"),
        ("range", "7,5", "7.5"),
        ("date", "21/11/2026", "2026-11-21"),
        ("date", "1-2-2026", "2026-02-01"),
        ("date", "ngày 21 tháng 11 năm 2026", "2026-11-21"),
        ("date", "Hôm nay", "today"),
        ("date", "hom qua", "yesterday"),
        ("time", "8h30", "08:30:00"),
        ("time", "8h", "08:00:00"),
        ("time", "8 giờ 30 tối", "20:30:00"),
        ("time", "12h đêm", "00:00:00"),
        ("time", "0830", "08:30:00"),
        ("time", "08:30:00.000+07:00", "08:30:00.000+07:00"),
        ("dateTime", "21/11/2026 8h30", "2026-11-21T08:30:00"),
        ("dateTime", "hôm nay 8h", "todayT08:00:00"),
        ("geopoint", "10.2, 106.3", "10.2 106.3"),
        ("geopoint", "10,2434; 106,3756", "10.2434 106.3756"),
        ("geopoint", "10.2434°N 106.3756°E", "10.2434 106.3756"),
        ("acknowledge", "Đã đọc", "OK"),
        ("text", "  hai  ba ", "  hai  ba "),
        ("integer", "   ", ""),
    ],
)
def test_typed_becomes_canonical(kind: str, typed: str, text: str) -> None:
    assert parse_answer(kind, typed) == text


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("integer", "1,5"),
        ("integer", "mười"),
        ("decimal", "1,2,3"),
        ("decimal", "1.2.3,4"),
        ("date", "31/2/2026"),
        ("date", "11/2026"),
        ("time", "25h"),
        ("time", "8"),
        ("dateTime", "21/11/2026"),
        ("geopoint", "10.2"),
        ("acknowledge", "chưa"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_code(kind: str, typed: str) -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answer(kind, typed)
    assert caught.value.code == f"interview_bad_{kind.lower()}"


@pytest.mark.parametrize(
    ("typed", "name"),
    [("8", "8"), ("3", "8"), ("khong biet", "8"), ("tu", "9"), ("mức 2", "1"), ("MUC 1, DA KICH HOAT", "2")],
)
def test_a_choice_by_name_number_or_label(typed: str, name: str) -> None:
    assert parse_answer(view("select_one", choices=EID), typed) == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("muc", "interview_ambiguous_choice"),
        ("đã", "interview_ambiguous_choice"),
        ("7", "interview_not_a_choice"),
    ],
)
def test_a_choice_that_is_not_clear(typed: str, code: str) -> None:
    with pytest.raises(AnswerError, match=code):
        parse_answer(view("select_one", choices=EID), typed)


def test_several_choices() -> None:
    many = view("select_multiple", choices=EID)
    assert parse_answer(many, "1 9") == "1 9"
    assert parse_answer(many, "mức 2; từ chối") == "1 9"
    assert parse_answer(many, "1, 1") == "1"


def test_a_month_or_a_year_where_the_form_asks_for_no_more() -> None:
    assert parse_answer(view("date", appearance=("month-year",)), "3/1990") == "1990-03-01"
    assert parse_answer(view("date", appearance=("year",)), "1990") == "1990-01-01"
