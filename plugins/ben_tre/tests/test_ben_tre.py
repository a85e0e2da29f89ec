"""Bến Tre: who is asked what, and working days in the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from survey_tui_ben_tre.working_days import calendar_days, is_working_day

from survey_tui.authoring.scripted_interview import Interview

Interviews = Callable[..., Interview]


@pytest.mark.slow
def test_everybody_is_asked_about_the_programmes(interview: Interviews) -> None:
    interview().expect(asked=["bt_subsidy", "bt_sign_free", "bt_model", "bt_civil"], complete=True)


def test_older_people_are_asked_about_only_where_there_is_one(interview: Interviews) -> None:
    young = interview().answer(hh_size=2, p_age="40|20", p_rel="head|child", bt_model="part")
    young.expect(not_asked=["bt_old"], complete=True)
    old = young.answer(p_age="40|65", p_rel="head|parent")
    old.expect(asked=["bt_old"])
    old.answer(bt_model="no").expect(not_asked=["bt_old"])


def test_days_are_asked_of_those_who_applied_for_a_paper(interview: Interviews) -> None:
    interview().answer(bt_civil="none").expect(not_asked=["bt_civil_days"])
    interview().answer(bt_civil="refused").expect(not_asked=["bt_civil_days"], complete=True)
    interview().answer(bt_civil="birth none").expect(refused=["bt_civil"])
    interview().answer(bt_civil="birth", bt_civil_days=5).expect(values={"bt_civil_span": 8})


def test_many_working_days_are_questioned_with_their_length_in_the_calendar(interview: Interviews) -> None:
    slow = interview().answer(bt_civil="lltp", bt_civil_days=10).expect(doubted=["bt_civil_days"])
    assert "10 ngày làm việc là khoảng 15 ngày theo lịch" in slow.walk.said["bt_civil_days"]
    interview().answer(bt_civil="lltp", bt_civil_days=91).expect(refused=["bt_civil_days"])


def test_when_vneid_was_activated_is_asked_of_those_who_did(interview: Interviews) -> None:
    interview().answer(b_eid="reg").expect(not_asked=["bt_act_when"])
    interview().answer(b_eid="l1").expect(asked=["bt_act_when"])


def test_a_signature_that_section_d_does_not_know_is_questioned(interview: Interviews) -> None:
    interview().answer(d_has="no", bt_sign_free="got").expect(doubted=["bt_sign_free"])
    interview().answer(d_last="never", bt_sign_free="used").expect(said=["chưa ký số lần nào"])


@pytest.mark.parametrize(
    ("working_days", "until", "calendar"),
    [
        (0, "2026-11-20", 0),
        (1, "2026-11-20", 1),
        (5, "2026-11-20", 7),
        (1, "2026-11-22", 3),  # a Sunday: the working day was the Friday
        (1, "2026-02-23", 10),  # the first Monday after Tết 2026
        (2, "2026-09-03", 6),
        (2, "2025-05-05", 6),
        (5, "2026-11-21", 8),  # a Saturday
    ],
)
def test_working_days_in_the_calendar(working_days: int, until: str, calendar: int) -> None:
    assert calendar_days(working_days, dt.date.fromisoformat(until)) == calendar


def test_holidays_and_weekends_are_no_working_days() -> None:
    for day in (
        "2026-11-21",
        "2026-11-22",
        "2026-02-17",
        "2026-04-27",
        "2026-04-30",
        "2026-09-01",
        "2025-01-01",
    ):
        assert not is_working_day(dt.date.fromisoformat(day)), day
    assert is_working_day(dt.date(2026, 11, 20))
    assert is_working_day(dt.date(2026, 2, 23))
