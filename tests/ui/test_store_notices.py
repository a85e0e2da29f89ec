"""What the store says in the middle of an interview is shown once, beside the question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from survey_tui.fieldwork.interviews import Visit
from survey_tui.store import ResponseStore
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import Desk
from survey_tui.ui.screens.home import Home
from survey_tui.ui.screens.response import Reader

if TYPE_CHECKING:
    from .conftest import Study


def test_a_full_disk_is_told_once(desk: Desk) -> None:
    session = desk.begin("small", Visit(commune="32059"))
    desk.counted(session)
    assert not desk.problem
    desk.store._journal.notice("reserve_used")
    desk.counted(session)
    assert desk.words("store.reserve_used") in desk.problem
    assert desk.words("store.reserve_used_remedy") in desk.problem
    desk.counted(session)
    assert not desk.problem


def test_what_was_said_at_the_start_is_not_said_again(desk: Desk, tmp_path: Path) -> None:
    with ResponseStore.open(desk.home) as second:
        assert [notice.code for notice in second.notices] == ["in_use"]
        other = Desk(desk.home, desk.forms, desk.places, second, desk.settings, desk.now)
        other._hear_store()
        assert not other.problem


def _damage(desk: Desk) -> None:
    """One byte of the first draft is wrong, in the middle of the journal."""
    for household in ("1", "2"):
        session = desk.begin("small", Visit(commune="32059", household=household))
        desk.counted(session)
    journal = next(desk.home.rglob("*.journal"))
    lines = journal.read_bytes().split(b"\n")
    first = next(number for number, line in enumerate(lines) if b"Started" in line or b'"started"' in line)
    lines[first] = lines[first][:-9] + b"~" + lines[first][-8:]
    journal.write_bytes(b"\n".join(lines))


async def test_a_damaged_store_is_read_and_not_written(
    desk: Desk, study: Study, look: Callable[[SurveyApp], str]
) -> None:
    desk.store.close()
    with study.store() as begun:
        _damage(Desk(desk.home, desk.forms, desk.places, begun, desk.settings, desk.now))
    with study.store() as store:
        assert store.read_only
        again = Desk(desk.home, desk.forms, desk.places, store, desk.settings, desk.now)
        app = SurveyApp(again)
        async with app.run_test(size=(40, 20)) as pilot:
            text = look(app)
            assert "survey-tui store repair" in text.replace("\n ! ", " ")
            assert "Hộ 2" in text
            assert "^N" not in text
            await pilot.press("ctrl+n")
            assert isinstance(app.screen, Home)
            await pilot.press("enter")
            assert isinstance(app.screen, Reader)
            await pilot.press("ctrl+q", "ctrl+q")
        assert app.return_code == 0
