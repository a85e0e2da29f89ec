"""``survey-tui store``: look after the journal on this device."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from survey_tui.application.settings import load_settings, save_settings
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, WordedCommand, shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, StoreError
from survey_tui.store import StoreFinding, check_store, is_locked, repair_store


@click.group(cls=LazyGroup)
@shared_options
def store() -> None:
    """The commands that read and mend the store's files."""


@store.command("check", cls=WordedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(program: CommandContext, as_json: bool) -> int:
    """Name every finding; ``ExitCode.STORE`` when one of them is an error."""
    findings = check_store(program.home, program.keys)
    if as_json:
        write_json([_facts(program, finding) for finding in findings])
    else:
        _tell(program, findings)
        if not is_locked(program.home):
            program.diagnostics.note("store.not_encrypted")
            program.diagnostics.note("store.not_encrypted_remedy")
    return ExitCode.STORE if any(finding.severity == "error" for finding in findings) else ExitCode.OK


@store.command("repair", cls=WordedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def repair(program: CommandContext, as_json: bool) -> None:
    """Set damaged lines aside and say where."""
    report = repair_store(program.home, program.keys)
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


@store.command("backup", cls=WordedCommand)
@click.option("--to", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--remember", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def backup(program: CommandContext, to: Path | None, remember: bool, as_json: bool) -> None:
    """Bring the backup up to date; ``remember`` makes it automatic."""
    from survey_tui.store.backup import same_disk
    from survey_tui.store.backup_worker import back_up_home

    directory = to.expanduser().resolve() if to is not None else program.backup_dir
    if directory is None:
        raise StoreError("store_no_backup_place")
    report = back_up_home(program.home, directory)
    if remember:
        settings = load_settings(program.home)
        save_settings(program.home, msgspec.structs.replace(settings, backup_dir=str(directory)))
    close = same_disk(program.home, directory)
    if as_json:
        write_json({**msgspec.to_builtins(report, enc_hook=str), "same_disk": close})
        return
    done = "cli.store_backed_up" if report.written else "cli.store_backup_current"
    write_line(program.words(done, path=report.path, written=report.written))
    if report.kept is not None:
        write_line(program.words("cli.store_backup_kept", path=report.kept))
    if close:
        program.diagnostics.note("cli.store_backup_same_disk")
    if remember:
        program.diagnostics.note("cli.store_backup_remembered", path=directory)


@store.command("restore", cls=WordedCommand)
@click.argument("backup", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def restore(program: CommandContext, backup: Path, as_json: bool) -> None:
    """Put a backup in the place of the store, which is kept."""
    from survey_tui.store.backup import restore_store

    report = restore_store(program.home, backup)
    if as_json:
        write_json(msgspec.to_builtins(report, enc_hook=str))
        return
    write_line(program.words("cli.store_restored", written=report.written))
    if report.left_out:
        write_line(program.words("cli.store_restore_left_out", count=report.left_out))
    if report.kept is not None:
        write_line(program.words("cli.store_restore_kept", path=report.kept))


def _tell(program: CommandContext, findings: list[StoreFinding] | tuple[StoreFinding, ...]) -> None:
    if not findings:
        write_line(program.words("cli.store_sound"))
    for finding in findings:
        severity = program.words(f"cli.severity_{finding.severity}")
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        write_line(f"{severity} {place}: {finding.what(program.words)} {finding.remedy(program.words)}")


def _facts(program: CommandContext, finding: StoreFinding) -> dict[str, object]:
    facts: dict[str, object] = msgspec.to_builtins(finding)
    return facts | {"what": finding.what(program.words), "remedy": finding.remedy(program.words)}
