"""Whole interviews on the national instrument: every kind of visit ends well, nobody is asked too much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest
from survey_questionnaires import DIRECTORY

from survey_tui.errors import AnswerError
from survey_tui.forms.check.questionnaire_files import check_path
from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.session import Session

from .visit import Answer, Visit, ready_form

SURVEYS = ("xa_hoi_so", "smartphone", "vneid", "vssid", "chu_ky_so")
SECTIONS = ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
RELATIONS = ["head", "spouse", "child", "child", "parent"]
SEXES = ["m", "f", "f", "m", "f"]
AGES = ["45", "43", "19", "12", "70"]
"""A household of five, four of them adults: lines 1, 2, 3 and 5."""


@cache
def form(survey: str = "xa_hoi_so") -> CompiledForm:
    return ready_form(survey)


def drawn(session: Session) -> str:
    """The line that the question itself names."""
    found = re.search(r"dòng (\d+)", session.question("r/sel_line").label)
    assert found is not None
    return found[1]


def of_selected(facts: list[str]) -> Callable[[Session], str]:
    """What the roster says about the selected person."""
    return lambda session: facts[int(session.question("r/sel_line").text) - 1]


def family(**changes: Answer) -> dict[str, Answer]:
    """The household of five; the person drawn is interviewed."""
    return {
        "hh_size": "5",
        "p_rel": RELATIONS,
        "p_sex": SEXES,
        "p_age": AGES,
        "sel_line": drawn,
        "age": of_selected(AGES),
        "sex": of_selected(SEXES),
        **changes,
    }


def sections(visit: Visit) -> set[str]:
    """The sections that were asked."""
    return {name.split("_")[0] for name in visit.asked if name.split("_")[0] in SECTIONS}


@pytest.mark.slow
def test_the_instrument_has_no_findings() -> None:
    assert check_path(DIRECTORY) == []


@pytest.mark.slow
@pytest.mark.parametrize("survey", SURVEYS)
def test_a_household_of_five_and_an_adult_with_everything(survey: str) -> None:
    visit = Visit(form(survey), family()).go()
    values = visit.values()
    assert visit.confirmed == []
    assert values["z/result"] == "done"
    assert values["m0/ea_commune"] == "xã Khánh Lâm"
    assert values["r/n_elig"] == "4"
    assert values["r/elig_lines"] == "1 2 3 5"
    assert values["r/sel_line"] == values["r/sel_due"]
    assert values["m0/consent_time"].startswith("2026-11-21T08:30")
    assert values["m0/consent_version"] == "2026.1"
    assert visit.asked[-1] == "result"


@pytest.mark.slow
def test_everyone_with_everything_is_asked_nearly_all() -> None:
    visit = Visit(form(), family()).go()
    reasons_for_not_using = {"a_hh_nonet", "a_net_not", "b_why", "d_bar", "d_want", "e_not", "g_not"}
    everything = {item.name for item in form().items.values() if item.is_answerable}
    assert everything - set(visit.asked) == reasons_for_not_using
    assert len(everything) == 117
    assert Counter(visit.asked)["p_age"] == 5


@pytest.mark.slow
def test_an_adult_without_anything_is_asked_why() -> None:
    nothing = family(
        a_hh_dev="none", a_hh_net="0", a_phone="none", a_net_last="never", b_card="none", b_eid="no",
        c_vssid="unk", c_visit="0", d_aware="0", e_need="0", e_last="never", f_acc="none", f_child="0",
        f_inc="none", g_last="never", g_prod="0", work="home", h_skill="none", h_visit="0", i_scam="none",
    )  # fmt: skip
    visit = Visit(form(), nothing).go()
    values = visit.values()
    assert visit.confirmed == []
    assert values["z/result"] == "done"
    assert values["h/h_areas"] == "0"
    assert {"a_hh_nonet", "a_net_not", "b_why", "d_bar", "d_want", "g_not"} <= set(visit.asked)
    assert not {
        "a_sim",
        "b_last",
        "c_login",
        "c_show",
        "d_has",
        "e_chan",
        "f_last",
        "f_hosp",
        "g_sell",
    } & set(visit.asked)


def test_consent_refused_leads_straight_to_the_outcome() -> None:
    visit = Visit(form(), {"consent_main": "0"}).go()
    values = visit.values()
    assert visit.asked[-2:] == ["consent_main", "result"]
    assert values["z/result"] == "refuse"
    assert values["m0/consent_time"]
    assert not any(path.startswith("r/") for path in values)
    assert "m0/withdraw_code" not in values


@pytest.mark.parametrize("outcome", ["away", "vacant", "refuse", "other"])
def test_nobody_met_is_recorded_without_consent(outcome: str) -> None:
    visit = Visit(form(), {"consent_main": "", "result": outcome}).go()
    assert visit.asked[-2:] == ["consent_main", "result"]
    assert visit.values()["z/result"] == outcome
    assert visit.session.question("m0/consent_main").text == ""


def test_a_second_visit_after_nobody_was_met_begins_anew() -> None:
    visit = Visit(form("vneid"), {"consent_main": "", "result": "away"}).go()
    visit.session.answer("m0/consent_main", "1", visit.at())
    assert visit.session.question("z/result").text == ""
    visit.script.update(family())
    visit.session.jump("m0/consent_sens", visit.at())
    assert visit.go().values()["z/result"] == "done"


@pytest.mark.parametrize(
    ("consent", "offered"),
    [
        ("", {"refuse", "away", "vacant", "other"}),
        ("0", {"refuse"}),
        ("1", {"done", "part", "refuse", "away", "other"}),
    ],
)
def test_outcomes_fit_the_consent(consent: str, offered: set[str]) -> None:
    visit = Visit(form(), family(consent_main=consent, result="other" if consent != "0" else "")).go()
    assert {choice.name for choice in visit.session.question("z/result").choices} == offered


def test_sensitive_sections_are_skipped_when_refused() -> None:
    visit = Visit(form(), family(consent_sens="0")).go()
    assert sections(visit) == set(SECTIONS) - {"c", "f"}
    assert "p_ebook" not in visit.asked
    values = visit.values()
    assert values["z/result"] == "done"
    assert not any(path.startswith(("c/", "f/")) for path in values)


def test_a_household_without_an_adult_ends_after_the_roster() -> None:
    children: dict[str, Answer] = {
        "hh_size": "2",
        "p_rel": ["head", "other"],
        "p_age": ["17", "15"],
        "result": "part",
    }
    visit = Visit(form(), children).go()
    assert sections(visit) == set()
    assert {"sel_none", "receipt"} <= set(visit.asked)
    assert "sel_line" not in visit.asked
    assert visit.values()["z/result"] == "part"


def test_a_household_without_an_adult_cannot_be_completed() -> None:
    visit = Visit(form(), {"hh_size": "1", "p_rel": ["head"], "p_age": ["17"], "result": "part"}).go()
    outcome = visit.session.answer("z/result", "done", visit.at())
    assert not outcome.accepted
    assert "Hoàn thành một phần" in outcome.findings[0].message


@pytest.mark.parametrize("outcome", ["part", "refuse", "away"])
def test_an_interview_that_was_broken_off_can_be_finished(outcome: str) -> None:
    visit = Visit(form(), family())
    while visit.session.current != "b/b_last":
        visit.step()
    visit.session.jump("z/result", visit.at())
    with pytest.raises(AnswerError):
        visit.session.finalise(visit.at())
    visit.session.answer("z/result", outcome, visit.at())
    values = visit.values()
    assert values["z/result"] == outcome
    assert values["b/b_eid"] == "l2"


def test_whatever_may_be_refused_can_be_refused_throughout() -> None:
    refusals: dict[str, Answer] = {
        item.name: "refused" if "refused" in item.question.allow else "99"
        for item in form().items.values()
        if item.question is not None
        and item.is_answerable
        and (item.question.allow or item.name.startswith("c_"))
    }
    codes = dict.fromkeys(("b_card", "f_acc", "i_scam", "hh_poor", "i_share"), "99")
    visit = Visit(form(), family(**refusals, **codes)).go()
    assert visit.confirmed == []
    final = visit.finish()
    values = {path: text for path, text in final.values if text}
    assert values["z/result"] == "done"
    assert set(final.missing.values()) == {"refused"}
    assert "h/h_areas" not in values
    assert not {"a_net_not", "b_why", "d_bar", "e_not", "f_last", "f_not", "g_not", "i_loss", "i_rep"} & set(
        visit.asked
    )


def test_days_to_the_result_may_be_unknown_but_98_is_a_number() -> None:
    final = Visit(form(), family(e_days="dk")).go().finish()
    assert final.missing == {"e/e_days": "dk"}
    assert dict(final.values)["e/e_days"] is None
    visit = Visit(form(), family(e_days="98")).go()
    assert visit.confirmed == ["e_days"]
    assert visit.values()["e/e_days"] == "98"


@pytest.mark.slow
def test_every_adult_can_be_drawn_and_no_child() -> None:
    lines = Counter(
        Visit(form("smartphone"), family(), seed).go().values()["r/sel_line"] for seed in range(60)
    )
    assert set(lines) == {"1", "2", "3", "5"}
    assert min(lines.values()) >= 5


def test_the_draw_and_the_receipt_stay_when_the_roster_is_corrected() -> None:
    visit = Visit(form("smartphone"), family()).go()
    before = {path: visit.calculated(path) for path in ("m0/withdraw_code", "r/sel_due")}
    visit.session.answer("r/person[4]/p_age", "13", visit.at())
    visit.session.answer("r/person[4]/p_sex", "f", visit.at())
    assert before == {path: visit.calculated(path) for path in before}
    assert re.fullmatch(r"32062-03-12-\d{6}", before["m0/withdraw_code"])
    assert before["m0/withdraw_code"] in visit.labels["z/receipt"]


def test_only_an_adult_of_the_household_can_be_interviewed() -> None:
    visit = Visit(form("smartphone"), family()).go()
    for line in ("4", "6", "0", "35"):
        assert not visit.session.answer("r/sel_line", line, visit.at()).accepted, line
    other = next(line for line in ("1", "2", "3", "5") if line != visit.session.question("r/sel_line").text)
    outcome = visit.session.answer("r/sel_line", other, visit.at())
    assert outcome.accepted
    assert [finding.kind for finding in outcome.findings] == ["warning"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("m0/enum_code", "cm012"),
        ("m0/enum_code", "CM0123"),
        ("m0/ea_code", "99999-01"),
        ("m0/ea_code", "32062"),
        ("m0/hh_no", "100"),
        ("r/hh_size", "0"),
        ("r/person[1]/p_rel", "child"),
        ("r/person[2]/p_rel", "head"),
        ("r/person[2]/p_age", "111"),
        ("r/age", "17"),
        ("a/a_hh_dev", "smart none"),
        ("a/a_hh_type", "fibre dk"),
        ("b/b_docs", "bhyt dk"),
        ("c/c_show", "none chip"),
        ("d/d_type", "dk sim"),
        ("e/e_days", "366"),
        ("f/f_acc", "bank 99"),
        ("h/h_need", "vneid none"),
        ("h/h_need", "vneid dvc pay sign"),
        ("i/i_scam", "call 99"),
        ("j/j_bar", "dev cost net skill"),
        ("j/j_note", "Gọi tôi theo số 0912345678 nhé"),
        ("j/j_note", "Dòng một\n079123456789"),
    ],
)
def test_impossible_answers_are_refused_in_both_languages(path: str, text: str) -> None:
    visit = Visit(form(), family()).go()
    kept = visit.session.question(path).text
    messages = set()
    for language in ("vi", "en"):
        visit.session.set_language(language, visit.at())
        outcome = visit.session.answer(path, text, visit.at())
        assert not outcome.accepted
        assert outcome.findings[0].kind == "constraint"
        messages.add(outcome.findings[0].message)
    assert len(messages) == 2
    assert visit.session.question(path).text == kept


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "doubtful"),
    [
        ({"a_hh_dev": "basic"}, "a_phone"),
        ({"a_hh_dev": "smart", "a_phone": "both"}, "a_phone"),
        ({"b_card": "none"}, "b_eid"),
        ({"p_ebook": "0"}, "c_ehb"),
        ({"e_chan": "home", "e_last": "never"}, "e_last"),
        ({"e_need": "0"}, "e_last"),
        ({"f_acc": "none", "f_share": "2"}, "f_share"),
        ({"work": "own", "g_prod": "0"}, "g_prod"),
        ({"g_orders": "0"}, "g_orders"),
        ({"h_team": "0"}, "h_visit"),
        ({"age": "33"}, "age"),
        ({"hh_size": "5", "p_age": ["45", "43", "40", "12", "70"]}, "p_age"),
        (
            {"p_age": ["45", "43", "19", "12", "50"], "age": of_selected(["45", "43", "19", "12", "50"])},
            "p_age",
        ),
        ({"j_note": "Số máy 0912 345 678"}, "j_note"),
    ],
)
def test_contradictions_ask_for_confirmation(changes: dict[str, Answer], doubtful: str) -> None:
    visit = Visit(form(), family(**changes)).go()
    assert doubtful in visit.confirmed
    assert visit.finish().confirmed


def test_the_whole_interview_speaks_english() -> None:
    visit = Visit(form(), {**family(), "sel_line": "1", "age": "45", "sex": "m"}, language="en").go()
    vietnamese = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    places = {"m0/ea_note"}  # names of places stay as they are
    assert [
        path for path, text in visit.labels.items() if vietnamese.search(text) and path not in places
    ] == []


def test_an_interview_is_the_same_when_replayed() -> None:
    visit = Visit(form(), family()).go()
    final = visit.finish()
    again = Session.replay(form(), visit.session.events)
    assert again.is_final
    assert again.orphans == ()
    assert [again.question(path).text for path, _ in final.values if path in visit.labels] == [
        visit.session.question(path).text for path, _ in final.values if path in visit.labels
    ]


def test_before_consent_the_whole_questionnaire_is_ahead() -> None:
    session = Visit(form(), family()).session
    assert session.progress().relevant == 117
    assert session.progress().minutes_left > 20
    refused = Visit(form(), {"consent_main": "0"}).go().session.progress()
    assert refused.answered == refused.relevant < 10


def test_an_outcome_set_by_hand_stays_until_consent_changes() -> None:
    visit = Visit(form(), family()).go()
    assert visit.session.answer("z/result", "part", visit.at()).accepted
    other = next(line for line in ("1", "2", "3", "5") if line != drawn(visit.session))
    assert visit.session.answer("r/sel_line", other, visit.at()).accepted
    assert visit.session.question("z/result").text == "part"
    consent = next(path for path in visit.labels if path.endswith("/consent_main"))
    visit.session.answer(consent, "0", visit.at())
    assert visit.session.question("z/result").text == "refuse"
    visit.session.answer(consent, "1", visit.at())
    assert visit.session.question("z/result").text == "done"
