"""Canonical bytes, seeds, language of messages."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from survey_tui.errors import AnswerError, FormError
from survey_tui.forms.compiled import CompiledForm, compile_form, is_dynamic_default
from survey_tui.interview.final_response import canonical_bytes
from survey_tui.interview.form_change import plan_form_change
from survey_tui.interview.session import Session
from survey_tui.locale.en.review import MESSAGES as ENGLISH
from survey_tui.locale.vi.review import MESSAGES as VIETNAMESE

from .build import Clock, begin, form, group, question, repeat, started, values


def test_canonical_bytes_are_the_same_for_the_same_response() -> None:
    def respond() -> bytes:
        session, now = begin(question("a"), repeat("r", question("x")), question("n", "note"), question("z"))
        session.answer("a", "nhà e\u0302", now())
        session.note("z", "vắng", now())
        session.record_outcome("completed", "", now())
        return canonical_bytes(session.finalise(now()))

    first, second = respond(), respond()
    assert first == second
    assert first.endswith(b"}\n")
    kept = json.loads(first)
    assert kept["values"] == [["a", "nhà ê"], ["r[1]/x", None], ["z", None]]
    assert list(kept) == sorted(kept)
    assert (kept["notes"], kept["outcome"]) == ({"z": "vắng"}, "completed")


def test_answers_of_a_removed_plugin_are_in_the_canonical_bytes() -> None:
    first, now = begin(
        question("a"),
        group("cm", question("cm_n", "integer"), question("cm_dk", allow=("dk",)), question("cm_free")),
        repeat("cm_r", question("x")),
    )
    first.answer("a", "vẫn còn", now())
    first.answer("cm/cm_n", "3", now())
    first.set_missing("cm/cm_dk", "dk", now())
    first.answer("cm_r[1]/x", "nhà e\u0302", now())
    first.note("cm/cm_n", "hỏi lại", now())
    rest = form(question("a"))

    replayed = Session.replay(rest, first.events)
    told = json.loads(canonical_bytes(replayed.finalise(now())))
    assert told["values"] == [["a", "vẫn còn"]]
    aside = [
        {"path": "cm/cm_n", "reason": "removed", "text": "3", "note": "hỏi lại"},
        {"path": "cm/cm_dk", "reason": "removed", "missing": "dk"},
        {"path": "cm_r[1]/x", "reason": "removed", "text": "nhà ê"},
    ]
    assert told["aside"] == aside

    changed = Session.replay(rest, first.events)
    change = plan_form_change(rest_version(), first.events, None, now())
    assert change is not None
    changed.change_form(change.event)
    told = json.loads(canonical_bytes(changed.finalise(now())))
    assert told["aside"] == aside
    whole = Session.replay(first.form, first.events)
    assert "aside" not in json.loads(canonical_bytes(whole.finalise(now())))


def rest_version() -> CompiledForm:
    return compile_form(replace(form(question("a")).form, version="2", sha256="2" * 64))


def test_an_answer_given_again_is_no_longer_set_aside() -> None:
    first, now = begin(question("a"), question("b"))
    first.answer("a", "chữ", now())
    first.answer("b", "khác", now())
    later = form(question("a", "integer"), question("b", "integer"))
    newer = compile_form(replace(later.form, version="2", sha256="2" * 64))
    change = plan_form_change(newer, first.events, None, now())
    assert change is not None
    session = Session.replay(newer, first.events)
    session.change_form(change.event)
    session.answer("a", "5", now())
    aside = session.finalise(now()).aside
    assert [(each.path, each.reason, each.text) for each in aside] == [("b", "type", "khác")]


def test_an_incomplete_response_says_what_is_missing() -> None:
    session, now = begin(
        question("a", required="true()"), question("b", "integer", constraint=". > ${c}"), question("c")
    )
    session.answer("c", "1", now())
    session.answer("b", "2", now())
    session.answer("c", "3", now())
    with pytest.raises(AnswerError) as caught:
        session.finalise(now())
    findings = caught.value.details["findings"]
    assert [(finding.kind, finding.path) for finding in findings] == [("required", "a"), ("constraint", "b")]  # type: ignore[attr-defined]
    assert not session.is_final


def test_a_draw_is_made_once_and_a_replay_draws_the_same() -> None:
    compiled = form(
        question("n", "integer"),
        question("draw", "calculate", calculation="once(random())"),
        question("each", "calculate", calculation="random() + ${n}"),
    )
    now = Clock()
    session = Session(compiled, started(seed=5))
    draw = values(session)["draw"]
    drawn = set()
    for number in range(3):
        session.answer("n", str(number), now())
        drawn.add(values(session)["each"])
        session.question("n")
    assert values(session)["draw"] == draw
    assert len(drawn) == 3
    assert values(Session.replay(compiled, session.events)) == values(session)
    assert values(Session(compiled, started(seed=6)))["draw"] != draw


def test_random_order_of_choices_is_kept_during_the_interview() -> None:
    from .build import choice_list

    letters = choice_list("l", **{letter: letter for letter in "abcdefgh"})
    session, now = begin(
        question("q", "select_one", list_name="l", parameters={"randomize": "true"}),
        question("a"),
        lists=(letters,),
    )
    first = session.question("q").choices
    session.answer("a", "x", now())
    assert session.question("q").choices == first
    assert sorted(choice.name for choice in first) == list("abcdefgh")


@pytest.mark.parametrize(
    ("text", "kind", "dynamic"),
    [
        ("Ấp 3", "text", False),
        ("2024-01-01", "date", False),
        ("+84 912", "text", False),
        ("VN-Bến Tre", "text", False),
        ("-5", "integer", False),
        ("3-4", "text", False),
        ("today()", "date", True),
        ("${a}", "text", True),
        ("1 + 2", "integer", True),
        ("7 - 2", "integer", True),
        ("10 div 2", "integer", True),
        ("'a(b'", "text", False),
    ],
)
def test_dynamic_defaults_are_those_of_pyxform(text: str, kind: str, dynamic: bool) -> None:
    assert is_dynamic_default(text, kind) is dynamic


@pytest.mark.parametrize(
    "children",
    [
        (
            question("a", "calculate", calculation="${b} + 1"),
            question("b", "calculate", calculation="${a} + 1"),
        ),
        (question("a", relevant="${b} = 1"), question("b", relevant="${a} = 1")),
        (group("a", question("b"), relevant="${b} = 1"),),
        (question("a", relevant="${a} = 1"),),
    ],
)
def test_cycles_are_refused_with_their_path(children: tuple[object, ...]) -> None:
    with pytest.raises(FormError, match="form_cycle") as caught:
        form(*children)  # type: ignore[arg-type]
    path = caught.value.details["path"]
    assert set(path) <= {"a", "b"}  # type: ignore[call-overload]


def test_both_languages_have_the_same_words() -> None:
    assert VIETNAMESE.keys() == ENGLISH.keys()
