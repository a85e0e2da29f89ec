"""``survey-tui store``: check, repair, back up and restore the store of this device."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from survey_tui.application.settings import load_settings, save_settings
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import LazyGroup, LocalizedCommand, shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, StoreError
from survey_tui.store import StoreFinding, check_store, is_locked, repair_store
from survey_tui.store.backup import restore_store, same_disk
from survey_tui.store.backup_worker import back_up_home


@click.group(cls=LazyGroup)
@shared_options
def store() -> None:
    """Check, repair, back up and restore the store."""


@store.command("check", cls=LocalizedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(context: CommandContext, as_json: bool) -> int:
    """Report every finding; ``ExitCode.STORE`` if one is an error."""
    findings = check_store(context.home, context.keys)
    if as_json:
        write_json([_finding_json(context, finding) for finding in findings])
    else:
        _print_findings(context, findings)
        if not is_locked(context.home):
            context.diagnostics.note("store.not_encrypted")
            context.diagnostics.note("store.not_encrypted_remedy")
    return ExitCode.STORE if any(finding.severity == "error" for finding in findings) else ExitCode.OK


@store.command("repair", cls=LocalizedCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def repair(context: CommandContext, as_json: bool) -> None:
    """Move damaged lines to sibling files and report their paths."""
    report = repair_store(context.home, context.keys)
    aside = [str(path) for path in report.quarantined]
    if as_json:
        facts = [_finding_json(context, finding) for finding in report.findings]
        counts = {"doubtful": report.doubtful, "responses": report.responses}
        write_json({"findings": facts, "quarantined": aside, **counts})
        return
    _print_findings(context, report.findings)
    write_line(context.words("cli.store_repaired", count=report.responses))
    for response_id in report.doubtful:
        write_line(context.words("cli.store_doubtful", id=response_id))
    for path in aside:
        write_line(context.words("cli.store_set_aside", path=path))


@store.command("backup", cls=LocalizedCommand)
@click.option("--to", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--remember", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def backup(context: CommandContext, to: Path | None, remember: bool, as_json: bool) -> None:
    """Update the backup; ``remember`` makes later ones automatic."""
    directory = to.expanduser().resolve() if to is not None else context.backup_dir
    if directory is None:
        raise StoreError("store_no_backup_place")
    report = back_up_home(context.home, directory)
    if remember:
        settings = load_settings(context.home)
        save_settings(context.home, msgspec.structs.replace(settings, backup_dir=str(directory)))
    close = same_disk(context.home, directory)
    if as_json:
        write_json({**msgspec.to_builtins(report, enc_hook=str), "same_disk": close})
        return
    done = "cli.store_backed_up" if report.written else "cli.store_backup_current"
    write_line(context.words(done, path=report.path, written=report.written))
    if report.kept is not None:
        write_line(context.words("cli.store_backup_kept", path=report.kept))
    if close:
        context.diagnostics.note("cli.store_backup_same_disk")
    if remember:
        context.diagnostics.note("cli.store_backup_remembered", path=directory)


@store.command("restore", cls=LocalizedCommand)
@click.argument("backup", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def restore(context: CommandContext, backup: Path, as_json: bool) -> None:
    """Replace the store by a backup; the old journal is kept."""
    report = restore_store(context.home, backup)
    if as_json:
        write_json(msgspec.to_builtins(report, enc_hook=str))
        return
    write_line(context.words("cli.store_restored", written=report.written))
    if report.left_out:
        write_line(context.words("cli.store_restore_left_out", count=report.left_out))
    if report.kept is not None:
        write_line(context.words("cli.store_restore_kept", path=report.kept))


def _print_findings(context: CommandContext, findings: list[StoreFinding] | tuple[StoreFinding, ...]) -> None:
    if not findings:
        write_line(context.words("cli.store_sound"))
    for finding in findings:
        severity = context.words(f"cli.severity_{finding.severity}")
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        write_line(f"{severity} {place}: {finding.what(context.words)} {finding.remedy(context.words)}")


def _finding_json(context: CommandContext, finding: StoreFinding) -> dict[str, object]:
    facts: dict[str, object] = msgspec.to_builtins(finding)
    return facts | {"what": finding.what(context.words), "remedy": finding.remedy(context.words)}
