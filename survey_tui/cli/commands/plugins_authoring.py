"""``survey-tui plugins new``, ``check``, ``pack``, ``preview``: commands of plugin authors."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from survey_tui.authoring.plugin_report import check_plugin
from survey_tui.authoring.preview import INTERVAL, Preview, Snapshot, snapshot
from survey_tui.authoring.remarks import describe_remark
from survey_tui.authoring.scaffold import create_plugin, find_place
from survey_tui.cli.plain.wording import question_lines
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LocalizedCommand, shared_options
from survey_tui.console.output import flush, write_json, write_line
from survey_tui.errors import ExitCode, PluginError, SurveyError, UsageError
from survey_tui.forms.check import format_finding
from survey_tui.interview.events import Event, Started
from survey_tui.plugins.archives import write_zip
from survey_tui.plugins.form_files import installed_readers
from survey_tui.plugins.installation import archive_digest, inspect_archive
from survey_tui.plugins.plugin_state import PluginState
from survey_tui.store import ResponseStore

if TYPE_CHECKING:
    from survey_tui.authoring.plugin_report import PluginReport


_PROGRESS_STEP = 50  # interviews


@click.command("new", cls=LocalizedCommand)
@click.argument("name")
@click.option("--province", metavar="NAME", required=True)
@click.option("--legacy", is_flag=True)
@click.option("--python", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path())
@shared_options
@click.pass_obj
def new(context: CommandContext, /, name: str, province: str, into: Path, **kind: bool) -> None:
    """Write a small, complete plugin to a new folder."""
    place = find_place(province, legacy=kind["legacy"])
    root = create_plugin(name, place, into, python=kind["python"])
    for path in sorted(root.rglob("*")):
        if path.is_file():
            write_line(str(path))
    key = "kit.begun_legacy" if place.legacy else "kit.begun"
    context.diagnostics.note(key, path=root, place=place.name)


@click.command("check", cls=LocalizedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--interviews", type=click.IntRange(0, 100_000), default=1_000)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(context: CommandContext, path: Path, interviews: int, as_json: bool) -> int:
    """Report every finding; ``ExitCode.BAD_FORM`` if one is an error."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    with tempfile.TemporaryDirectory(prefix="survey-tui-") as home:
        readers = partial(installed_readers, context.home)
        report = check_plugin(path, Path(home), interviews, _progress_line(context), readers)
    if as_json:
        write_json(_report_json(context, report))
    else:
        _print_report(context, report)
    return ExitCode.BAD_FORM if report.error_count else ExitCode.OK


def _progress_line(context: CommandContext) -> Callable[[int, int], None] | None:
    """A progress report on standard error; ``None`` if that is not a terminal."""
    if not sys.stderr.isatty():
        return None

    def show(finished: int, interviews: int) -> None:
        if finished % _PROGRESS_STEP == 0 or finished == interviews:
            text = context.words("kit.progress", held=finished, interviews=interviews)
            context.diagnostics.progress(text, last=finished == interviews)

    return show


def _report_lines(context: CommandContext, report: PluginReport) -> list[str]:

    return [
        *(context.words("cli.error", message=context.words.error(each)) for each in report.failures),
        *(format_finding(finding, context.words) for finding in report.findings),
        *(describe_remark(remark, context.words) for remark in report.remarks),
    ]


def _print_report(context: CommandContext, report: PluginReport) -> None:
    words = context.words
    surveys = ", ".join(dict.fromkeys(survey for survey, _ in report.places)) or "–"
    write_line(
        words(
            "kit.about", name=report.name, version=report.version, communes=report.communes, surveys=surveys
        )
    )
    for line in _report_lines(context, report):
        write_line(line)
    if report.visits:
        write_line(words("kit.visits", count=len(report.visits)))
    if report.interviews:
        write_line(words("kit.asked", interviews=report.interviews))
        for name, count in report.asked.items():
            write_line(f"  {count:>6}  {name}")
    key = "kit.not_ready" if report.error_count else "kit.ready"
    context.diagnostics.note(key, errors=report.error_count, warnings=report.warning_count)


def _report_json(context: CommandContext, report: PluginReport) -> dict[str, object]:
    return {
        "name": report.name,
        "version": report.version,
        "communes": report.communes,
        "surveys": list(dict.fromkeys(survey for survey, _ in report.places)),
        "errors": report.error_count,
        "warnings": report.warning_count,
        "messages": _report_lines(context, report),
        "visits": list(report.visits),
        "interviews": report.interviews,
        "asked": report.asked,
    }


