"""What plugins add to expressions and to the review, and drafts whose plugin is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.errors import ExpressionError
from survey_tui.interview.session import Session
from survey_tui.plugins.baselines import baselines_of, read_baselines
from tests.support.plugins import (
    BAC_LIEU,
    CA_MAU,
    MANIFEST,
    MODULE,
    START,
    Point,
    Write,
    answer_all,
    begin,
    load,
)

from .torture import function, hook

CHECK = """
[[check]]
name = "many"
expression = "${part_n} <= ${hh_size}"
severity = "warning"
question = "part_n"
message.vi = "Nhiều hơn số người."
message.en = "More than people."
"""
PART = MANIFEST.format(name="part", commune=CA_MAU)
USING = MODULE.format(name="part").replace(
    "required = true",
    'required = true\nwarning = "bad-one(., 2) = 3"\nwarning_message.vi = "x"\nwarning_message.en = "x"',
)
ADDING = function("return given[0] + given[1]").replace("least=0", "takes=('number',), least=2")


def advice(session: Session) -> list[tuple[str, str]]:
    found = session.review(START).findings
    assert not any(finding.blocking for finding in found if finding.kind in ("advice", "failure", "orphan"))
    return [(finding.path, finding.message) for finding in found if finding.kind == "advice"]


@pytest.mark.slow
def test_a_declared_check_is_asked_once_its_questions_are_answered(home: Path, declare: Write) -> None:
    declare("part", **{"plugin.toml": PART + CHECK})
    session = begin(load(home), CA_MAU)
    assert advice(session) == []
    answer_all(session, part_n="5")
    assert advice(session) == [("part/part_n", "Nên xem lại: Nhiều hơn số người.")]
    session.answer("part/part_n", "1", START)
    assert advice(session) == []
    session.answer("part/part_n", "5", START)
    assert session.finalise(START).finished


@pytest.mark.slow
def test_relevant_decides_when_it_is_given(home: Path, declare: Write) -> None:
    declare("part", **{"plugin.toml": PART + CHECK + "relevant = \"${part_n} = ''\"\n"})
    session = begin(load(home), CA_MAU, language="en")
    assert advice(session) == [("part/part_n", "Check again: More than people.")]


def test_checks_of_questions_that_a_survey_lacks_say_nothing(home: Path, declare: Write) -> None:
    text = PART.replace("[[addition]]", "[[addition]]\nsurveys = ['xa_hoi_so']")
    declare("part", **{"plugin.toml": text + CHECK})
    plugins = load(home)
    assert advice(begin(plugins, CA_MAU, "vssid")) == []
    assert plugins.failures == []


@pytest.mark.slow
def test_a_check_in_python_sees_the_answers_and_its_own_figures(home: Path, point: Point) -> None:
    source = hook(
        "check_response",
        "text = f'{response.number(\"hh_size\")} {response.baselines[0].number} {response.commune}'\n"
        "return [QualityFinding(check='c', severity='note', message={'vi': text}, question='hh_size')]",
        "response",
    )
    head = PART.partition("[[addition]]")[0].replace(
        "requires_api = 1", 'requires_api = 1\nhooks = ["check_response"]'
    )
    figures = '[[baseline]]\nid = "f1"\nlabel.vi = "Số"\nvalue = "84,5"\n'
    plugins = load(home, [point("part", source, **{"plugin.toml": head + figures})])
    session = begin(plugins, CA_MAU)
    answer_all(session)
    assert advice(session) == [("r/hh_size", "Ghi chú: 1.0 84.5 32062")]
    elsewhere = begin(plugins, BAC_LIEU)
    answer_all(elsewhere)
    assert advice(elsewhere) == []
    assert plugins.failures == []


@pytest.mark.slow
def test_a_function_of_a_plugin_is_checked_compiled_and_called(
    home: Path, point: Point, declare: Write
) -> None:
    declare("part", **{"modules/part.toml": USING})
    plugins = load(home, [point("maths", ADDING)])
    session = begin(plugins, CA_MAU)
    answer_all(session, part_n="1")
    assert session.question("part/part_n").warning == ""
    session.answer("part/part_n", "2", START)
    assert session.question("part/part_n").warning == "x"
    assert plugins.failures == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError('no')",
        "return object()",
        "while True: pass",
        "return 10**400",
        "raise SystemExit",
        "print('x'); return 'y' * 10**6",
    ],
)
def test_a_function_that_fails_is_a_failure_of_its_question_only(
    home: Path, point: Point, declare: Write, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_tui.plugins.functions.FUNCTION_LIMIT", 0.1)
    declare("part", **{"modules/part.toml": USING.replace("warning", "constraint")})
    plugins = load(home, [point("maths", function(body))])
    session = begin(plugins, CA_MAU)
    answer_all(session, part_n="1")
    kinds = [finding.kind for finding in session.review(START).findings if finding.path == "part/part_n"]
    assert kinds == ["failure"]
    assert session.finalise(START).finished
    assert {failure.details["plugin"] for failure in plugins.failures} == {"maths"}
    with pytest.raises(ExpressionError):
        session.holds("bad-one()", "1 = 1")


@pytest.mark.slow
def test_a_draft_whose_plugin_is_gone_shows_its_answers_and_can_be_finished(
    home: Path, declare: Write
) -> None:
    folder = declare("part")
    log = begin(load(home), CA_MAU)
    answer_all(log, part_n="7")
    (folder / "plugin.toml").unlink()
    bare = begin(load(home), CA_MAU)
    session = Session.replay(bare.form, log.events)
    orphans = [finding for finding in session.review(START).findings if finding.kind == "orphan"]
    assert [(finding.label, finding.path) for finding in orphans] == [("part/part_n", "")]
    assert "7" in orphans[0].message
    final = session.finalise(START)
    assert final.values
    assert "part/part_n" not in dict(final.values)


def test_figures_from_a_file(home: Path, declare: Write) -> None:
    head = "id,label,value,comparable,caveat,question,other\n"
    rows = head + 'f1,Một,1-2,partial,Chú ý,a_phone;b_eid,x\nf2,Hai,"84,5",yes,,,\n'
    text = PART.replace("requires_api = 1", 'requires_api = 1\nbaselines = "baselines.csv"')
    folder = declare("part", **{"plugin.toml": text, "baselines.csv": rows})
    plugins = load(home)
    member = plugins.member("part")
    assert member is not None
    first, second = baselines_of(plugins, member)
    assert (first.question, first.caveat, first.comparable) == (
        ("a_phone", "b_eid"),
        {"vi": "Chú ý"},
        "partial",
    )
    assert second.number == 84.5
    (folder / "baselines.csv").write_text("id,label,value,comparable\nf1,Một,1,perhaps\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_baselines(folder / "baselines.csv")
    assert baselines_of(plugins, member) == []
    assert [failure.code for failure in plugins.failures] == ["plugin_hook"]
