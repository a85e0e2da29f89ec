"""``survey-tui plugins new``, ``check`` and ``pack``: for those who write a plugin.

``survey-tui plugins preview``: the plugin's questions as a surveyor sees them, again after each change."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from survey_tui.authoring.preview import INTERVAL, Preview, Snapshot, snapshot
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.console.output import flush, write_json, write_line
from survey_tui.errors import ExitCode, PluginError, SurveyError, UsageError
from survey_tui.interview.events import Event, Started

if TYPE_CHECKING:
    from survey_tui.authoring.plugin_report import Report


_STEP = 50  # interviews between two signs of life


@click.command("new", cls=WordedCommand)
@click.argument("name")
@click.option("--province", metavar="NAME", required=True)
@click.option("--legacy", is_flag=True)
@click.option("--python", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path())
@shared_options
@click.pass_obj
def new(program: CommandContext, /, name: str, province: str, into: Path, **kind: bool) -> None:
    """A complete small plugin in a new folder, ready to be changed."""
    from survey_tui.authoring.scaffold import begin, place_named

    place = place_named(province, legacy=kind["legacy"])
    root = begin(name, place, into, python=kind["python"])
    for path in sorted(root.rglob("*")):
        if path.is_file():
            write_line(str(path))
    key = "kit.begun_legacy" if place.legacy else "kit.begun"
    program.diagnostics.note(key, path=root, place=place.name)


@click.command("check", cls=WordedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--interviews", type=click.IntRange(0, 100_000), default=1_000)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(program: CommandContext, path: Path, interviews: int, as_json: bool) -> int:
    """Everything that is wrong; ``ExitCode.BAD_FORM`` when one thing is an error."""
    import tempfile

    from survey_tui.authoring.plugin_report import examine

    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    with tempfile.TemporaryDirectory(prefix="survey-tui-") as home:
        report = examine(path, Path(home), interviews, _progress(program))
    if as_json:
        write_json(_facts(program, report))
    else:
        _tell(program, report)
    return ExitCode.BAD_FORM if report.errors else ExitCode.OK


def _progress(program: CommandContext) -> Callable[[int, int], None] | None:
    """One line that counts, where somebody can see it."""
    if not sys.stderr.isatty():
        return None

    def show(held: int, interviews: int) -> None:
        if held % _STEP == 0 or held == interviews:
            text = program.words("kit.progress", held=held, interviews=interviews)
            program.diagnostics.progress(text, last=held == interviews)

    return show


def _sentences(program: CommandContext, report: Report) -> list[str]:
    from survey_tui.authoring.remarks import sentence
    from survey_tui.forms.check import describe

    return [
        *(program.words("cli.error", message=program.words.error(each)) for each in report.failures),
        *(describe(finding, program.words) for finding in report.findings),
        *(sentence(remark, program.words) for remark in report.remarks),
    ]


def _tell(program: CommandContext, report: Report) -> None:
    words = program.words
    surveys = ", ".join(dict.fromkeys(survey for survey, _ in report.places)) or "–"
    write_line(
        words(
            "kit.about", name=report.name, version=report.version, communes=report.communes, surveys=surveys
        )
    )
    for line in _sentences(program, report):
        write_line(line)
    if report.visits:
        write_line(words("kit.visits", count=len(report.visits)))
    if report.interviews:
        write_line(words("kit.asked", interviews=report.interviews))
        for name, count in report.asked.items():
            write_line(f"  {count:>6}  {name}")
    key = "kit.not_ready" if report.errors else "kit.ready"
    program.diagnostics.note(key, errors=report.errors, warnings=report.warnings)


def _facts(program: CommandContext, report: Report) -> dict[str, object]:
    return {
        "name": report.name,
        "version": report.version,
        "communes": report.communes,
        "surveys": list(dict.fromkeys(survey for survey, _ in report.places)),
        "errors": report.errors,
        "warnings": report.warnings,
        "messages": _sentences(program, report),
        "visits": list(report.visits),
        "interviews": report.interviews,
        "asked": report.asked,
    }


@click.command("pack", cls=WordedCommand)
@click.argument("path", type=click.Path(path_type=Path, exists=False))
@click.argument("into", type=click.Path(path_type=Path), default=Path())
@shared_options
@click.pass_obj
def pack(program: CommandContext, path: Path, into: Path) -> None:
    """Write ``NAME-VERSION.zip`` of a declarative plugin, as ``plugins install`` takes it."""
    from survey_tui.plugins.archives import write_zip
    from survey_tui.plugins.installation import digest, inspect
    from survey_tui.plugins.plugin_state import State

    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    parcel = inspect(path, State())
    target = into / f"{parcel.name}-{parcel.version}.zip"
    contents = {f"{parcel.name}/{name}": content for name, content in parcel.contents.items()}
    try:
        into.mkdir(parents=True, exist_ok=True)
        write_zip(contents, target)
    except OSError as error:
        raise PluginError("plugin_write", path=str(target), reason=error.strerror or str(error)) from error
    write_line(str(target))
    program.diagnostics.note("plugins.parcel_digest", digest=digest(parcel.contents), count=len(contents))


_PATIENCE = 5.0  # seconds for the program on the screen to close


@click.command("preview", cls=WordedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--commune", metavar="CODE", default="")
@click.option("--survey", metavar="ID", default="")
@click.option("--plain", is_flag=True)
@click.option("--once", is_flag=True)
@shared_options
@click.pass_obj
def preview(program: CommandContext, /, path: Path, commune: str, survey: str, **how: bool) -> int:
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


def _told(program: CommandContext, look: Preview) -> bool:
    """Say what is wrong; whether there is a form to show."""
    from survey_tui.forms.check import describe

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


def _read_out(program: CommandContext, look: Preview) -> None:
    """The questions one after the other, then those that a plain respondent is not asked."""
    from survey_tui.cli.plain.wording import question_lines

    for view, progress in look.questions():
        for line in question_lines(view, progress, program.words):
            write_line(line)
    for name, relevant in look.skipped():
        write_line()
        write_line(program.words("kit.skipped", name=name, relevant=relevant))
    flush()


def _on_screen(program: CommandContext, look: Preview, before: Snapshot, answers: list[Event]) -> int | None:
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


def _prepared(program: CommandContext, look: Preview, events: Sequence[Event]) -> list[str]:
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
