"""Bà Rịa – Vũng Tàu: who is asked what."""

from __future__ import annotations

from collections.abc import Callable

from survey_tui.authoring.scripted_interview import Interview

Interviews = Callable[..., Interview]


def test_the_number_of_devices_is_bounded_by_the_adults(interview: Interviews) -> None:
    family = interview().answer(hh_size=3, p_rel="head|spouse|child", p_age="40|38|10")
    family.answer(vt_smart_n=2).expect(asked=["vt_smart_n"], complete=True)
    family.answer(vt_smart_n=3).expect(refused=["vt_smart_n"])
    family.answer(vt_smart_n=0, a_phone="smart").expect(doubted=["vt_smart_n"])


def test_fibre_is_compared_with_section_a(interview: Interviews) -> None:
    interview().answer(a_hh_type="fibre", vt_fibre=0).expect(doubted=["vt_fibre"])
    agreed = interview().answer(a_hh_type="fibre", vt_fibre=1)
    assert "vt_fibre" not in agreed.walk.said
    interview().answer(a_hh_net=0).expect(not_asked=["vt_fibre"])


def test_remote_signing_is_asked_of_those_who_know_signatures(interview: Interviews) -> None:
    interview().answer(d_aware=0).expect(not_asked=["vt_remote"], complete=True)
    interview().answer(vt_remote=1, d_last="never").expect(said=["Đã ký số từ xa"])


def test_health_and_finance_need_their_own_consent(interview: Interviews) -> None:
    interview().answer(consent_sens=0).expect(not_asked=["vt_ehb_old", "vt_stud"], complete=True)
    interview().answer(f_child=1).expect(asked=["vt_ehb_old", "vt_stud"])


def test_farms_and_rooms(interview: Interviews) -> None:
    interview().answer(work="wage", g_prod=0).expect(not_asked=["vt_farm", "vt_stay"])
    interview().answer(work="farm", g_prod=1).expect(asked=["vt_farm"], not_asked=["vt_stay"])
    interview().answer(work="own", vt_stay="").expect(asked=["vt_stay"], complete=True)
    interview().answer(work="farm", vt_farm="pm none").expect(refused=["vt_farm"])
