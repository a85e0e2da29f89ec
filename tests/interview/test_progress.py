"""Progress: questions that may still be asked, and the duration of the interview."""

from __future__ import annotations

import datetime as dt

import pytest

from survey_tui.interview.session import Session
from survey_tui.interview.views import END

from .build import START, begin, form, group, question, repeat


def counts(session: Session) -> tuple[int, int]:
    progress = session.progress()
    return progress.answered, progress.relevant


def ahead(session: Session) -> list[str]:
    return [entry.name for entry in session.outline() if entry.ahead and entry.kind == "question"]


def test_questions_behind_an_open_one_count_until_it_is_answered() -> None:
    session, now = begin(
        question("consent"),
        group("g", question("a"), question("b", relevant="${a} = 'x'"), relevant="${consent} = 'yes'"),
        question("never", relevant="false()"),
    )
    assert counts(session) == (0, 3)
    assert ahead(session) == ["a", "b"]
    session.answer("consent", "yes", now())
    assert counts(session) == (1, 3)
    assert ahead(session) == ["b"]
    session.answer("g/a", "y", now())
    assert (counts(session), ahead(session)) == ((2, 2), [])
    session.answer("consent", "no", now())
    assert (counts(session), ahead(session)) == ((1, 1), [])


def test_a_decided_condition_outweighs_an_open_one_around_it() -> None:
    session, now = begin(
        question("open"),
        question("said"),
        group("g", question("in", relevant="${said} = '1'"), relevant="${open} = '1'"),
    )
    session.answer("said", "2", now())
    assert counts(session) == (1, 2)


def test_conditions_through_calculations_and_repeats() -> None:
    session, now = begin(
        question("n", "integer"),
        repeat("p", question("age", "integer"), repeat_count="${n}"),
        question("adults", "calculate", calculation="sum(${age})"),
        question("vote", relevant="${adults} >= 18"),
    )
    assert counts(session) == (0, 3)  # as in ODK Collect the first row is there from the start
    session.answer("n", "3", now())
    assert counts(session) == (1, 5)
    session.next(now())
    session.answer("p[1]/age", "3", now())
    assert ahead(session) == ["vote"]
    while session.next(now()).kind != "end":
        if session.current.startswith("p["):
            session.answer(session.current, "4", now())
    assert counts(session) == (4, 4)


def test_nothing_is_ahead_at_the_end() -> None:
    session, now = begin(question("a"), question("b", relevant="${a} = '1'"))
    assert counts(session) == (0, 2)
    session.jump(END, now())
    assert (counts(session), ahead(session)) == ((0, 1), [])
    review = session.review(now())
    assert (review.answered, review.relevant) == (0, 1)


def test_instances_that_read_each_other_come_to_an_end() -> None:
    session, now = begin(
        repeat(
            "p",
            question("a", relevant="position(..) = 1 or sum(${b}) > 3"),
            question("b", "integer"),
            question("c", relevant="count(${a}) > 4"),
        )
    )
    for _ in range(3):
        session.add_instance("p", now())
    assert session.progress().relevant >= 4


@pytest.mark.parametrize("back", [dt.timedelta(seconds=30), dt.timedelta(hours=1), dt.timedelta(days=400)])
def test_a_clock_set_back_does_not_shorten_the_interview(back: dt.timedelta) -> None:
    session, _ = begin(question("a"), question("b"), question("c"))
    minute = dt.timedelta(minutes=1)
    session.answer("a", "1", START + 3 * minute)
    assert session.final().minutes == 3.0
    session.answer("b", "2", START + 3 * minute - back)
    assert session.final().minutes == 3.0
    assert session.review(START + 3 * minute - back - back).minutes == 3.0
    session.answer("c", "3", START + 5 * minute - back)
    assert session.final().minutes == 5.0
    assert Session.replay(form(question("a")), session.events).final().minutes == 5.0
