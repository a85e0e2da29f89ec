"""Answers, checks, missing codes, undo, the sink."""

from __future__ import annotations

import pytest

from survey_tui.errors import AnswerError
from survey_tui.interview.events import Answered, Event, Noted, Started, WarningConfirmed
from survey_tui.interview.session import Session

from .build import Clock, begin, choice_list, form, group, question, relevant, started, values


def test_a_refused_answer_leaves_the_old_one_and_says_why() -> None:
    session, now = begin(
        question("n", "integer", constraint=". < 10", constraint_message={"vi": "Nhỏ hơn 10"}),
        question("c", "calculate", calculation="${n} * 2"),
    )
    assert session.answer("n", "4", now()).accepted
    assert session.changed == ("c",)
    refused = session.answer("n", "40", now())
    assert not refused.accepted
    assert [(finding.kind, finding.message) for finding in refused.findings] == [("constraint", "Nhỏ hơn 10")]
    assert values(session) == {"n": "4", "c": "8"}
    assert not any(isinstance(event, Answered) and event.text == "40" for event in session.events)


@pytest.mark.parametrize(
    ("kind", "text", "canonical"),
    [
        ("integer", " 007 ", "7"),
        ("integer", "999999999", "999999999"),
        ("decimal", "10", "10.0"),
        ("decimal", "0.0001", "1.0E-4"),
        ("date", "2026-2-3", "2026-02-03"),
        ("date", "today", "2026-11-21"),
        ("date", "yesterday", "2026-11-20"),
        ("time", "08:30", "08:30:00.000+07:00"),
        ("dateTime", "2026-11-21T01:30Z", "2026-11-21T08:30:00.000+07:00"),
        ("geopoint", "10.77 106.7", "10.77 106.7 0.0 0.0"),
        ("text", "e\u0302", "ê"),
        ("acknowledge", "ok", "OK"),
    ],
)
def test_answers_are_kept_in_canonical_form(kind: str, text: str, canonical: str) -> None:
    session, now = begin(question("q", kind))
    assert session.answer("q", text, now()).accepted
    assert session.question("q").text == canonical


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.5"),
        ("integer", "1234567890"),
        ("decimal", "nan"),
        ("decimal", "1e999"),
        ("date", "2026-02-30"),
        ("time", "25:00"),
        ("geopoint", "95 10"),
        ("acknowledge", "no"),
    ],
)
def test_a_text_of_the_wrong_type_is_refused_in_words(kind: str, text: str) -> None:
    session, now = begin(question("q", kind))
    outcome = session.answer("q", text, now())
    assert not outcome.accepted
    assert outcome.findings[0].kind == "type"
    assert outcome.findings[0].message
    assert session.question("q").text == ""


def test_only_offered_choices_are_answers() -> None:
    session, now = begin(
        question("many", "select_multiple", list_name="abc", choice_filter="name != ${not}"),
        question("not"),
        lists=(choice_list("abc", a="Á", b="B", c="C"),),
    )
    assert session.answer("many", "a b a", now()).accepted
    assert session.question("many").text == "a b"
    assert session.question("many").answer == "Á, B"
    assert session.answer("many", "a z", now()).findings[0].kind == "choice"
    session.answer("not", "a", now())
    assert not session.answer("many", "a", now()).accepted


def test_a_filtered_answer_is_dropped_when_its_question_is_shown() -> None:
    session, now = begin(
        question("not"),
        question("one", "select_one", list_name="ab", choice_filter="name != ${not}"),
        question("name", "calculate", calculation="jr:choice-name(${one}, '${one}')"),
        lists=(choice_list("ab", a="Á", b="B"),),
    )
    session.answer("one", "a", now())
    session.answer("not", "a", now())
    assert values(session)["name"] == "Á"
    session.jump("one", now())
    assert values(session) == {"not": "a"}


def test_an_empty_required_answer() -> None:
    session, now = begin(question("q", required="true()", required_message={"vi": "Phải hỏi câu này"}))
    session.answer("q", "x", now())
    assert session.answer("q", "", now()).findings[0].message == "Phải hỏi câu này"
    assert session.question("q").text == "x"
    assert session.clear("q", now()).accepted
    assert [finding.kind for finding in session.review(now()).findings] == ["required"]


def test_dont_know_is_an_answer_where_the_form_offers_it() -> None:
    session, now = begin(
        question("q", "integer", required="true()", allow=("dk",)),
        question("next", relevant="${q} = ''"),
    )
    session.answer("q", "5", now())
    assert session.set_missing("q", "dk", now()).accepted
    view = session.question("q")
    assert (view.missing, view.text) == ("dk", "")
    assert session.review(now()).complete
    assert "next" in relevant(session)
    assert session.outline()[0].answer == "Không biết"
    with pytest.raises(AnswerError, match="interview_missing_not_allowed"):
        session.set_missing("q", "refused", now())
    session.answer("q", "6", now())
    assert session.question("q").missing == ""


