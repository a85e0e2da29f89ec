"""Draw docs/images/*.svg, the program's own screens, from data in this file and a temporary home.

    python .ci/screenshots.py [DIRECTORY]

Run it after a change of the screens.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import sys
import tempfile
from pathlib import Path

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
os.environ.pop("NO_COLOR", None)

from survey_tui.application.settings import Settings
from survey_tui.console.command_context import CommandContext
from survey_tui.fieldwork.interviews import InterviewService, Visit
from survey_tui.interview.session import Session
from survey_tui.ui import StartRequest
from survey_tui.ui.app import SurveyApp
from survey_tui.ui.screen_context import ScreenContext

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SURVEY, STOP_AT = "xa_hoi_so", "b_eid"
VISIT = Visit(commune="32059", area="32059-01", household="12", surveyor="CM012")
ANSWERS = {"hh_size": "3", "p_age": "38", "age": "38", "sel_line": "1"}
NOW = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def main(target: Path) -> None:
    """Interview at 80×24 and at 40×20, and Home."""
    with tempfile.TemporaryDirectory() as home:
        context = CommandContext({"SURVEY_TUI_HOME": home, "SURVEY_TUI_LANGUAGE": "vi"})
        draft = _make_draft(context)
        for name, size, start in (
            ("interview", (80, 24), StartRequest(resume=draft)),
            ("interview-small", (40, 20), StartRequest(resume=draft)),
            ("home", (80, 24), None),
        ):
            svg = asyncio.run(_draw(context, size, start))
            # Textual's fonts would be loaded from a network; any monospaced font is good enough.
            svg = re.sub(r"<!--.*?-->\s*|@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).replace(
                "Fira Code", "monospace"
            )
            (target / f"{name}.svg").write_text(svg, encoding="utf-8")
        context.close()


def _make_draft(context: CommandContext) -> str:
    """A draft up to :data:`STOP_AT`, answered from :data:`ANSWERS` or by the first choice."""
    fieldwork = InterviewService(context.store(), "screenshot", lambda: NOW)
    session = fieldwork.begin(context.form(SURVEY, VISIT.commune), VISIT, "vi")
    while session.step.kind != "end" and not session.step.path.endswith(STOP_AT):
        if session.step.kind == "question":
            _answer(session)
        session.next(NOW)
    fieldwork.update_progress(session)
    return session.started.response_id


def _answer(session: Session) -> None:
    for path in session.screen(session.step.path):
        view = session.question(path)
        if view.text or view.read_only or view.type == "note":
            continue
        session.answer(path, ANSWERS.get(view.name) or (view.choices[0].name if view.choices else "1"), NOW)


async def _draw(context: CommandContext, size: tuple[int, int], start: StartRequest | None) -> str:
    screen_context = ScreenContext(
        context.home, context.catalogue, context.places, context.store(), Settings(), lambda: NOW
    )
    app = SurveyApp(screen_context, screen_context.start(start) if start is not None else None)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if start is not None:
            await pilot.press("2")
        await pilot.pause()
        return app.export_screenshot(title="survey-tui")


main(Path(sys.argv[1]) if sys.argv[1:] else IMAGES)
