"""``survey-sync bundle``, ``key`` and ``trust``: bundles for USB drives, and keys that sign them."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from survey_sync.cli.resources import SyncCommand, open_shared_store
from survey_sync.client import credentials
from survey_sync.client.device_keys import SigningKey, fingerprint, parse_public_key
from survey_sync.client.device_keys import trust as trust_key
from survey_sync.client.errors import EnrolmentError
from survey_sync.client.sync_home import SyncHome
from survey_sync.client.upload_report import format_size
from survey_tui.application.settings import load_settings
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, SurveyError, UsageError
from survey_tui.store.queries import with_status

if TYPE_CHECKING:
    from survey_sync.client.bundles.outgoing import BundleSender

_FILE = click.Path(path_type=Path)
APPLIED = ("received", "refused", "erased", "files", "withdrawn")


@click.command(cls=SyncCommand)
@click.option("--to", "target", metavar="DIR", type=_FILE)
@click.option("--receipts", metavar="FILE", type=_FILE, multiple=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def bundle(context: CommandContext, target: Path | None, receipts: tuple[Path, ...], as_json: bool) -> int:
    """Apply the receipts on a USB drive, then write a bundle of the pending responses."""
    from survey_sync.client.bundles.outgoing import WrittenBundle, apply_receipts, write_pending

    if target is None and not receipts:
        raise UsageError("cli_missing", what="'--to'", command="survey-sync bundle")
    sync_home = SyncHome(context.home)
    applied = dict.fromkeys(APPLIED, 0)
    written = WrittenBundle(None)
    errors: list[SurveyError] = []
    with open_shared_store(context) as store:
        for path in (*receipts, *(_receipts_for(context, target) if target else ())):
            try:
                found = apply_receipts(sync_home, store, path)
            except SurveyError as error:
                errors.append(error)
                continue
            for name in applied:
                applied[name] += getattr(found, name)
        if target:
            me = _sender(context, sync_home)
            written = write_pending(sync_home, store, target, me)
            if not me.surveyor and any(not each.username for each in store.search(with_status("sent"))):
                context.diagnostics.note("sync.bundle_nameless")
    fields = {
        **{
            f"{name}_here" if name in {"files", "withdrawn"} else name: count
            for name, count in applied.items()
        },
        "file": str(written.path or ""),
        "responses": written.responses,
        "withdrawals": written.withdrawals,
        "bytes": written.size,
        "files": written.files,
    }
    if written.too_large:
        context.diagnostics.note("sync.files_too_large", count=written.too_large)
    if as_json:
        write_json(fields)
    else:
        _write_text(context, fields, wanted=target is not None)
    for each in errors:
        context.diagnostics.error(each)
    return errors[0].exit_code if errors else ExitCode.OK


def _receipts_for(context: CommandContext, target: Path) -> Iterable[Path]:
    """Files of receipts for this device on a USB drive."""
    from survey_sync.client.bundles.file_format import read_header
    from survey_sync.client.bundles.outgoing import RECEIPTS_SUFFIX

    for path in sorted(target.glob(f"*{RECEIPTS_SUFFIX}")):
        try:
            if read_header(path).receiver == context.device_id:
                yield path
        except SurveyError:
            yield path  # applying it reports the fault


def _sender(context: CommandContext, sync_home: SyncHome) -> BundleSender:
    """This device, with the surveyor of its enrolment or else of its settings."""
    from survey_sync.client.bundles.outgoing import BundleSender

    try:
        surveyor = credentials.load(sync_home).surveyor
    except EnrolmentError:
        surveyor = ""
    surveyor = surveyor or load_settings(context.home).surveyor
    return BundleSender(context.device_id, platform.node(), surveyor)


def write_receipt_counts(context: CommandContext, fields: Mapping[str, object]) -> None:
    """Write the effects of receipts, counted by the names of :data:`APPLIED`."""
    words = context.words
    if fields["received"] or fields["refused"] or fields["erased"]:
        write_line(words("sync.receipts_taken", **fields))
    if fields["files"]:
        write_line(words("sync.files_arrived", count=fields["files"]))
    if fields["withdrawn"]:
        write_line(words("sync.withdrawn_here", count=fields["withdrawn"]))


def _write_text(context: CommandContext, fields: dict[str, object], *, wanted: bool) -> None:
    words = context.words
    write_receipt_counts(
        context, {**fields, "files": fields["files_here"], "withdrawn": fields["withdrawn_here"]}
    )
    if wanted and fields["responses"]:
        write_line(words("sync.bundled", **{**fields, "bytes": format_size(float(str(fields["bytes"])))}))
    if wanted and fields["withdrawals"]:
        write_line(words("sync.withdrawals_bundled", count=fields["withdrawals"]))
    if wanted and fields["files"]:
        write_line(words("sync.files_bundled", count=fields["files"]))
    elif wanted and not fields["file"]:
        write_line(words("sync.bundle_empty"))


@click.command(cls=SyncCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def key(context: CommandContext, as_json: bool) -> None:
    """Write the public key of this device, and its fingerprint."""
    public = SigningKey(SyncHome(context.home)).public
    if as_json:
        write_json({"key": public, "fingerprint": fingerprint(public)})
    else:
        write_line(public)
        context.diagnostics.note("sync.fingerprint", fingerprint=fingerprint(public))


@click.command(cls=SyncCommand)
@click.argument("name", metavar="NAME")
@click.argument("public", metavar="KEY")
@shared_options
@click.pass_obj
def trust(context: CommandContext, name: str, public: str) -> None:
    """Trust a key for receipts and packages."""
    sync_home = SyncHome(context.home)
    sync_home.prepare()
    trust_key(sync_home, name, public)
    write_line(context.words("sync.trusted", name=name, fingerprint=fingerprint(parse_public_key(public))))
