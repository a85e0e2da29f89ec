"""Drafts that continue with a newer version of their form; the national instrument, with an edited module."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import survey_questionnaires
from msgspec.structs import replace

from survey_tui.fieldwork.interviews import InterviewService, Visit
from survey_tui.forms.catalogue import Catalogue
from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.interview.events import Event, FormChanged, InstanceRemoved
from survey_tui.interview.form_change import format_form_change, plan_form_change
from survey_tui.interview.form_skeleton import skeleton_from_form
from survey_tui.interview.session import Session
from survey_tui.locale import LANGUAGES, Translator
from survey_tui.store import ResponseStore
from tests.interview.build import Clock, choice_list, group, question, repeat
from tests.interview.build import form as small

FIRST = small(
    group(
        "a",
        question("name"),
        question("age", "integer"),
        question("own", "select_one", list_name="yn"),
        question("left"),
        question("free"),
        question("dk", "integer", allow=("dk",)),
    ),
    repeat("p", question("nick"), question("gone")),
    lists=(choice_list("yn", yes="Có", no="Không", later="Sau"),),
)


def second() -> CompiledForm:
    form = small(
        group(
            "a",
            question("name"),
            question("age", "decimal"),
            question("own", "select_one", list_name="yn"),
            question("free", "integer"),
            question("dk", "integer", allow=("dk",)),
            question("fresh"),
        ),
        group("b", question("left")),
        repeat("p", question("nick", constraint="string-length(.) < 3")),
        lists=(choice_list("yn", yes="Có", no="Không"),),
    )
    import msgspec

    return compile_form(msgspec.structs.replace(form.form, version="2", sha256="2" * 64))


def begun() -> tuple[Session, Clock, list[Event]]:
    from tests.interview.build import started

    log: list[Event] = []
    clock = Clock()
    session = Session(FIRST, started(form_version="1", form_sha256="1" * 64), log.append)
    for path, text in {
        "a/name": "Lan",
        "a/age": "17",
        "a/own": "later",
        "a/left": "đi cùng",
        "a/free": "chữ",
    }.items():
        assert session.answer(path, text, clock()).accepted
    session.set_missing("a/dk", "dk", clock())
    for number, nick in enumerate(("Tí", "Tèo", "Bo"), 1):
        session.add_instance("p", clock())
        session.answer(f"p[{number}]/nick", nick, clock())
        session.answer(f"p[{number}]/gone", f"bỏ {number}", clock())
    session.note("a/left", "ghi chú", clock())
    session.remove_instance("p[1]", clock())
    assert any(isinstance(event, InstanceRemoved) for event in log)
    return session, clock, log


def test_each_answer_is_carried_over_moved_or_set_aside() -> None:
    _, clock, log = begun()
    change = plan_form_change(second(), log, skeleton_from_form(FIRST), clock())
    assert change is not None
    aside = {each.path: (each.reason, each.text) for each in change.event.aside}
    assert aside == {
        "a/own": ("choice", "later"),
        "a/free": ("type", "chữ"),
        "p[1]/nick": ("constraint", "Tèo"),
        "p[1]/gone": ("removed", "bỏ 2"),
        "p[2]/gone": ("removed", "bỏ 3"),
    }
    assert {move.old: (move.new, move.text) for move in change.event.moved}["a/left"] == ("b/left", "đi cùng")
    found = change.difference
    assert [path for path, _ in found.added] == ["a/fresh", "b/left"]
    assert [path for path, _ in found.removed] == ["a/left", "p/gone"]
    assert {(each.path, each.kind) for each in found.changed} == {
        ("a/age", "type"),
        ("a/free", "type"),
        ("a/own", "list"),
    }
    assert change.has_changes


def test_the_interview_continues_and_its_log_gives_the_same_state() -> None:
    _, clock, log = begun()
    form = second()
    change = plan_form_change(form, log, None, clock())
    assert change is not None
    session = Session.replay(form, log, log.append)
    session.change_form(change.event)
    texts = {node.path: node.text for node in session.states() if node.text}
    assert texts["a/name"] == "Lan"
    assert float(texts["a/age"]) == 17
    assert texts["b/left"] == "đi cùng"
    assert texts["p[2]/nick"] == "Bo"
    assert not {"a/own", "a/free", "p[1]/nick"} & set(texts)
    assert session.question("a/dk").missing == "dk"
    assert session.question("b/left").note == "ghi chú"
    assert (session.started.form_version, session.final().form_version) == ("2", "2")
    assert session.answer("a/own", "yes", clock()).accepted
    again = Session.replay(form, log)
    assert [*again.states()] == [*session.states()]
    assert plan_form_change(form, log, None, clock()) is None
    assert isinstance(next(event for event in again.events if isinstance(event, FormChanged)), FormChanged)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_change_is_described_in_each_language(language: str) -> None:
    _, clock, log = begun()
    change = plan_form_change(second(), log, skeleton_from_form(FIRST), clock())
    assert change is not None
    told = dict(format_form_change(change, Translator(language)))
    assert len(told) == 5
    assert any("later" in line for lines in told.values() for line in lines)
    assert all("{" not in line for lines in told.values() for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plugin_may_change_while_the_survey_keeps_its_version(language: str) -> None:
    _, clock, log = begun()
    change = plan_form_change(second(), log, skeleton_from_form(FIRST), clock())
    assert change is not None
    same = replace(change.difference, new_version=change.difference.old_version)
    words = Translator(language)
    told = dict(format_form_change(replace(change, difference=same), words))
    assert told[""] == [words("safety.form_parts", carried=change.carried)]


# --- the national instrument
@pytest.fixture
def questionnaires(tmp_path: Path) -> Path:
    source = Path(survey_questionnaires.__file__).parent
    target = tmp_path / "forms"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target


def compiled(directory: Path) -> CompiledForm:
    return compile_form(Catalogue([directory]).form("smartphone"))


def edited(directory: Path) -> None:
    """Version 2: another version number, a question with another name, other words elsewhere."""
    survey = directory / "surveys" / "smartphone.toml"
    text = survey.read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version"))
    survey.write_text(text.replace(version, 'version = "2099.2"'), encoding="utf-8")


def test_a_draft_of_the_national_instrument_continues(tmp_path: Path, questionnaires: Path) -> None:
    first = compiled(questionnaires)
    moment = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    visit = Visit(commune="32060", area="32060-01", household="12", surveyor="CM001")
    with ResponseStore.open(tmp_path / "home") as store:
        fieldwork = InterviewService(store, "device", lambda: moment)
        session = fieldwork.begin(first, visit, "vi")
        response = session.started.response_id
        held = {node.path: node.text for node in session.states() if node.text}
        assert fieldwork.plan_form_change(first, response) is None
        edited(questionnaires)
        newer = compiled(questionnaires)
        assert newer.form.sha256 != first.form.sha256
        change = fieldwork.plan_form_change(newer, response)
        assert change is not None
        assert not change.has_changes
        assert change.event.aside == ()
        again = fieldwork.resume(newer, response)
        assert {node.path: node.text for node in again.states() if node.text} == held
        assert store.summary(response).form_version == "2099.2"
        assert fieldwork.plan_form_change(newer, response) is None
    with ResponseStore.open(tmp_path / "home") as store:
        assert isinstance(store.events(response)[-1], FormChanged)
        assert store.summary(response).form_version == "2099.2"
