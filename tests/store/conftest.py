"""A store in a temporary home, and responses to put in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from survey_tui.interview.events import Answered, Started
from survey_tui.store import ResponseStore

MOMENT = "2026-11-21T08:30:00.000+07:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResponseStore]:
    with ResponseStore.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def draft() -> Callable[..., str]:
    """Begin a draft with some answers; its id."""

    def make(store: ResponseStore, answers: int = 3, **heading: str) -> str:
        key = store.new_id()
        started = Started(MOMENT, response_id=key, form_id="short", form_version="1", commune="32060")
        store.begin(started, **heading)
        for number in range(answers):
            store.record(key, Answered(MOMENT, f"a/q{number}", f"câu trả lời {number}"))
        return key

    return make


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "responses.journal"
