"""Replay: both targets of the interpreter reach the same answers; orphaned answers in the review."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.events import Answered, Event, InstanceRemoved, Noted, Undone
from survey_tui.interview.replay import PathAnswer, PathAnswers, answers_from_events, apply_event
from survey_tui.interview.session import Session

from .build import Clock, begin, form, question, repeat, started
from .random_interviews import ANSWERS, interviews, take_step, triggering_forms


def only_from_the_surveyor(session: Session, answers: dict[str, PathAnswer]) -> dict[str, PathAnswer]:
    """Without the questions that a default or a calculation may fill."""
    kept = {}
    for path, answer in answers.items():
        question = session.form.items[session.form.by_path[re.sub(r"\[\d+\]", "", path)]].question
        if question is not None and not question.default and not question.calculation:
            kept[path] = answer
    return kept


def answers_from_log(session: Session) -> dict[str, PathAnswer]:
    return only_from_the_surveyor(session, answers_from_events(session.events).answers())


def live_answers(session: Session) -> dict[str, PathAnswer]:
    answers = {}
    for node in session.states():
        if node.kind == "question" and node.type != "calculate":
            note = session.question(node.path).note
            if node.text or node.missing or note:
                answers[node.path] = PathAnswer(node.text, node.missing, note)
    return only_from_the_surveyor(session, answers)


@settings(max_examples=150, deadline=None)
@given(interviews())
def test_the_log_alone_gives_the_answers_of_the_session(
    case: tuple[CompiledForm, list[tuple[Any, ...]]],
) -> None:
    compiled, steps = case
    session, clock = Session(compiled, started()), Clock()
    for step in steps:
        take_step(session, clock, step)
        assert answers_from_log(session) == live_answers(session)


@settings(max_examples=80, deadline=None)
@given(
    triggering_forms(),
    st.lists(
        st.tuples(
            st.sampled_from(("answer", "clear", "missing", "note", "add", "remove")),
            st.integers(0, 9),
            st.sampled_from(ANSWERS),
        ),
        max_size=12,
    ),
)
def test_undo_after_an_answer_changes_nothing(compiled: CompiledForm, steps: list[tuple[Any, ...]]) -> None:
    """Neither in the session nor in the answers by path."""
    session, clock = Session(compiled, started()), Clock()
    for step in steps:
        before = list(session.states()), answers_from_log(session)
        events = len(session.events)
        take_step(session, clock, step)
        if step[0] in ("answer", "clear", "missing") and len(session.events) > events:
            session.undo(clock())
            assert (list(session.states()), answers_from_log(session)) == before
            take_step(session, clock, step)


def orphans_in_review(session: Session, clock: Clock) -> dict[str, str]:
    """Path → message."""
    found = session.review(clock()).findings
    return {finding.label: finding.message for finding in found if finding.kind == "orphan"}


def test_an_undone_orphaned_answer_is_reviewed_as_what_it_was_put_back_to() -> None:
    session, clock = begin(question("a"), question("old", allow=("dk",)), question("new"))
    for path, text in (("old", "first"), ("old", "second"), ("new", "only")):
        session.answer(path, text, clock())
    again = Session.replay(form(question("a")), session.events)
    assert {path: text.rpartition(" ")[2] for path, text in orphans_in_review(again, clock).items()} == {
        "old": "second",
        "new": "only",
    }
    session.undo(clock())
    session.undo(clock())
    again = Session.replay(form(question("a")), session.events)
    assert {path: text.rpartition(" ")[2] for path, text in orphans_in_review(again, clock).items()} == {
        "old": "first"
    }


def _with_three_instances() -> tuple[Session, Clock]:
    session, clock = begin(question("a"), repeat("p", question("kept"), question("old")))
    for number, text in enumerate(("one", "two", "three"), 1):
        if number > 1:
            session.add_instance("p", clock())
        session.answer(f"p[{number}]/old", text, clock())
    session.remove_instance("p[2]", clock())
    return session, clock


def test_answers_of_a_removed_instance_are_gone_without_a_form() -> None:
    session, clock = _with_three_instances()
    assert {path: each.text for path, each in answers_from_log(session).items()} == {
        "p[1]/old": "one",
        "p[2]/old": "three",
    }
    session.remove_instance("p[2]", clock())
    assert {path: each.text for path, each in answers_from_log(session).items()} == {"p[1]/old": "one"}


def test_orphaned_answers_of_a_removed_instance_are_not_reviewed() -> None:
    session, clock = _with_three_instances()
    for newer in (form(question("a")), form(question("a"), repeat("p", question("kept")))):
        again = Session.replay(newer, session.events)
        shown = orphans_in_review(again, clock)
        assert {path: text.rpartition(" ")[2] for path, text in shown.items()} == {
            "p[1]/old": "one",
            "p[2]/old": "three",
        }


def test_an_orphaned_note_is_no_finding() -> None:
    session, clock = begin(question("a"), question("old"))
    session.note("old", "remark", clock())
    assert orphans_in_review(Session.replay(form(question("a")), session.events), clock) == {}


def test_a_log_with_paths_that_no_form_can_have_is_replayed() -> None:
    at = started().at
    events: list[Event] = [
        started(),
        *(
            InstanceRemoved(started().at, path)
            for path in ("", "p", "p[x]", "p[²]", f"p[{'9' * 5000}]", "p[1")
        ),
        Answered(at, "p[1]/q", "1"),
        Noted(at, "p[2]/q", "note"),
        InstanceRemoved(at, "p[1]"),
    ]
    assert answers_from_events(events).answers() == {"p[1]/q": PathAnswer(note="note")}
    assert len(Session.replay(form(question("a")), events).orphans) == 9


def test_undone_restores_a_missing_code_without_a_form() -> None:
    answers = PathAnswers()
    for event in (Answered(started().at, "q", "1"), Undone(started().at, "q", missing="dk")):
        apply_event(event, answers)
    assert answers.answers() == {"q": PathAnswer(missing="dk")}
