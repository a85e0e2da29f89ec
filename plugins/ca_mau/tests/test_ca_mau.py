"""Cà Mau: who is asked what, where, and figures beside answers in training only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.scripted_interview import Interview
from survey_tui.plugins.baselines import baselines_of
from survey_tui.plugins.offers import Response

Interviews = Callable[..., Interview]
TRAINEE = "XX001"


@pytest.mark.slow
def test_what_the_team_showed_is_asked_of_those_it_reached(interview: Interviews) -> None:
    interview().answer(cm_team="no").expect(not_asked=["cm_inst"], complete=True)
    interview().answer(cm_team="98").expect(not_asked=["cm_inst"])
    interview().answer(cm_team="out").expect(asked=["cm_inst"])


def test_numbers(interview: Interviews) -> None:
    interview().answer(cm_trips=101).expect(refused=["cm_trips"])
    interview().answer(cm_trips=31).expect(doubted=["cm_trips"])
    interview().answer(g_prod=0).expect(not_asked=["cm_items"])
    interview().answer(cm_items=201).expect(doubted=["cm_items"])


def test_bookings_need_their_own_consent_and_agree_with_section_c(interview: Interviews) -> None:
    interview().answer(consent_sens=0).expect(not_asked=["cm_book"], complete=True)
    interview().answer(c_book=1, cm_book=0).expect(doubted=["cm_book"])


def test_a_team_that_came_and_never_came_is_questioned(interview: Interviews) -> None:
    interview().answer(h_visit=1, cm_team="no").expect(said=["Chưa lần nào"])


@pytest.mark.parametrize("commune", ["32047", "32044"])
def test_the_communes_of_khanh_thuan_are_asked(interview: Interviews, commune: str) -> None:
    interview(commune=commune).expect(asked=["cm_team"])


@pytest.mark.slow
def test_the_former_bac_lieu_is_not_asked(workshop: Workshop, interview: Interviews) -> None:
    from survey_tui.places import Places

    places = Places()
    own = set(workshop.project.communes)
    assert len(own) == 39
    (bac_lieu,) = {one.code for one in places.by_legacy_province("Bạc Liêu") if one.name == "Giá Rai"}
    assert not own & {one.code for one in places.by_legacy_province("Bạc Liêu")}
    interview("xa_hoi_so", commune=bac_lieu).expect(asked=["j_note"], not_asked=["cm_team"], complete=True)


def test_figures_are_shown_in_training_with_their_caveat(interview: Interviews) -> None:
    training = interview(surveyor=TRAINEE).answer(b_eid="l2", cm_team="old")
    training.expect(said=["Hộ này: có", "65 %", "Số cộng dồn từ trước tới nay", "chưa chắc đã kích hoạt"])
    training.answer(cm_team="no", cm_items=3).expect(said=["Hộ này: không", "Hộ này: 3 sản phẩm"])


def test_nobody_sees_figures_in_the_field(interview: Interviews) -> None:
    interview(surveyor="CM001").expect(not_said=["Đối chiếu", "65 %"])


def test_unanswered_questions_are_compared_with_nothing(interview: Interviews) -> None:
    unknown = interview(surveyor=TRAINEE).answer(b_eid="98", cm_team="98", g_prod=0)
    unknown.expect(not_said=["Đối chiếu"])


def test_a_figure_that_is_not_comparable_is_refused(workshop: Workshop) -> None:
    from survey_tui_ca_mau.comparison import comparisons

    member = workshop.plugins.member("ca_mau")
    assert member is not None
    figures = baselines_of(workshop.plugins, member)
    values = {"m0/enum_code": TRAINEE, "b/b_eid": "l2", "cm/cm_team": "y", "cm/cm_items": "4"}
    response = Response(
        form_id="xa_hoi_so",
        form_version="1",
        commune="32044",
        language="vi",
        values=values,
        baselines=figures,
    )
    shown = {note.check.removeprefix("baseline_") for note in comparisons(response)}
    allowed = {figure.id for figure in figures if figure.comparable != "no"}
    assert shown == {"cm01", "cm02", "cm05"} <= allowed