def test_a_warning_needs_a_confirmation_of_this_very_answer() -> None:
    session, now = begin(
        question("age", "integer", warning=". < 100", warning_message={"vi": "Trên 100 tuổi?"})
    )
    outcome = session.answer("age", "101", now())
    assert outcome.accepted
    assert [(finding.kind, finding.message) for finding in outcome.findings] == [
        ("warning", "Trên 100 tuổi?")
    ]
    assert session.outline()[0].state == "warning"
    assert not session.review(now()).complete
    session.confirm_warning("age", now())
    assert isinstance(session.events[-1], WarningConfirmed)
    assert session.question("age").confirmed
    assert session.review(now()).complete
    assert session.finalise(now()).confirmed == {"age": "101"}
    session.reopen(now())
    session.answer("age", "102", now())
    assert not session.review(now()).complete
    session.answer("age", "50", now())
    with pytest.raises(AnswerError, match="interview_no_warning"):
        session.confirm_warning("age", now())


def test_undo_restores_the_former_answer() -> None:
    session, now = begin(
        question("a", allow=("refused",)), question("b", "calculate", calculation="concat(${a}, '!')")
    )
    session.answer("a", "one", now())
    session.set_missing("a", "refused", now())
    session.answer("a", "two", now())
    assert [session.undo(now()) for _ in range(2)] == ["a", "a"]
    assert values(session) == {"a": "one", "b": "one!"}
    assert session.undo(now()) == "a"
    assert values(session) == {"b": "!"}
    assert session.undo(now()) is None


def test_undo_forgets_answers_of_a_removed_instance() -> None:
    from .build import repeat

    session, now = begin(repeat("r", question("x")), question("y"))
    session.answer("y", "1", now())
    session.add_instance("r", now())
    session.answer("r[2]/x", "gone", now())
    session.remove_instance("r[2]", now())
    assert session.undo(now()) == "y"


def test_a_sink_that_raises_leaves_everything_as_it_was() -> None:
    log: list[Event] = []

    def sink(event: Event) -> None:
        if full:
            raise OSError("disk full")
        log.append(event)

    full = False
    session = Session(form(question("a"), question("b", relevant="${a} = 'x'")), started(), sink)
    now = Clock()
    session.answer("a", "x", now())
    before = (values(session), relevant(session), session.step, session.events)
    full = True
    for step in (
        lambda: session.answer("a", "y", now()),
        lambda: session.next(now()),
        lambda: session.note("a", "?", now()),
        lambda: session.undo(now()),
        lambda: session.set_language("en", now()),
        lambda: session.finalise(now()),
    ):
        with pytest.raises(OSError, match="disk full"):
            step()
        assert (values(session), relevant(session), session.step, session.events) == before
    assert tuple(log) == session.events
    assert isinstance(log[0], Started)


def test_a_failing_expression_never_ends_the_interview() -> None:
    session, now = begin(
        question("d", "text"),
        question("bad", "calculate", calculation="date(${d})"),
        question("shown", relevant="date(${d}) > today()"),
        question("checked", constraint="date(${d}) > 0", label={"vi": "Câu ${bad}"}),
    )
    session.answer("d", "không phải ngày", now())
    assert "shown" in relevant(session)
    outcome = session.answer("checked", "x", now())
    assert outcome.accepted
    review = session.review(now())
    assert {finding.kind for finding in review.findings} == {"failure"}
    assert review.complete
    session.answer("d", "2026-11-21", now())
    assert session.review(now()).findings == ()


def test_what_is_not_relevant_keeps_its_answer_until_the_end() -> None:
    session, now = begin(
        question("a"),
        group("g", question("b", "integer"), relevant="${a} = 'yes'"),
        question("sum", "calculate", calculation="coalesce(${b}, 'none')"),
    )
    session.answer("a", "yes", now())
    session.answer("g/b", "7", now())
    session.answer("a", "no", now())
    assert values(session) == {"a": "no", "g/b": "7", "sum": "none"}
    with pytest.raises(AnswerError, match="interview_not_relevant"):
        session.answer("g/b", "8", now())
    entry = next(entry for entry in session.outline() if entry.path == "g/b")
    assert (entry.state, entry.reason) == ("skipped", "vì “Câu a”: no")
    assert dict(session.finalise(now()).values) == {"a": "no", "sum": "none"}
    session.reopen(now())
    session.answer("a", "yes", now())
    assert dict(session.finalise(now()).values)["g/b"] == "7"


def test_a_final_response_cannot_change() -> None:
    session, now = begin(question("a"))
    session.finalise(now())
    for step in (
        lambda: session.answer("a", "x", now()),
        lambda: session.clear("a", now()),
        lambda: session.note("a", "x", now()),
        lambda: session.undo(now()),
        lambda: session.finalise(now()),
    ):
        with pytest.raises(AnswerError, match="interview_finished"):
            step()
    assert session.question("a").text == ""
    assert session.next(now()).kind == "end"


