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
            await pilot.pause()
    asyncio.run(look())
"""


@pytest.mark.slow
@pytest.mark.parametrize(("request_", "screen", "unneeded"), FIRST_SCREENS.values(), ids=FIRST_SCREENS)
def test_the_first_screen_needs_no_other(
    request_: str, screen: str, unneeded: tuple[str, ...], tmp_path: Path
) -> None:
    code = PROGRAM.strip().replace("PLACE", repr(str(tmp_path))).replace("REQUEST", request_)
    modules_after(code, tmp_path)  # the caches are filled
    loaded = modules_after(code, tmp_path)
    assert screen in loaded
    assert sorted(loaded & {*NEVER, *unneeded}) == []
