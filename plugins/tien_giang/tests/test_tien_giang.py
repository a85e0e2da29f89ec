"""Tiền Giang: cards ≥ registered ≥ activated, and who is asked what."""

from __future__ import annotations

from collections.abc import Callable

from survey_tui.authoring.scripted_interview import Interview

Interviews = Callable[..., Interview]
FUNNEL = "phải giảm dần hoặc bằng nhau"


def family(interview: Interviews) -> Interview:
    """Four people, two of them adults."""
    return interview().answer(hh_size=4, p_rel="head|spouse|child|child", p_age="40|38|15|8")


def test_each_number_is_bounded_by_the_one_before(interview: Interviews) -> None:
    family(interview).answer(tg_card_n=5).expect(refused=["tg_card_n"])
    family(interview).answer(tg_card_n=3, tg_reg_n=4).expect(refused=["tg_reg_n"])
    family(interview).answer(tg_card_n=3, tg_reg_n=2, tg_act_n=3).expect(refused=["tg_act_n"])
    good = family(interview).answer(tg_card_n=3, tg_reg_n=2, tg_act_n=2)
    good.expect(values={"tg_card_n": 3, "tg_reg_n": 2, "tg_act_n": 2}, not_said=[FUNNEL], complete=True)


def test_a_refused_number_sets_no_limit_but_the_whole_is_looked_at(interview: Interviews) -> None:
    refused = family(interview).answer(tg_card_n=2, tg_reg_n="refused")
    refused.answer(tg_act_n=4).expect(said=[FUNNEL], complete=True)
    refused.answer(tg_act_n=2).expect(not_said=[FUNNEL], complete=True)
    refused.answer(tg_card_n="refused", tg_act_n=4).expect(not_said=[FUNNEL], complete=True)


def test_the_respondents_own_account_and_card_are_among_them(interview: Interviews) -> None:
    none = family(interview).answer(b_card="cccd", b_eid="l2", tg_card_n=0, tg_reg_n=0, tg_act_n=0)
    none.expect(said=["đã kích hoạt định danh điện tử (phần B)", "có thẻ căn cước (phần B)"])
    one = none.answer(tg_card_n=1, tg_reg_n=1, tg_act_n=1)
    one.expect(not_said=["(phần B), nên trong hộ"])


def test_health_and_finance_need_their_own_consent(interview: Interviews) -> None:
    sensitive = ["tg_school", "tg_hosp", "tg_welf"]
    interview().answer(consent_sens=0).expect(not_asked=sensitive, complete=True)
    interview().answer(f_child=1, c_visit=1, hh_poor=1).expect(asked=sensitive)


def test_benefits_are_asked_of_poor_households_and_may_stay_open(interview: Interviews) -> None:
    interview().answer(hh_poor=0).expect(not_asked=["tg_welf"])
    interview().answer(hh_poor=1, tg_welf="").expect(asked=["tg_welf"], complete=True)


def test_old_accounts_are_asked_of_those_who_filed_lately(interview: Interviews) -> None:
    interview().answer(e_last="y1", e_chan="paper").expect(not_asked=["tg_conv"])
    interview().answer(e_last="m12").expect(asked=["tg_conv"])


def test_feedback_that_section_e_does_not_know_is_questioned(interview: Interviews) -> None:
    interview().answer(e_feed=0, tg_1022="ok").expect(doubted=["tg_1022"])
