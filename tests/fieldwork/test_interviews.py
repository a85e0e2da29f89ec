"""Finalising is all or nothing: a response that the store refuses stays a draft."""

from __future__ import annotations

import datetime as dt
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_tui.errors import StoreError
from survey_tui.fieldwork.interviews import InterviewService, Visit
from survey_tui.forms.compiled import CompiledForm, compile_form
from survey_tui.forms.xlsform import from_xlsform_rows
from survey_tui.interview.final_response import canonical_bytes
from survey_tui.interview.session import Session
from survey_tui.store import ResponseStore

NOW = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResponseStore]:
    with ResponseStore.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def form() -> CompiledForm:
    rows: list[dict[str, object]] = [
        {"type": "text", "name": "who", "label": "Who", "required": "yes"},
        {"type": "end", "name": "until"},
        {"type": "calculate", "name": "said", "calculation": "concat(${who}, ' ', ${until})"},
    ]
    return compile_form(from_xlsform_rows(rows, [], {"form_id": "short"}))


def _answered(store: ResponseStore, form: CompiledForm) -> tuple[InterviewService, Session]:
    fieldwork = InterviewService(store, "device", lambda: NOW)
    session = fieldwork.begin(form, Visit(), "vi")
    session.answer("who", "Lan", NOW)
    return fieldwork, session


def test_the_stored_response_is_that_of_the_session(store: ResponseStore, form: CompiledForm) -> None:
    fieldwork, session = _answered(store, form)
    sha256 = fieldwork.finalise(session)
    response_id = session.started.response_id
    assert session.is_final
    assert store.summary(response_id).sha256 == sha256
    assert store.final_bytes(response_id) == canonical_bytes(session.final())
    assert store.events(response_id) == list(session.events)
    assert dict(session.final().values)["said"] == "Lan 2026-11-21"


def test_a_refused_end_can_be_tried_again(
    tmp_path: Path, store: ResponseStore, form: CompiledForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    fieldwork, session = _answered(store, form)
    response_id = session.started.response_id

    def refuse(descriptor: int) -> None:
        raise OSError(errno.EIO, "no")

    real = store.finalise
    with monkeypatch.context() as patch:

        def finalise(*arguments: object, **how: object) -> str:  # from here on the disk refuses
            patch.setattr(os, "fsync", refuse)
            return real(*arguments, **how)  # type: ignore[arg-type]

        patch.setattr(store, "finalise", finalise)
        with pytest.raises(StoreError, match="store_io"):
            fieldwork.finalise(session)
    assert not session.is_final
    assert store.summary(response_id).status == "draft"
    assert store.events(response_id) == list(session.events)
    session.answer("who", "Hoa", NOW)
    fieldwork.finalise(session)
    assert session.is_final
    assert b"Hoa" in store.final_bytes(response_id)
