"""Random forms, random surveyors: nothing crashes, nothing irrelevant is shown, a replay is the live
session."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.forms.compiled import CompiledForm
from survey_tui.interview.events import Event
from survey_tui.interview.session import Session
from survey_tui.interview.views import END, NavigationStep

from .build import Clock, started
from .random_interviews import ANSWERS, interviews, take_step, triggering_forms


def _look(session: Session) -> None:
    """Every view, as screens would."""
    states = {node.path: node for node in session.states()}
    stop = session.step
    if stop.kind == "question":
        shown = session.screen(stop.path)
        for path in shown:
            view = session.question(path)
            assert view.type not in ("calculate", "hidden", "start", "end", "today")
            if len(shown) > 1:
                assert states[path].relevant
    for entry in session.outline():
        if entry.path in states and entry.kind == "question":
            assert (entry.state == "skipped") == (not states[entry.path].relevant)
    progress = session.progress()
    assert 0 <= progress.answered <= progress.relevant
    assert progress.minutes_left >= 0


def _memory(session: Session) -> object:
    """All there is to compare between two sessions."""
    return (
        list(session.states()),
        session.step,
        session.outline(),
        session.progress(),
        session.review(session_time(session)),
        session.final(),
        session.submission(),
        session.language,
        session.orphans,
    )


def session_time(session: Session) -> Any:
    from survey_tui.interview.events import moment_from_text

    return moment_from_text(session.events[-1].at)


@settings(max_examples=150, deadline=None)
@given(interviews())
def test_any_surveyor_on_any_form(case: tuple[CompiledForm, list[tuple[Any, ...]]]) -> None:
    compiled, steps = case
    session, clock = Session(compiled, started()), Clock()
    for step in steps:
        before = session.step
        take_step(session, clock, step)
        _look(session)
        if step[0] in ("next", "back") and session.step != before and session.step.kind == "question":
            assert session.question(session.step.path).relevant
    log = [msgspec.json.decode(msgspec.json.encode(event), type=Event) for event in session.events]
    again = Session.replay(compiled, log)
    assert again.events == session.events
    assert _memory(again) == _memory(session)


def _settled_walk(session: Session, clock: Clock) -> tuple[NavigationStep, ...]:
    """A walk can make instances on which earlier questions depend: walk until it changes nothing."""
    for _ in range(20):
        events = len(session.events)
        stops = session.walk(clock())
        if len(session.events) == events:
            return stops
    raise AssertionError("the form never settles")


@settings(max_examples=60, deadline=None)
@given(interviews())
def test_a_walk_meets_only_what_is_relevant_and_visible(
    case: tuple[CompiledForm, list[tuple[Any, ...]]],
) -> None:
    compiled, steps = case
    session, clock = Session(compiled, started()), Clock()
    for step in steps:
        take_step(session, clock, step)
    if session.is_final:
        session.reopen(clock())
    met = [stop.path for stop in _settled_walk(session, clock) if stop.kind == "question"]
    expected = [
        node.path
        for node in session.states()
        if node.kind == "question" and node.relevant and node.type != "calculate"
    ]
    assert met == expected


@settings(max_examples=60, deadline=None)
@given(interviews())
def test_going_forward_and_back_meet_the_same_screens(
    case: tuple[CompiledForm, list[tuple[Any, ...]]],
) -> None:
    compiled, steps = case
    session, clock = Session(compiled, started()), Clock()
    for step in steps:
        take_step(session, clock, step)
    if session.is_final:
        session.reopen(clock())
    _settled_walk(session, clock)
    session.jump(END, clock())
    back: list[str] = []
    while (stop := session.back(clock())) and (not back or stop.path != back[-1]):
        back.append(stop.path)
        assert len(back) < 500
    forward = [session.current] if back else []
    while session.next(clock()).kind != "end":
        if session.step.kind == "question":
            forward.append(session.current)
    assert forward == back[::-1]


@settings(max_examples=80, deadline=None)
@given(
    triggering_forms(),
    st.lists(
        st.tuples(
            st.sampled_from(("answer", "clear", "missing")), st.integers(0, 9), st.sampled_from(ANSWERS)
        ),
        max_size=12,
    ),
)
def test_undo_leads_back_step_by_step(compiled: CompiledForm, steps: list[tuple[Any, ...]]) -> None:
    """Also what triggers have set is as it was, and a replay says the same."""
    session, clock = Session(compiled, started()), Clock()
    before = []
    for step in steps:
        states, events = list(session.states()), len(session.events)
        take_step(session, clock, step)
        if len(session.events) > events:
            before.append(states)
    for states in reversed(before):
        assert session.undo(clock()) is not None
        assert list(session.states()) == states
    assert session.undo(clock()) is None
    assert _memory(Session.replay(compiled, session.events)) == _memory(session)
