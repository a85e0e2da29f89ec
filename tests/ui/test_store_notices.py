"""What the store says in the middle of an interview is shown once, beside the question."""

from __future__ import annotations

from pathlib import Path

from survey_tui.fieldwork import Visit
from survey_tui.store import ResponseStore
from survey_tui.ui.desk import Desk


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
