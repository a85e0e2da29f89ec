"""A notice of the store during an interview is shown once, below the question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.fieldwork.interviews import Visit
from survey_tui.store import ResponseStore
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.response import ResponseScreen

if TYPE_CHECKING:
    from tests.support.study import Study


def test_a_full_disk_is_shown_once(context: ScreenContext) -> None:
    session = context.begin("small", Visit(commune="32059"))
    context.update_progress(session)
    assert not context.problem
    context.store._journal.add_notice("reserve_used")
    context.update_progress(session)
    assert context.words("store.reserve_used") in context.problem
    assert context.words("store.reserve_used_remedy") in context.problem
    context.update_progress(session)
    assert not context.problem


def test_what_was_said_at_the_start_is_not_said_again(context: ScreenContext, tmp_path: Path) -> None:
    with ResponseStore.open(context.home) as second:
        assert [notice.code for notice in second.notices] == ["in_use"]
        other = ScreenContext(
            context.home, context.surveys, context.places, second, context.settings, context.now
        )
        other._show_new_notices()
        assert not other.problem


def _damage(context: ScreenContext) -> None:
    """One byte of the first draft is wrong, in the middle of the journal."""
    for household in ("1", "2"):
        session = context.begin("small", Visit(commune="32059", household=household))
        context.update_progress(session)
    journal = next(context.home.rglob("*.journal"))
    lines = journal.read_bytes().split(b"\n")
    first = next(number for number, line in enumerate(lines) if b"Started" in line or b'"started"' in line)
    lines[first] = lines[first][:-9] + b"~" + lines[first][-8:]
    journal.write_bytes(b"\n".join(lines))


async def test_a_damaged_store_is_read_and_not_written(
    context: ScreenContext, study: Study, look: Callable[[SurveyApp], str]
) -> None:
    context.store.close()
    with study.store() as begun:
        _damage(
            ScreenContext(context.home, context.surveys, context.places, begun, context.settings, context.now)
        )
    with study.store() as store:
        assert store.read_only
        again = ScreenContext(
            context.home, context.surveys, context.places, store, context.settings, context.now
        )
        app = SurveyApp(again)
        async with app.run_test(size=(40, 20)) as pilot:
            text = look(app)
            assert "survey-tui store repair" in text.replace("\n ! ", " ")
            assert "Hộ 2" in text
            assert "^N" not in text
            await pilot.press("ctrl+n")
            assert isinstance(app.screen, HomeScreen)
            await pilot.press("enter")
            assert isinstance(app.screen, ResponseScreen)
            await pilot.press("ctrl+q", "ctrl+q")
        assert app.return_code == 0
