"""The Sync screen against the real server: it sends, explains errors, and leaving loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from survey_sync.client.enrolment import enrol
from survey_sync.client.errors import RetryableError
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload_report import UploadProgress

from survey_tui.interview.events import Finalised, Started
from survey_tui.store import ResponseStore
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screens.home import HomeScreen
from survey_tui.ui.screens.sync import SyncScreen
from tests.support.collection_server import frozen
from tests.support.devices import real_server
from tests.sync.faults.proxy import Fault, FaultProxy

AT = "2026-11-21T08:30:00.000+07:00"
Look = Callable[[SurveyApp], str]


def finish(store: ResponseStore, count: int) -> None:
    for _ in range(count):
        rid = store.new_id()
        store.begin(Started(AT, response_id=rid, form_id="small"))
        store.finalise(rid, Finalised(AT), frozen(response_id=rid)[1])


async def until(app: SurveyApp, done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(app.screen)


@pytest.mark.server
async def test_what_waits_goes_out(app: SurveyApp, look: Look, tmp_path: Path) -> None:
    context = app.context
    finish(context.store, 25)
    with real_server(tmp_path) as server:
        enrol(SyncHome(context.home), server.url, server.code(), "x")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+y")
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, SyncScreen)
            assert "Chờ gửi 25" in look(app)
            await pilot.press("enter")
            await until(app, lambda: screen.report is not None)
            await pilot.pause()
            assert "25/25" in look(app)
            assert "Chờ gửi 0" in look(app)
            await pilot.press("escape")
            await pilot.pause()
            home = app.screen
            assert isinstance(home, HomeScreen)
            assert {row.status for row in home.rows} == {"received"}


@pytest.mark.slow
async def test_an_error_while_sending_keeps_the_figures(app: SurveyApp, look: Look) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y")
        screen = app.screen
        assert isinstance(screen, SyncScreen)
        screen._show_progress(UploadProgress(done=3, total=4, sent=2_000, left=700, seconds=5.0))
        error = RetryableError("sync_slow", host="h")
        screen._show_progress(UploadProgress(done=0, total=0, sent=0, error=error, pause=9.0))
        assert screen.progress == UploadProgress(done=3, total=4, sent=2_000, error=error, pause=9.0)


@pytest.mark.server
async def test_a_captive_portal_is_explained_and_leaving_loses_nothing(
    app: SurveyApp, look: Look, tmp_path: Path
) -> None:
    context = app.context
    finish(context.store, 3)
    with real_server(tmp_path) as server:
        kinds = ["none", "portal"]
        with FaultProxy(server.address, lambda: Fault(kinds[0])) as proxy:
            enrol(SyncHome(context.home), proxy.url, server.code(), "x")
            kinds.pop(0)
            async with app.run_test(size=(40, 24)) as pilot:
                await pilot.press("ctrl+y", "enter")
                await until(app, lambda: "Wi-Fi" in look(app))
                screen = app.screen
                assert isinstance(screen, SyncScreen)
                await pilot.press("escape")
                await until(app, lambda: not screen.is_sending)
                assert isinstance(app.screen, HomeScreen)
    assert {summary.status for summary in context.store.search()} == {"final"}


@pytest.mark.slow
async def test_without_a_server_the_way_to_enrol_is_shown(app: SurveyApp, look: Look) -> None:
    finish(app.context.store, 1)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+y", "enter")
        await pilot.pause()
        assert "survey-sync enrol" in look(app)
        assert "survey-sync bundle" in look(app)
