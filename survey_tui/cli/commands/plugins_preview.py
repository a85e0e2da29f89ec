"""``survey-tui plugins preview``: the plugin's questions as a surveyor sees them, again after each change."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from survey_tui.application.context import Program
from survey_tui.authoring.preview import Preview
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.console.output import flush, write_line
from survey_tui.errors import ExitCode, SurveyError, UsageError
from survey_tui.interview.events import Event, Started
from survey_tui.plugins.kit.watching import INTERVAL, Snapshot, snapshot

__all__ = ["preview"]

_PATIENCE = 5.0  # seconds for the program on the screen to close


@click.command("preview", cls=WordedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--commune", metavar="CODE", default="")
@click.option("--survey", metavar="ID", default="")
@click.option("--plain", is_flag=True)
@click.option("--once", is_flag=True)
@shared_options
@click.pass_obj
def preview(program: Program, /, path: Path, commune: str, survey: str, **how: bool) -> int:
    """Show, and show again whenever a file of the plugin is saved, until the person leaves."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    code = program.places.commune(commune).code if commune else ""
    once = how["once"]
    plain = how["plain"] or once or not (sys.stdin.isatty() and sys.stdout.isatty())
    answers: list[Event] = []
    while True:
        with tempfile.TemporaryDirectory(prefix="survey-tui-") as home:
            look = Preview(path.absolute(), Path(home), survey, code, program.language)
            before = snapshot(look.files)
            usable = _told(program, look)
            if once:
                if usable:
                    _read_out(program, look)
                return ExitCode.OK if usable else ExitCode.BAD_FORM
            if usable and not plain:
                status = _on_screen(program, look, before, answers)
                if status is not None:
                    return status
            else:
                if usable:
                    _read_out(program, look)
                program.diagnostics.note("kit.waiting", path=path)
                _wait(look, before)


def _told(program: Program, look: Preview) -> bool:
    """Say what is wrong; whether there is a form to show."""
    from survey_tui.forms.check.words import describe

    try:
        look.open()
    except SurveyError as error:
        program.diagnostics.error(error)
        return False
    for finding in look.findings:
        program.diagnostics.text(describe(finding, program.words))
    for failure in look.failures:
        program.diagnostics.warning(failure)
    return look.usable


def _read_out(program: Program, look: Preview) -> None:
    """The questions one after the other, then those that a plain respondent is not asked."""
    from survey_tui.cli.asking.wording import question_lines

    for view, progress in look.questions():
        for line in question_lines(view, progress, program.words):
            write_line(line)
    for name, relevant in look.skipped():
        write_line()
        write_line(program.words("kit.skipped", name=name, relevant=relevant))
    flush()


def _on_screen(program: Program, look: Preview, before: Snapshot, answers: list[Event]) -> int | None:
    """The real program; its status when it is left, ``None`` when a file was saved meanwhile.

    ``answers`` is the interview so far, so that the next look stands where this one did; empty for one that
    begins at the plugin's first question.
    """
    events = answers or look.until_first()
    command = _prepared(program, look, events)
    child = subprocess.Popen(command, env={**os.environ, **look.environment()})
    try:
        while True:
            try:
                return child.wait(INTERVAL)
            except subprocess.TimeoutExpired:
                if snapshot(look.files) != before:
                    return None
    finally:
        _close(child)
        answers[:] = _left(look)


def _close(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _prepared(program: Program, look: Preview, events: Sequence[Event]) -> list[str]:
    """A draft with these events, and the command that opens it."""
    from survey_tui.store import ResponseStore

    started = events[0]
    assert isinstance(started, Started)
    with ResponseStore.open(look.home) as store:
        started = replace(started, response_id=store.new_id())
        store.begin(started, title=look.survey)
        for event in events[1:]:
            store.record(started.response_id, event, durable=False)
    command = [sys.executable, "-m", "survey_tui", "start", look.survey]
    draft = ["--response", started.response_id, "--home", str(look.home)]
    return [*command, *draft, "--language", program.language]


def _left(look: Preview) -> list[Event]:
    """The draft as it was left; nothing when it was finished or thrown away."""
    from survey_tui.store import ResponseStore

    with ResponseStore.open(look.home) as store:
        drafts = [one for one in store.summaries() if one.status == "draft"]
        return list(store.events(drafts[0].id)) if drafts else []


def _wait(look: Preview, before: Snapshot) -> None:
    while snapshot(look.files) == before:
        time.sleep(INTERVAL)
