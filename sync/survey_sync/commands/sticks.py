"""``survey-sync bundle``, ``receive``, ``key`` and ``trust``: responses and receipts on a stick."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from pathlib import Path

import click

from survey_sync.client.folder import Folder
from survey_sync.commands.opening import open_beside
from survey_sync.commands.telling import size_in_words
from survey_sync.commands.words import SyncCommand
from survey_tui.cli.output import write_json, write_line
from survey_tui.cli.program import Program
from survey_tui.cli.words import shared_options
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.store import ResponseStore

__all__ = ["bundle", "key", "receive", "trust"]

_FILE = click.Path(path_type=Path)
_STATUSES = ("stored", "present", "conflict", "refused", "withdrawn")


@click.command(cls=SyncCommand)
@click.option("--to", "target", metavar="DIR", type=_FILE)
@click.option("--receipts", metavar="FILE", type=_FILE, multiple=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def bundle(program: Program, target: Path | None, receipts: tuple[Path, ...], as_json: bool) -> int:
    """Take the receipts that lie on the stick, then write what still waits onto it."""
    from survey_sync.client.bundles import take_receipts, write_waiting

    if target is None and not receipts:
        from survey_tui.errors import UsageError

        raise UsageError("cli_missing", what="'--to'", command="survey-sync bundle")
    folder = Folder(program.home)
    taken = {"received": 0, "refused": 0, "erased": 0}
    trouble: list[SurveyError] = []
    with open_beside(program) as store:
        for path in (*receipts, *(_receipts_for(program, target) if target else ())):
            try:
                found = take_receipts(folder, store, path)
            except SurveyError as error:
                trouble.append(error)
                continue
            for name in taken:
                taken[name] += getattr(found, name)
        written = write_waiting(folder, store, target, program.device_id, platform.node()) if target else None
    facts = {**taken, "file": str(written.path) if written and written.path else ""}
    facts |= {"responses": written.responses if written else 0, "bytes": written.size if written else 0}
    if as_json:
        write_json(facts)
    else:
        _tell_bundle(program, facts, wanted=target is not None)
    for failure in trouble:
        program.diagnostics.error(failure)
    return trouble[0].exit_code if trouble else ExitCode.OK


def _receipts_for(program: Program, target: Path) -> Iterable[Path]:
    """Receipt files on the stick that are addressed to this device."""
    from survey_sync.client.bundle_file import read_header
    from survey_sync.client.bundles import RECEIPTS_SUFFIX

    for path in sorted(target.glob(f"*{RECEIPTS_SUFFIX}")):
        try:
            if read_header(path).receiver == program.device_id:
                yield path
        except SurveyError:
            yield path  # whoever takes it says what is wrong with it


def _tell_bundle(program: Program, facts: dict[str, object], *, wanted: bool) -> None:
    words = program.words
    if facts["received"] or facts["refused"] or facts["erased"]:
        write_line(words("sync.receipts_taken", **facts))
    if wanted and facts["file"]:
        write_line(words("sync.bundled", **{**facts, "bytes": size_in_words(float(str(facts["bytes"])))}))
    elif wanted:
        write_line(words("sync.bundle_empty"))


@click.command(cls=SyncCommand)
@click.argument("paths", metavar="FILE…", type=_FILE, nargs=-1, required=True)
@click.option("--accept", metavar="FINGERPRINT", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def receive(program: Program, paths: tuple[Path, ...], accept: str, as_json: bool) -> int:
    """Take in bundles (and, on a device, receipt files); one that cannot be used does not stop the others."""
    folder = Folder(program.home)
    told: list[dict[str, object]] = []
    trouble: list[SurveyError] = []
    with open_beside(program) as store:
        for path in _spread(paths):
            try:
                told.append(_receive_one(folder, store, path, accept))
            except SurveyError as error:
                trouble.append(error)
                told.append({"file": str(path), "error": error.code})
            if not as_json and "error" not in told[-1]:
                write_line(program.words(f"sync.{told[-1]['what']}", **told[-1]))
    if as_json:
        write_json(told)
    for failure in trouble:
        program.diagnostics.error(failure)
    return trouble[0].exit_code if trouble else ExitCode.OK


def _spread(paths: Iterable[Path]) -> Iterable[Path]:
    """Files as named; of a directory, the bundles in it."""
    from survey_sync.client.bundles import BUNDLE_SUFFIX

    for path in paths:
        yield from sorted(path.glob(f"*{BUNDLE_SUFFIX}")) if path.is_dir() else [path]


def _receive_one(folder: Folder, store: ResponseStore, path: Path, accept: str) -> dict[str, object]:
    from survey_sync.client.bundle_file import read_header
    from survey_sync.client.bundles import take_receipts
    from survey_sync.client.reception import receive as take_in

    if read_header(path).kind == "receipts":
        taken = take_receipts(folder, store, path)
        facts = {"received": taken.received, "refused": taken.refused, "erased": taken.erased}
        return {"what": "receipts_taken", "file": str(path), **facts}
    found = take_in(folder, store, path, platform.node() or "coordinator", accept)
    counts = {status: found.counts.get(status, 0) for status in _STATUSES}
    return {
        "what": "bundle_received",
        "file": str(path),
        "device": found.device,
        "name": found.name,
        **counts,
        "receipts": str(found.receipts),
    }


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def key(program: Program, as_json: bool) -> None:
    """The public key of this device, and what to read out over the telephone."""
    from survey_sync.client.keys import SigningKey, fingerprint

    public = SigningKey(Folder(program.home)).public
    if as_json:
        write_json({"key": public, "fingerprint": fingerprint(public)})
    else:
        write_line(public)
        program.diagnostics.note("sync.fingerprint", fingerprint=fingerprint(public))


@click.command(cls=SyncCommand)
@click.argument("name", metavar="NAME")
@click.argument("public", metavar="KEY")
@shared_options
@click.pass_obj
def trust(program: Program, name: str, public: str) -> None:
    """Receipts and packages signed with this key count from now on."""
    from survey_sync.client.keys import fingerprint, public_key_in
    from survey_sync.client.keys import trust as trust_key

    folder = Folder(program.home)
    folder.prepare()
    trust_key(folder, name, public)
    write_line(program.words("sync.trusted", name=name, fingerprint=fingerprint(public_key_in(public))))
