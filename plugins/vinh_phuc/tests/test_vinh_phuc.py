"""Vĩnh Phúc: who is asked what, and the figure that must never be an activation rate."""

from __future__ import annotations

from collections.abc import Callable

from survey_tui.authoring.project import Workshop
from survey_tui.authoring.scripted_interview import Interview
from survey_tui.plugins.baselines import baselines_of

Interviews = Callable[..., Interview]


def test_signatures_and_sims_are_bounded_by_the_household(interview: Interviews) -> None:
    two = interview().answer(hh_size=2, p_rel="head|spouse", p_age="40|38")
    two.answer(vp_sign_n=2, vp_sim_n=6).expect(complete=True)
    two.answer(vp_sign_n=3).expect(refused=["vp_sign_n"])
    two.answer(vp_sim_n=7).expect(doubted=["vp_sim_n"])
    two.answer(vp_sim_n=41).expect(refused=["vp_sim_n"])


def test_an_own_signature_is_one_of_the_household(interview: Interviews) -> None:
    interview().answer(d_has="valid", vp_sign_n=0).expect(said=["chữ ký số còn hạn"])
    interview().answer(d_has="valid", vp_sign_n=1).expect(not_said=["chữ ký số còn hạn"])


def test_no_fixed_line_is_compared_with_section_a(interview: Interviews) -> None:
    interview().answer(a_hh_type="fibre", vp_isp="none").expect(doubted=["vp_isp"])


def test_answers_to_feedback_are_asked_of_those_who_sent_some(interview: Interviews) -> None:
    interview().answer(e_feed=0).expect(not_asked=["vp_feed_ok"])
    interview().answer(e_feed=1).expect(asked=["vp_feed_ok"])


def test_health_and_fees_need_their_own_consent(interview: Interviews) -> None:
    interview().answer(consent_sens=0).expect(not_asked=["vp_chip", "vp_pay", "vp_edu"], complete=True)
    interview().answer(c_visit=1, f_child=1).expect(asked=["vp_chip", "vp_pay", "vp_edu"])
    interview().answer(vp_pay="").expect(complete=True)


def test_the_share_of_cards_is_no_rate_of_activation(workshop: Workshop) -> None:
    member = workshop.plugins.member("vinh_phuc")
    assert member is not None
    for figure in baselines_of(workshop.plugins, member):
        assert "EID_ACT" not in figure.indicator, figure.id
