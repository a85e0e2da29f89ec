"""``survey-sync bundle``, ``key`` and ``trust``: what goes onto a stick, and whose word counts."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_sync.cli.resources import SyncCommand, open_beside
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload_report import format_size
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.store.queries import with_status

if TYPE_CHECKING:
    from survey_sync.client.bundles.outgoing import BundleSender


_FILE = click.Path(path_type=Path)
TAKEN = ("received", "refused", "erased", "files", "withdrawn")


@click.command(cls=SyncCommand)
@click.option("--to", "target", metavar="DIR", type=_FILE)
@click.option("--receipts", metavar="FILE", type=_FILE, multiple=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def bundle(program: CommandContext, target: Path | None, receipts: tuple[Path, ...], as_json: bool) -> int:
    """Take the receipts that lie on the stick, then write what still waits onto it."""
    from survey_sync.client.bundles.outgoing import WrittenBundle, apply_receipts, write_pending

    if target is None and not receipts:
        from survey_tui.errors import UsageError

        raise UsageError("cli_missing", what="'--to'", command="survey-sync bundle")
    folder = SyncHome(program.home)
    taken = dict.fromkeys(TAKEN, 0)
    written = WrittenBundle(None)
    trouble: list[SurveyError] = []
    with open_beside(program) as store:
        for path in (*receipts, *(_receipts_for(program, target) if target else ())):
            try:
                found = apply_receipts(folder, store, path)
            except SurveyError as error:
                trouble.append(error)
                continue
            for name in taken:
                taken[name] += getattr(found, name)
        if target:
            me = _bundler(program, folder)
            written = write_pending(folder, store, target, me)
            if not me.surveyor and any(not each.username for each in store.search(with_status("sent"))):
                program.diagnostics.note("sync.bundle_nameless")
    facts = {
        **{
            f"{name}_here" if name in {"files", "withdrawn"} else name: count for name, count in taken.items()
        },
        "file": str(written.path or ""),
        "responses": written.responses,
        "withdrawals": written.withdrawals,
        "bytes": written.size,
        "files": written.files,
    }
    if written.too_large:
        program.diagnostics.note("sync.files_too_large", count=written.too_large)
    if as_json:
        write_json(facts)
    else:
        _tell_bundle(program, facts, wanted=target is not None)
    for failure in trouble:
        program.diagnostics.error(failure)
    return trouble[0].exit_code if trouble else ExitCode.OK


def _receipts_for(program: CommandContext, target: Path) -> Iterable[Path]:
    """Receipt files on the stick that are addressed to this device."""
    from survey_sync.client.bundles.file_format import read_header
    from survey_sync.client.bundles.outgoing import RECEIPTS_SUFFIX

    for path in sorted(target.glob(f"*{RECEIPTS_SUFFIX}")):
        try:
            if read_header(path).receiver == program.device_id:
                yield path
        except SurveyError:
            yield path  # whoever takes it says what is wrong with it


def _bundler(program: CommandContext, folder: SyncHome) -> BundleSender:
    """Whose device this is: as it was enrolled, else as its surveyor has set it."""
    from survey_sync.client import credentials
    from survey_sync.client.bundles.outgoing import BundleSender
    from survey_sync.client.errors import EnrolmentError
    from survey_tui.application.settings import load_settings

    try:
        surveyor = credentials.load(folder).surveyor
    except EnrolmentError:
        surveyor = ""
    surveyor = surveyor or load_settings(program.home).surveyor
    return BundleSender(program.device_id, platform.node(), surveyor)


def tell_taken(program: CommandContext, facts: Mapping[str, object]) -> None:
    """What receipt files did; ``facts`` by the names of :data:`TAKEN`."""
    words = program.words
    if facts["received"] or facts["refused"] or facts["erased"]:
        write_line(words("sync.receipts_taken", **facts))
    if facts["files"]:
        write_line(words("sync.files_arrived", count=facts["files"]))
    if facts["withdrawn"]:
        write_line(words("sync.withdrawn_here", count=facts["withdrawn"]))


def _tell_bundle(program: CommandContext, facts: dict[str, object], *, wanted: bool) -> None:
    words = program.words
    tell_taken(program, {**facts, "files": facts["files_here"], "withdrawn": facts["withdrawn_here"]})
    if wanted and facts["responses"]:
        write_line(words("sync.bundled", **{**facts, "bytes": format_size(float(str(facts["bytes"])))}))
    if wanted and facts["withdrawals"]:
        write_line(words("sync.withdrawals_bundled", count=facts["withdrawals"]))
    if wanted and facts["files"]:
        write_line(words("sync.files_bundled", count=facts["files"]))
    elif wanted and not facts["file"]:
        write_line(words("sync.bundle_empty"))


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def key(program: CommandContext, as_json: bool) -> None:
    """The public key of this device, and what to read out over the telephone."""
    from survey_sync.client.device_keys import SigningKey, fingerprint

    public = SigningKey(SyncHome(program.home)).public
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
def trust(program: CommandContext, name: str, public: str) -> None:
    """Receipts and packages signed with this key count from now on."""
    from survey_sync.client.device_keys import fingerprint, parse_public_key
    from survey_sync.client.device_keys import trust as trust_key

    folder = SyncHome(program.home)
    folder.prepare()
    trust_key(folder, name, public)
    write_line(program.words("sync.trusted", name=name, fingerprint=fingerprint(parse_public_key(public))))
