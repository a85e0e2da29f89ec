"""``survey-tui plugins new``, ``check`` and ``pack``: for those who write a plugin."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_tui.application.context import Program
from survey_tui.console.commands import WordedCommand, shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, PluginError, UsageError

if TYPE_CHECKING:
    from survey_tui.plugins.kit.report import Report

__all__ = ["check", "new", "pack"]

_STEP = 50  # interviews between two signs of life


@click.command("new", cls=WordedCommand)
@click.argument("name")
@click.option("--province", metavar="NAME", required=True)
@click.option("--legacy", is_flag=True)
@click.option("--python", is_flag=True)
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path())
@shared_options
@click.pass_obj
def new(program: Program, /, name: str, province: str, into: Path, **kind: bool) -> None:
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
def check(program: Program, path: Path, interviews: int, as_json: bool) -> int:
    """Everything that is wrong; ``ExitCode.BAD_FORM`` when one thing is an error."""
    import tempfile

    from survey_tui.plugins.kit.report import examine

    if not path.exists():
        raise UsageError("cli_no_path", path=path)
    with tempfile.TemporaryDirectory(prefix="survey-tui-") as home:
        report = examine(path, Path(home), interviews, _progress(program))
    if as_json:
        write_json(_facts(program, report))
    else:
        _tell(program, report)
    return ExitCode.BAD_FORM if report.errors else ExitCode.OK


def _progress(program: Program) -> Callable[[int, int], None] | None:
    """One line that counts, where somebody can see it."""
    if not sys.stderr.isatty():
        return None

    def show(held: int, interviews: int) -> None:
        if held % _STEP == 0 or held == interviews:
            text = program.words("kit.progress", held=held, interviews=interviews)
            program.diagnostics.progress(text, last=held == interviews)

    return show


def _sentences(program: Program, report: Report) -> list[str]:
    from survey_tui.authoring.remarks import sentence
    from survey_tui.forms.check.words import describe

    return [
        *(program.words("cli.error", message=program.words.error(each)) for each in report.failures),
        *(describe(finding, program.words) for finding in report.findings),
        *(sentence(remark, program.words) for remark in report.remarks),
    ]


def _tell(program: Program, report: Report) -> None:
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


def _facts(program: Program, report: Report) -> dict[str, object]:
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
def pack(program: Program, path: Path, into: Path) -> None:
    """Write ``NAME-VERSION.zip`` of a declarative plugin, as ``plugins install`` takes it."""
    from survey_tui.plugins.archives import write_zip
    from survey_tui.plugins.installation import digest, inspect
    from survey_tui.plugins.state import State

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
