"""``survey-tui store``: look after the journal on this device."""

from __future__ import annotations

import click
import msgspec

from survey_tui.cli.output import write_json, write_line
from survey_tui.cli.program import Program
from survey_tui.cli.words import LazyGroup, WordedCommand, shared_options
from survey_tui.errors import ExitCode
from survey_tui.store import StoreFinding, check_store, repair_store

__all__ = ["store"]


@click.group(cls=LazyGroup)
@shared_options
def store() -> None:
    """The commands that read and mend the store's files."""


@store.command("check", cls=WordedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(program: Program, as_json: bool) -> int:
    """Name every finding; ``ExitCode.STORE`` when one of them is an error."""
    findings = check_store(program.home)
    if as_json:
        write_json([_facts(program, finding) for finding in findings])
    else:
        _tell(program, findings)
    return ExitCode.STORE if any(finding.severity == "error" for finding in findings) else ExitCode.OK


@store.command("repair", cls=WordedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def repair(program: Program, as_json: bool) -> None:
    """Set damaged lines aside and say where."""
    report = repair_store(program.home)
    aside = [str(path) for path in report.quarantined]
    if as_json:
        facts = [_facts(program, finding) for finding in report.findings]
        counts = {"doubtful": report.doubtful, "responses": report.responses}
        write_json({"findings": facts, "quarantined": aside, **counts})
        return
    _tell(program, report.findings)
    write_line(program.words("cli.store_repaired", count=report.responses))
    for response_id in report.doubtful:
        write_line(program.words("cli.store_doubtful", id=response_id))
    for path in aside:
        write_line(program.words("cli.store_set_aside", path=path))


def _tell(program: Program, findings: list[StoreFinding] | tuple[StoreFinding, ...]) -> None:
    if not findings:
        write_line(program.words("cli.store_sound"))
    for finding in findings:
        severity = program.words(f"cli.severity_{finding.severity}")
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        write_line(f"{severity} {place}: {finding.what(program.words)} {finding.remedy(program.words)}")


def _facts(program: Program, finding: StoreFinding) -> dict[str, object]:
    facts: dict[str, object] = msgspec.to_builtins(finding)
    return facts | {"what": finding.what(program.words), "remedy": finding.remedy(program.words)}
