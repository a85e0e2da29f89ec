"""``survey-sync receive``: sticks come in."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from survey_sync.cli.commands.bundle import TAKEN, tell_taken
from survey_sync.cli.report_text import ProgressBar
from survey_sync.cli.resources import SyncCommand, open_beside
from survey_sync.client.sync_home import SyncHome
from survey_tui.console.command_context import CommandContext
from survey_tui.console.commands import shared_options
from survey_tui.console.output import write_json, write_line
from survey_tui.errors import ExitCode, SurveyError
from survey_tui.store import ResponseStore

if TYPE_CHECKING:
    from survey_sync.client.bundles.file_format import BundleHeader
    from survey_sync.client.bundles.provenance import KnownDevice


Facts: TypeAlias = dict[str, object]

_STATUSES = ("stored", "present", "conflict", "refused", "withdrawn")
_FATES = ("stored", "present", "waits", "refused", "withdrawn")


@click.command(cls=SyncCommand)
@click.argument("paths", metavar="FILE…", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--accept", metavar="FINGERPRINT", default="")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def receive(program: CommandContext, paths: tuple[Path, ...], accept: str, as_json: bool) -> int:
    """Take in bundles (and, on a device, receipt files); one that cannot be used does not stop the others."""
    from survey_sync.client.bundles.attachments import ATTACHMENT_SUFFIX

    every = list(_spread(paths))
    attached = [path for path in every if path.suffix == ATTACHMENT_SUFFIX]
    told: list[Facts] = []
    with open_beside(program) as store:
        taking = _Taking(program, store, accept, silent=as_json)
        for path in every:
            if path not in attached:
                told.append(taking.bundle(path))
                _tell(program, told[-1], silent=as_json)
        for facts in taking.attachments(attached) if attached else ():
            told.append(facts)
            _tell(program, facts, silent=as_json)
    if as_json:
        write_json(told)
    for failure in taking.trouble:
        program.diagnostics.error(failure)
    return taking.trouble[0].exit_code if taking.trouble else ExitCode.OK


def _spread(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as named; of a directory, the bundles in it and the attachments beside them."""
    from survey_sync.client.bundles.attachments import ATTACHMENT_SUFFIX
    from survey_sync.client.bundles.outgoing import BUNDLE_SUFFIX

    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob(f"*{BUNDLE_SUFFIX}"))
            yield from sorted(path.glob(f"*{ATTACHMENT_SUFFIX}"))
        else:
            yield path


class _Taking:
    """What came in as facts for people and programs; ``trouble``: what could not be used."""

    def __init__(self, program: CommandContext, store: ResponseStore, accept: str, *, silent: bool) -> None:
        self.trouble: list[SurveyError] = []
        self._program = program
        self._folder = SyncHome(program.home)
        self._store = store
        self._accept = accept
        self._silent = silent
        self._me = platform.node() or "coordinator"

    def bundle(self, path: Path) -> Facts:
        """A bundle, or a receipt file."""
        from survey_sync.client.bundles.file_format import read_header
        from survey_sync.client.bundles.outgoing import apply_receipts

        try:
            if read_header(path).kind != "receipts":
                return self._responses(path)
            taken = apply_receipts(self._folder, self._store, path)
        except SurveyError as error:
            return self._unusable(path, error)
        counts = {name: getattr(taken, name) for name in TAKEN}
        return {"what": "receipts_taken", "file": str(path), **counts}

    def attachments(self, paths: Sequence[Path]) -> list[Facts]:
        """Counted by device; those that cannot be read, each by itself."""
        from survey_sync.client.bundles.incoming import receive_attachments

        unusable: list[Facts] = []
        counts: dict[tuple[str, str], dict[str, int]] = {}
        try:
            for found in receive_attachments(self._folder, self._store, paths, self._me, self._accept):
                if found.error is not None:
                    unusable.append(self._unusable(found.path, found.error))
                    continue
                here = counts.setdefault((found.device, found.fingerprint), dict.fromkeys(_FATES, 0))
                here[found.result] += 1
        except SurveyError as error:
            self.trouble.append(error)
        return unusable + [
            {"what": "files_received", "name": name, "fingerprint": mark, **here}
            for (name, mark), here in counts.items()
        ]

    def _responses(self, path: Path) -> Facts:
        from survey_sync.client.bundles.incoming import receive_bundle as take_in
        from survey_sync.client.device_keys import fingerprint

        bar = ProgressBar(self._program.words, silent=self._silent)
        try:
            found = take_in(self._folder, self._store, path, self._me, self._accept, bar.count)
        finally:
            bar.close()
        header = found.header
        self._introduce(header, found.before)
        counts, ended = {name: found.counts.get(name, 0) for name in _STATUSES}, found.withdrawals
        counts["refused"] -= ended.foreign
        counts["withdrawn"] -= ended.done
        return {
            "what": "bundle_received",
            "file": str(path),
            "device": header.device,
            "name": header.name,
            "surveyor": header.surveyor,
            **counts,
            "withdrawals": ended.every,
            "withdrawals_done": ended.done,
            "withdrawals_foreign": ended.foreign,
            "fingerprint": fingerprint(header.key),
            "receipts": str(found.receipts),
        }

    def _introduce(self, header: BundleHeader, before: KnownDevice | None) -> None:
        from survey_sync.client.device_keys import fingerprint

        name = header.name or header.device
        note = self._program.diagnostics.note
        if before is None:
            note("sync.device_new", name=name, fingerprint=fingerprint(header.key))
        elif before.surveyor != header.surveyor:
            then, now = before.surveyor or "–", header.surveyor or "–"
            note("sync.device_other_surveyor", name=name, before=then, surveyor=now)

    def _unusable(self, path: Path, error: SurveyError) -> Facts:
        self.trouble.append(error)
        return {"file": str(path), "error": error.code}


def _tell(program: CommandContext, facts: Facts, *, silent: bool) -> None:
    if silent or "error" in facts:
        return
    if facts["what"] == "receipts_taken":
        tell_taken(program, facts)
        return
    shown = {**facts, "surveyor": facts.get("surveyor") or "–"}
    write_line(program.words(f"sync.{facts['what']}", **shown))
    if facts.get("withdrawals"):
        write_line(program.words("sync.withdrawals_received", **facts))
        every, done, foreign = (int(str(facts[f"withdrawals{part}"])) for part in ("", "_done", "_foreign"))
        if every > done + foreign:
            program.diagnostics.note("sync.withdrawals_wait", count=every - done - foreign)
    if facts.get("withdrawals_foreign"):
        program.diagnostics.note(
            "sync.withdrawals_foreign", **{**facts, "count": facts["withdrawals_foreign"]}
        )
    if facts["what"] == "files_received" and facts["refused"]:
        program.diagnostics.note("sync.files_foreign", **facts)
