"""Modules that the first screen does not import: Home, and the first question of an interview, in a fresh
interpreter without a terminal. Home lists responses, which is a TinyDB query; a question needs none."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_laziness import modules_after

NEVER = (
    "hashlib",
    "secrets",
    "tomllib",
    "httpx",
    "survey_sync",
    "survey_tui.exports",
    "survey_tui.authoring",
    "survey_tui.forms.composition",
    "survey_tui.forms.check",
    "survey_tui.interview.answer_input",
    "survey_tui.interview.form_change",
    "survey_tui.interview.outline",
    "survey_tui.places.search",
    "survey_tui.plugins.offered_screens",
    "survey_tui.plugins.response_checks",
    "survey_tui.store.backup",
    "survey_tui.store.erasure",
    "survey_tui.vietnamese.typing",
    *(
        f"survey_tui.ui.screens.{name}"
        for name in (
            *("form_change", "help", "new_interview", "note", "outline", "packages", "passphrase"),
            *("plugin_failure", "plugin_screens", "response", "review", "roster", "settings", "sync"),
            "withdraw",
        )
    ),
)
FIRST_SCREENS = {
    "home": ("None", "survey_tui.ui.screens.home", ("survey_tui.ui.fields.field", "survey_tui.ui.interview")),
    "interview": (
        "StartRequest(survey='xa_hoi_so', commune='32059', area='32059-01', household='1', surveyor='CM001')",
        "survey_tui.ui.screens.interview",
        ("survey_tui.ui.screens.home", "survey_tui.interview.outcome", "tinydb"),
    ),
}
PROGRAM = """
    import asyncio
    from survey_tui.application.settings import Settings
    from survey_tui.console.command_context import CommandContext
    from survey_tui.ui import StartRequest
    from survey_tui.ui.app import SurveyApp
    from survey_tui.ui.screen_context import ScreenContext
    program = CommandContext({'SURVEY_TUI_HOME': PLACE})
    parts = (program.home, program.catalogue, program.places, program.store(), Settings(device='test'))
    context = ScreenContext(*parts, plugin_failures=program.plugin_failures)
    request = REQUEST
    app = SurveyApp(context, context.start(request) if request else None)
    async def look():
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*KEYS)
            await pilot.pause()
    asyncio.run(look())
"""


def second_start(home: Path, request: str, *keys: str) -> set[str]:
    """Modules that a start with filled caches imports until ``keys`` have been handled."""
    code = PROGRAM.strip().replace("PLACE", repr(str(home))).replace("REQUEST", request)
    code = code.replace("KEYS", repr(keys))
    modules_after(code, home)
    return modules_after(code, home)


@pytest.mark.slow
@pytest.mark.parametrize(("request_", "screen", "unneeded"), FIRST_SCREENS.values(), ids=FIRST_SCREENS)
def test_the_first_screen_needs_no_other(
    request_: str, screen: str, unneeded: tuple[str, ...], tmp_path: Path
) -> None:
    loaded = second_start(tmp_path, request_)
    assert screen in loaded
    assert sorted(loaded & {*NEVER, *unneeded}) == []


@pytest.mark.slow
def test_the_sync_screen_needs_no_http_client_until_it_sends(tmp_path: Path) -> None:
    loaded = second_start(tmp_path, "None", "ctrl+y")
    assert "survey_tui.ui.screens.sync" in loaded
    assert sorted(loaded & {"httpx", "survey_sync.client.exchange", "survey_sync.client.upload"}) == []