def test_read_only_and_hidden_questions_cannot_be_answered() -> None:
    session, now = begin(
        question("shown", read_only="true()", calculation="1 + 1"),
        question("h", "hidden"),
        question("n", "note"),
    )
    for path, code in (
        ("shown", "interview_read_only"),
        ("h", "interview_no_question"),
        ("n", "interview_no_question"),
        ("none", "interview_no_such_path"),
        ("none[1]/x", "interview_no_such_path"),
        ("shown/x", "interview_no_such_path"),
    ):
        with pytest.raises(AnswerError, match=code):
            session.answer(path, "x", now())
    assert session.question("shown").text == "2"


def test_a_trigger_runs_when_the_answer_changes_and_only_then() -> None:
    session, now = begin(
        question("a"),
        question("b"),
        question("seen", "calculate", calculation="concat(${a}, ${b})", trigger=("a",)),
    )
    session.answer("b", "1", now())
    assert "seen" not in values(session)
    session.answer("a", "x", now())
    assert values(session)["seen"] == "x1"
    session.answer("b", "2", now())
    session.answer("a", "x", now())
    assert values(session)["seen"] == "x1"
    session.clear("a", now())
    assert values(session)["seen"] == "2"


def test_triggers_in_a_ring_come_to_an_end() -> None:
    session, now = begin(
        question("a", calculation="concat(${b}, 'x')", trigger=("b",)),
        question("b", calculation="concat(${a}, 'y')", trigger=("a",)),
    )
    session.answer("a", "s", now())
    assert session.question("b").text


def test_prefilled_answers_are_set_or_orphaned() -> None:
    session, _ = begin(
        question("ea"),
        question("c", "calculate", calculation="concat(${ea}, '!')"),
        prefill={"ea": "1", "no": "2"},
    )
    assert values(session) == {"ea": "1", "c": "1!"}
    assert [event.path for event in session.orphans if isinstance(event, Answered)] == ["no"]


def test_events_on_unknown_paths_are_orphaned_on_replay() -> None:
    session, now = begin(question("a"), question("old"))
    session.answer("a", "1", now())
    session.answer("old", "2", now())
    session.jump("old", now())
    session.note("old", "remark", now())
    again = Session.replay(form(question("a")), session.events)
    assert values(again) == {"a": "1"}
    assert len(again.orphans) == 3
    assert isinstance(again.orphans[-1], Noted)
    assert again.events == session.events


def test_a_log_without_a_beginning_is_refused() -> None:
    with pytest.raises(AnswerError, match="interview_no_start"):
        Session.replay(form(question("a")), [])


def test_language_changes_labels_but_no_answers() -> None:
    session, now = begin(question("a", label={"vi": "Tên", "en": "Name"}))
    assert session.question("a").label == "Tên"
    session.set_language("en", now())
    assert session.question("a").label == "Name"
    with pytest.raises(AnswerError, match="interview_no_such_language"):
        session.set_language("fr", now())


def test_metadata_is_filled_from_the_start_and_the_end() -> None:
    session, now = begin(
        question("start", "start"),
        question("end", "end"),
        question("today", "today"),
        question("device", "deviceid"),
        question("user", "username"),
        question("a"),
        device_id="d1",
        username="u1",
    )
    assert values(session) == {
        "start": "2026-11-21T08:00:00.000+07:00",
        "today": "2026-11-21",
        "device": "d1",
        "user": "u1",
    }
    final = session.finalise(now())
    assert dict(final.values)["end"] == final.finished
    assert session.progress().relevant == 1


def test_undo_reverts_what_the_answer_triggered() -> None:
    session, now = begin(
        question("a"),
        question("t", calculation="concat(${a}, '!')", trigger=("a",)),
        question("u", calculation="concat(${t}, '?')", trigger=("t",)),
        question("c", "calculate", calculation="string-length(${u})"),
    )
    session.answer("u", "own", now())
    session.answer("a", "x", now())
    assert values(session) == {"a": "x", "t": "x!", "u": "x!?", "c": "3"}
    session.answer("t", "by hand", now())
    assert session.undo(now()) == "t"
    assert values(session) == {"a": "x", "t": "x!", "u": "x!?", "c": "3"}
    assert session.undo(now()) == "a"
    assert values(session) == {"u": "own", "c": "3"}
    assert "t" in session.changed
    assert values(Session.replay(session.form, session.events)) == values(session)


def test_a_failing_choice_filter_offers_everything_and_is_a_finding() -> None:
    session, now = begin(
        question("d"),
        question("s", "select_one", list_name="yn", choice_filter="date(${d}) > 0"),
    )
    session.answer("d", "không phải ngày", now())
    assert [choice.name for choice in session.question("s").choices] == ["yes", "no"]
    session.answer("s", "yes", now())
    review = session.review(now())
    assert [(finding.kind, finding.path) for finding in review.findings] == [("failure", "s")]
    assert "choice_filter" in review.findings[0].message
    assert review.complete
    session.answer("d", "2026-11-21", now())
    assert session.review(now()).findings == ()
