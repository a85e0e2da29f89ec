"""A draft whose survey came from a plugin that is gone: it opens, shows its answers, can be finished."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from survey_tui.fieldwork.interviews import Visit
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.form_change import RemovedSurveyScreen
from survey_tui.ui.screens.response import ResponseScreen

if TYPE_CHECKING:
    from tests.support.study import Study

MODULE = """
[[list]]
name = "yn"
choices = [
  { name = "1", label.vi = "Có", label.en = "Yes" },
  { name = "0", label.vi = "Không", label.en = "No" },
]

[[question]]
type = "select_one yn"
name = "own"
label.vi = "Có ruộng không?"
label.en = "Any fields?"

[[question]]
type = "begin_repeat"
name = "field"
label.vi = "Thửa"
label.en = "Field"

[[question]]
type = "integer"
name = "area"
label.vi = "Thửa của ${own} rộng bao nhiêu?"
label.en = "How large?"
required = true

[[question]]
type = "end_repeat"
name = "field"

[[question]]
type = "text"
name = "why"
required = true
label.vi = "Vì sao?"
label.en = "Why?"
"""


def begun(study: Study, context: ScreenContext) -> str:
    """A draft of a survey that is then taken away; its id."""
    study.add("village", MODULE)
    session = context.begin("village", Visit(commune="32059", area="32059-01", household="7"))
    now = context.now
    session.answer("own", "1", now())
    session.answer("field[1]/area", "300", now())
    session.add_instance("field", now())
    session.answer("field[2]/area", "450", now())
    session.note("own", "ruộng chung", now())
    context.update_progress(session)
    (study.forms / "surveys" / "village.toml").unlink()
    (study.forms / "modules" / "village.toml").unlink()
    return session.started.response_id


def again(study: Study, context: ScreenContext) -> ScreenContext:
    from survey_tui.forms.catalogue import Catalogue

    return ScreenContext(
        context.home, Catalogue([study.forms]), context.places, context.store, context.settings, context.now
    )


@pytest.mark.slow
async def test_it_opens_and_is_finished_as_it_is(
    study: Study, context: ScreenContext, look: Callable[[SurveyApp], str]
) -> None:
    response = begun(study, context)
    app = SurveyApp(again(study, context))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, RemovedSurveyScreen)
        text = look(app)
        assert "Có ruộng không?" in text
        assert "450" in text
        assert "không còn trên máy" in text
        await pilot.press("ctrl+f", "down", "ctrl+f")
        assert context.store.summary(response).status == "draft"
        await pilot.press("ctrl+l")
        assert "no longer on this device" in look(app)
        await pilot.press("ctrl+f", "ctrl+f")
        assert "final and stored" in look(app)
        await pilot.press("escape")
        await pilot.press("enter")
        assert type(app.screen) is ResponseScreen
        assert "300" in look(app)
        await pilot.press("ctrl+q", "ctrl+q")
    assert app.return_code == 0
    summary = context.store.summary(response)
    assert (summary.status, summary.outcome, summary.form_id) == ("final", "part", "village")
    kept = json.loads(context.store.final_bytes(response))
    assert kept["values"] == [["own", "1"], ["field[1]/area", "300"], ["field[2]/area", "450"]]
    assert kept["notes"] == {"own": "ruộng chung"}
    assert "aside" not in kept


def test_with_nothing_known_of_the_form_answers_go_by_their_names(
    study: Study, context: ScreenContext
) -> None:
    from survey_tui.forms.compiled import compile_form
    from survey_tui.interview.form_change import form_from_answers
    from survey_tui.interview.session import Session

    response = begun(study, context)
    events = context.store.events(response)
    session = Session.replay(compile_form(form_from_answers(events, None, "")), events)
    assert session.orphans == ()
    assert dict(session.submission()) == {"own": "1", "field[1]/area": "300", "field[2]/area": "450"}
    assert session.review(context.now()).complete
    assert [entry.label for entry in session.outline() if entry.kind == "question"] == ["own", "area", "area"]


def test_what_must_be_sealed_is_sealed_still(study: Study, context: ScreenContext) -> None:
    from msgspec.structs import replace

    from survey_tui.interview.form_change import form_from_answers

    events = context.store.events(begun(study, context))
    known = context.store.form_versions.get(events[0].form_sha256)  # type: ignore[union-attr]
    assert known is not None
    assert (
        form_from_answers(events, replace(known, seal_key="hpke-x25519:abc"), "").seal_key
        == "hpke-x25519:abc"
    )
    assert form_from_answers(events, known, "").sha256 == known.sha256
