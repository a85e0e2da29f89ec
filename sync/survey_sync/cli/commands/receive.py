"""``survey-sync receive``: receive bundles and attachments from USB drives."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import click

from survey_sync.cli.commands.bundle import APPLIED, write_receipt_counts
from survey_sync.cli.report_text import ProgressReport
from survey_sync.cli.resources import SyncCommand, open_shared_store
from survey_sync.client.bundles.attachments import ATTACHMENT_SUFFIX
from survey_sync.client.bundles.file_format import BundleHeader, read_header
from survey_sync.client.bundles.incoming import receive_attachments, receive_bundle
from survey_sync.client.bundles.outgoing import BUNDLE_SUFFIX, apply_receipts
from survey_sync.client.bundles.provenance import KnownDevice
from survey_sync.client.device_keys import fingerprint
from survey_sync.client.sync_home import SyncHome
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.store import ResponseStore

Record: TypeAlias = dict[str, object]

_STATUSES = ("stored", "present", "conflict", "refused", "withdrawn")
_RESULTS = ("stored", "present", "waits", "refused", "withdrawn")


@click.command(cls=SyncCommand)
@click.argument("paths", metavar="FILE…", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--accept", metavar="FINGERPRINT", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def receive(context: CommandContext, paths: tuple[Path, ...], accept: str, as_json: bool) -> int:
    """Receive bundles and, on a device, files of receipts; a faulty one does not stop the others."""
    every = list(_expand_directories(paths))
    attachments = [path for path in every if path.suffix == ATTACHMENT_SUFFIX]
    records: list[Record] = []
    with open_shared_store(context) as store:
        receiver = _Receiver(context, store, accept, silent=as_json)
        for path in every:
            if path not in attachments:
                records.append(receiver.bundle(path))
                _write_record(context, records[-1], silent=as_json)
        for record in receiver.attachments(attachments) if attachments else ():
            records.append(record)
            _write_record(context, record, silent=as_json)
    if as_json:
        write_json(records)
    for failure in receiver.errors:
        context.diagnostics.error(failure)
    return receiver.errors[0].exit_code if receiver.errors else ExitCode.OK


def _expand_directories(paths: Iterable[Path]) -> Iterator[Path]:
    """Files in the order given; of a directory, its bundles and attachments."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob(f"*{BUNDLE_SUFFIX}"))
            yield from sorted(path.glob(f"*{ATTACHMENT_SUFFIX}"))
        else:
            yield path


class _Receiver:
    """Receives files and describes each in a record for people and scripts; ``errors``: of faulty files."""

    def __init__(self, context: CommandContext, store: ResponseStore, accept: str, *, silent: bool) -> None:
        self.errors: list[SurveyError] = []
        self._context = context
        self._sync_home = SyncHome(context.home)
        self._store = store
        self._accept = accept
        self._silent = silent
        self._me = platform.node() or "coordinator"

    def bundle(self, path: Path) -> Record:
        """Receive a bundle, or apply a file of receipts."""
        try:
            if read_header(path).kind != "receipts":
                return self._responses(path)
            applied = apply_receipts(self._sync_home, self._store, path)
        except SurveyError as error:
            return self._add_error(path, error)
        counts = {name: getattr(applied, name) for name in APPLIED}
        return {"what": "receipts_taken", "file": str(path), **counts}

    def attachments(self, paths: Sequence[Path]) -> list[Record]:
        """Receive attachments; a record for each device, and for each faulty file."""
        faulty: list[Record] = []
        counts: dict[tuple[str, str], dict[str, int]] = {}
        try:
            for found in receive_attachments(self._sync_home, self._store, paths, self._me, self._accept):
                if found.error is not None:
                    faulty.append(self._add_error(found.path, found.error))
                    continue
                here = counts.setdefault((found.device, found.fingerprint), dict.fromkeys(_RESULTS, 0))
                here[found.result] += 1
        except SurveyError as error:
            self.errors.append(error)
        return faulty + [
            {"what": "files_received", "name": name, "fingerprint": mark, **here}
            for (name, mark), here in counts.items()
        ]

    def _responses(self, path: Path) -> Record:
        progress = ProgressReport(self._context.words, silent=self._silent)
        try:
            found = receive_bundle(
                self._sync_home, self._store, path, self._me, self._accept, progress.show_received
            )
        finally:
            progress.close()
        header = found.header
        self._note_device(header, found.before)
        counts = {name: found.counts.get(name, 0) for name in _STATUSES}
        withdrawals = found.withdrawals
        counts["refused"] -= withdrawals.foreign
        counts["withdrawn"] -= withdrawals.done
        return {
            "what": "bundle_received",
            "file": str(path),
            "device": header.device,
            "name": header.name,
            "surveyor": header.surveyor,
            **counts,
            "withdrawals": withdrawals.every,
            "withdrawals_done": withdrawals.done,
            "withdrawals_foreign": withdrawals.foreign,
            "fingerprint": fingerprint(header.key),
            "receipts": str(found.receipts),
        }

    def _note_device(self, header: BundleHeader, before: KnownDevice | None) -> None:
        name = header.name or header.device
        note = self._context.diagnostics.note
        if before is None:
            note("sync.device_new", name=name, fingerprint=fingerprint(header.key))
        elif before.surveyor != header.surveyor:
            then, now = before.surveyor or "–", header.surveyor or "–"
            note("sync.device_other_surveyor", name=name, before=then, surveyor=now)

    def _add_error(self, path: Path, error: SurveyError) -> Record:
        self.errors.append(error)
        return {"file": str(path), "error": error.code}


def _write_record(context: CommandContext, record: Record, *, silent: bool) -> None:
    if silent or "error" in record:
        return
    if record["what"] == "receipts_taken":
        write_receipt_counts(context, record)
        return
    shown = {**record, "surveyor": record.get("surveyor") or "–"}
    write_line(context.words(f"sync.{record['what']}", **shown))
    if record.get("withdrawals"):
        write_line(context.words("sync.withdrawals_received", **record))
        every, done, foreign = (int(str(record[f"withdrawals{part}"])) for part in ("", "_done", "_foreign"))
        if every > done + foreign:
            context.diagnostics.note("sync.withdrawals_wait", count=every - done - foreign)
    if record.get("withdrawals_foreign"):
        context.diagnostics.note(
            "sync.withdrawals_foreign", **{**record, "count": record["withdrawals_foreign"]}
        )
    if record["what"] == "files_received" and record["refused"]:
        context.diagnostics.note("sync.files_foreign", **record)
