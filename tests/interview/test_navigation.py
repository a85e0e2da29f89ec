"""Forward, back, jumps, repeats, field lists, progress."""

from __future__ import annotations

import datetime as dt

import pytest

from survey_tui.errors import AnswerError
from survey_tui.interview.events import InstanceAdded
from survey_tui.interview.session import Session
from survey_tui.interview.views import END

from .build import START, Clock, begin, group, question, repeat, values


def path_of_walk(session: Session, now: Clock) -> list[str]:
    stops = [session.current]
    while session.next(now()).kind != "end":
        stops.append(session.current)
    return stops


def test_only_relevant_and_visible_questions_are_met() -> None:
    session, now = begin(
        question("start", "start"),
        question("a"),
        question("c", "calculate", calculation="1"),
        question("n", "note"),
        group("g", question("b"), relevant="${a} = 'x'"),
        question("z"),
    )
    assert path_of_walk(session, now) == ["a", "n", "z"]
    assert session.current == END
    assert session.back(now()).path == "z"
    session.answer("a", "x", now())
    assert [session.back(now()).path for _ in range(4)] == ["g/b", "n", "a", "a"]


def test_jumps() -> None:
    session, now = begin(
        question("a"),
        group("g", question("b"), question("c")),
        repeat("r", question("x"), repeat("in", question("y"))),
        group("empty", question("never", relevant="false()")),
    )
    assert session.jump("g", now()).path == "g/b"
    assert session.jump("r[1]", now()).path == "r[1]/x"
    assert session.jump("r", now()).kind == "add"
    assert session.jump("r[1]/in[1]/y", now()).path == "r[1]/in[1]/y"
    assert session.jump(END, now()).kind == "end"
    for path, code in (
        ("empty", "interview_nothing_here"),
        ("empty/never", "interview_not_relevant"),
        ("r[2]", "interview_no_such_path"),
        ("r[x]", "interview_no_such_path"),
        ("r[0]/x", "interview_no_such_path"),
        ("r/x", "interview_no_such_path"),
        ("", "interview_no_such_path"),
    ):
        with pytest.raises(AnswerError, match=code):
            session.jump(path, now())


def test_the_surveyor_adds_and_removes_instances() -> None:
    session, now = begin(
        repeat("r", question("x"), question("line", "calculate", calculation="position(..)")),
        question("n", "calculate", calculation="count(${r})"),
        question("z"),
    )
    assert path_of_walk(session, now) == ["r[1]/x", "r", "z"]
    assert session.add_instance("r", now()) == "r[2]"
    assert session.add_instance("r", now()) == "r[3]"
    session.answer("r[3]/x", "three", now())
    session.jump("r[2]/x", now())
    session.remove_instance("r[2]", now())
    assert session.current == "r[2]/x"
    assert values(session) == {
        "r[1]/line": "1",
        "r[2]/line": "2",
        "r[2]/x": "three",
        "n": "2",
    }
    session.remove_instance("r[2]", now())
    assert session.step.kind == "add"
    session.remove_instance("r[1]", now())
    assert values(session) == {"n": "0"}
    assert session.group("r").can_add
    assert not session.group("r").can_remove
    with pytest.raises(AnswerError, match="interview_no_such_instance"):
        session.remove_instance("r[1]", now())


def test_a_count_makes_instances_as_the_walk_passes() -> None:
    session, now = begin(
        question("n", "integer"), repeat("r", question("x"), repeat_count="${n}"), question("z")
    )
    session.answer("n", "3", now())
    assert session.group("r").instances == 1
    assert path_of_walk(session, now) == ["n", "r[1]/x", "r[2]/x", "r[3]/x", "z"]
    assert [event.by for event in session.events if isinstance(event, InstanceAdded)] == ["count", "count"]
    with pytest.raises(AnswerError, match="interview_cannot_add"):
        session.add_instance("r", now())
    session.answer("n", "1", now())
    session.jump("n", now())
    assert path_of_walk(session, now) == ["n", "r[1]/x", "r[2]/x", "r[3]/x", "z"]


def test_a_slip_of_the_finger_does_not_fill_the_device() -> None:
    session, now = begin(question("n", "integer"), repeat("r", question("x"), repeat_count="${n}"))
    session.answer("n", "999999999", now())
    session.walk(now())
    assert session.group("r").instances == 1000


def test_a_field_list_is_one_screen() -> None:
    session, now = begin(
        question("a"),
        group(
            "g",
            question("b"),
            question("c", relevant="${b} = 'x'"),
            group("in", question("d")),
            appearance=("field-list",),
        ),
        question("z"),
    )
    assert path_of_walk(session, now) == ["a", "g/b", "z"]
    assert session.screen("g/in/d") == ("g/b", "g/in/d")
    session.jump("g/in/d", now())
    assert session.current == "g/b"
    session.answer("g/b", "x", now())
    assert session.screen("g/b") == ("g/b", "g/c", "g/in/d")
    assert session.next(now()).path == "z"
    assert session.back(now()).path == "g/b"


def test_the_roster_is_a_table() -> None:
    session, now = begin(
        repeat(
            "r",
            question("name", label={"vi": "Tên"}),
            group("g", question("age", "integer", constraint=". < 120", relevant="${name} != ''")),
        )
    )
    session.add_instance("r", now())
    session.answer("r[1]/name", "An", now())
    session.answer("r[1]/g/age", "30", now())
    table = session.roster("r")
    assert table.columns == (("name", "Tên"), ("age", "Câu age"))
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["An", "30"], ["", ""]]
    assert [[cell.state for cell in row.cells] for row in table.rows] == [
        ["answered", "answered"],
        ["open", "skipped"],
    ]
    assert table.rows[1].cells[1].path == ""
    assert table.can_add


def test_choices_come_from_a_repeat() -> None:
    session, now = begin(
        repeat("m", question("name"), question("age", "integer")),
        question("head", "select_one", list_name="${name}", choice_filter="${age} >= 18"),
    )
    session.add_instance("m", now())
    for row, (name, age) in enumerate((("Lan", "40"), ("Bi", "7")), 1):
        session.answer(f"m[{row}]/name", name, now())
        session.answer(f"m[{row}]/age", age, now())
    assert [choice.name for choice in session.question("head").choices] == ["Lan"]


def test_progress_and_time() -> None:
    session = begin(*(question(f"q{number}", "integer") for number in range(10)))[0]
    assert session.progress().position == 1
    at = START
    for number in range(5):
        at += dt.timedelta(seconds=60)
        session.answer(f"q{number}", "1", at)
    session.jump("q5", at)
    slow = session.progress()
    assert (slow.answered, slow.relevant, slow.fraction, slow.position) == (5, 10, 0.5, 6)
    assert slow.minutes_left > 5 * 10 / 60
    assert session.review(at).minutes == 5.0
    session.pause(at)
    at += dt.timedelta(hours=3)
    session.answer("q5", "1", at)
    assert session.review(at).minutes == 5.0
    session.jump(END, at)
    assert session.progress().position == 10


def test_nested_repeats_begin_empty_in_later_instances() -> None:
    session, now = begin(repeat("hh", question("h"), repeat("p", question("x"))))
    session.add_instance("hh", now())
    assert session.group("hh[1]/p").instances == 1
    assert session.group("hh[2]/p").instances == 0
    assert session.add_instance("hh[2]/p", now()) == "hh[2]/p[1]"
    session.answer("hh[2]/p[1]/x", "deep", now())
    session.remove_instance("hh[1]", now())
    assert values(session) == {"hh[1]/p[1]/x": "deep"}
