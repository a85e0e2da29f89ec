"""Passphrase, withdrawal and newer forms on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from survey_tui.errors import StoreError
from survey_tui.fieldwork.interviews import Visit
from survey_tui.interview.events import Answered, FormChanged
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.form_change import FormChangeScreen
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.interview import InterviewScreen
from survey_tui.ui.screens.withdraw import WithdrawScreen
from survey_tui.ui.unlock_app import UnlockApp

if TYPE_CHECKING:
    from tests.support.study import Study

Look = Callable[[SurveyApp], str]
VISIT = Visit(commune="32059", area="32059-01", household="12", surveyor="CM001")

CODED = """
[[question]]
name = "withdraw_code"
type = "calculate"
calculation = "concat('32059-01-', '12-4711')"

[[question]]
name = "said"
type = "text"
label.vi = "Ông/Bà nói gì?"
label.en = "What do you say?"
"""


async def write(pilot: Pilot[int], text: str) -> None:
    await pilot.press(*("space" if character == " " else character for character in text), "enter")


@pytest.mark.slow
async def test_a_passphrase_is_asked_for_unseen(context: ScreenContext, look: Look) -> None:
    given: list[str] = []

    def attempt(passphrase: str) -> None:
        given.append(passphrase)
        if passphrase != "four words":
            raise StoreError("lock_wrong_passphrase", count=len(given))

    app = UnlockApp(context, attempt)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press(*"wrong")
        await pilot.pause()
        assert "•••••" in look(app)
        assert "wrong" not in look(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "không đúng" in look(app)
        await write(pilot, "four words")
        await pilot.pause()
    assert given == ["wrong", "four words"]
    assert app.opened


@pytest.mark.slow
async def test_leaving_opens_nothing(context: ScreenContext) -> None:
    app = UnlockApp(context, lambda _: None)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.press("escape")
        await pilot.pause()
    assert not app.opened


@pytest.mark.slow
async def test_the_passphrase_is_set_in_the_settings(
    app: SurveyApp, context: ScreenContext, look: Look
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "không mã hóa" in look(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "KHÔNG được mã hóa" in " ".join(look(app).split())
        await pilot.press("ctrl+p")
        await write(pilot, "four words here")
        await write(pilot, "four words heer")
        await pilot.pause()
        assert "không giống nhau" in " ".join(look(app).split())
        assert not context.store.passphrase_lock.is_set
        await write(pilot, "four words here")
        await write(pilot, "four words here")
        await pilot.pause()
        assert context.store.passphrase_lock.is_set


@pytest.mark.slow
async def test_a_response_is_erased_by_its_code(
    app: SurveyApp, context: ScreenContext, study: Study, look: Look
) -> None:
    study.add("coded", CODED)
    session = context.begin("coded", VISIT)
    session.answer("said", "bí mật", context.now())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+x")
        assert isinstance(app.screen, WithdrawScreen)
        await write(pilot, "32059-01-12-9999")
        await pilot.pause()
        assert "32059-01-12-9999" in look(app)
        await write(pilot, "32059-01-12-4711")
        await pilot.pause()
        assert "Hộ 12" in look(app)
        await write(pilot, "xoa")
        assert len(context.responses()) == 1
        await write(pilot, "xóa")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert list(context.responses()) == []
        assert [stone.form_id for stone in context.store.tombstones()] == ["coded"]
    assert "bí mật".encode() not in b"".join(
        path.read_bytes() for path in study.home.rglob("*") if path.is_file()
    )


@pytest.mark.slow
async def test_a_newer_form_says_what_has_changed(
    app: SurveyApp, context: ScreenContext, study: Study, look: Look
) -> None:
    study.add("coded", CODED)
    session = context.begin("coded", VISIT)
    session.answer("said", "chữ", context.now())
    response = session.started.response_id
    study.add("coded", CODED.replace('type = "text"', 'type = "integer"'))
    async with app.run_test(size=(80, 24)) as pilot:
        from survey_tui.forms.catalogue import Catalogue

        context.surveys = Catalogue([study.forms])
        app.screen.reload()  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FormChangeScreen)
        assert "text → integer" in look(app)
        assert "chữ" in look(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, InterviewScreen)
    events = context.store.events(response)
    change = next(event for event in events if isinstance(event, FormChanged))
    assert [(each.path, each.text) for each in change.aside] == [("said", "chữ")]
    assert any(isinstance(event, Answered) for event in events)