@click.command("pack", cls=LocalizedCommand)
@click.argument("path", type=click.Path(path_type=Path, exists=False))
@click.argument("into", type=click.Path(path_type=Path), default=Path())
@shared_options
@click.pass_obj
def pack(context: CommandContext, path: Path, into: Path) -> None:
    """Write ``NAME-VERSION.zip`` of a declarative plugin, for ``plugins install``."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    archive = inspect_archive(path, PluginState())
    target = into / f"{archive.name}-{archive.version}.zip"
    contents = {f"{archive.name}/{name}": content for name, content in archive.contents.items()}
    try:
        into.mkdir(parents=True, exist_ok=True)
        write_zip(contents, target)
    except OSError as error:
        raise PluginError("plugin_write", path=str(target), reason=error.strerror or str(error)) from error
    write_line(str(target))
    context.diagnostics.note(
        "plugins.parcel_digest", digest=archive_digest(archive.contents), count=len(contents)
    )


_CLOSE_SECONDS = 5.0


@click.command("preview", cls=LocalizedCommand)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--commune", metavar="CODE", default="")
@click.option("--survey", metavar="ID", default="")
@click.option("--plain", is_flag=True)
@click.option("--once", is_flag=True)
@shared_options
@click.pass_obj
def preview(context: CommandContext, /, path: Path, commune: str, survey: str, **how: bool) -> int:
    """Show the plugin's questions, and again whenever its files change, until interrupted."""
    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    code = context.places.commune(commune).code if commune else ""
    once = how["once"]
    plain = how["plain"] or once or not (sys.stdin.isatty() and sys.stdout.isatty())
    answers: list[Event] = []
    while True:
        with tempfile.TemporaryDirectory(prefix="survey-tui-") as home:
            preview_run = Preview(path.absolute(), Path(home), survey, code, context.language)
            before = snapshot(preview_run.files)
            usable = _report_problems(context, preview_run)
            if once:
                if usable:
                    _print_questions(context, preview_run)
                return ExitCode.OK if usable else ExitCode.BAD_FORM
            if usable and not plain:
                status = _run_program(context, preview_run, before, answers)
                if status is not None:
                    return status
            else:
                if usable:
                    _print_questions(context, preview_run)
                context.diagnostics.note("kit.waiting", path=path)
                _wait(preview_run, before)


def _report_problems(context: CommandContext, preview_run: Preview) -> bool:
    """Report findings and failures; true if there is a form to show."""
    try:
        preview_run.open()
    except SurveyError as error:
        context.diagnostics.error(error)
        return False
    for finding in preview_run.findings:
        context.diagnostics.text(format_finding(finding, context.words))
    for failure in preview_run.failures:
        context.diagnostics.warning(failure)
    return preview_run.usable


def _print_questions(context: CommandContext, preview_run: Preview) -> None:
    """Print the questions in order, then those that were skipped for the simulated respondent."""
    for view, progress in preview_run.questions():
        for line in question_lines(view, progress, context.words):
            write_line(line)
    for name, relevant in preview_run.skipped_questions():
        write_line()
        write_line(context.words("kit.skipped", name=name, relevant=relevant))
    flush()


def _run_program(
    context: CommandContext, preview_run: Preview, before: Snapshot, answers: list[Event]
) -> int | None:
    """Run the program; return its exit status, or ``None`` when a file has changed.

    ``answers`` are the events of the interview so far: the preview resumes there, or begins at the plugin's
    first question.
    """
    events = answers or preview_run.events_before_first_question()
    command = _prepare_draft(context, preview_run, events)
    child = subprocess.Popen(command, env={**os.environ, **preview_run.environment()})
    try:
        while True:
            try:
                return child.wait(INTERVAL)
            except subprocess.TimeoutExpired:
                if snapshot(preview_run.files) != before:
                    return None
    finally:
        _close(child)
        answers[:] = _remaining_draft(preview_run)


def _close(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _prepare_draft(context: CommandContext, preview_run: Preview, events: Sequence[Event]) -> list[str]:
    """Store a draft with these events; return the command that opens it."""
    started = events[0]
    assert isinstance(started, Started)
    with ResponseStore.open(preview_run.home) as store:
        started = replace(started, response_id=store.new_id())
        store.begin(started, title=preview_run.survey)
        for event in events[1:]:
            store.record(started.response_id, event, durable=False)
    command = [sys.executable, "-m", "survey_tui", "start", preview_run.survey]
    draft = ["--response", started.response_id, "--home", str(preview_run.home)]
    return [*command, *draft, "--language", context.language]


def _remaining_draft(preview_run: Preview) -> list[Event]:
    """Events of the draft; none if it was finalised or discarded."""
    with ResponseStore.open(preview_run.home) as store:
        drafts = [each for each in store.search() if each.status == "draft"]
        return list(store.events(drafts[0].id)) if drafts else []


def _wait(preview_run: Preview, before: Snapshot) -> None:
    while snapshot(preview_run.files) == before:
        time.sleep(INTERVAL)
