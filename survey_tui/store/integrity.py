"""``store check`` and ``store repair``: find damage, and correct it without discarding anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import DecodeError, Struct, structs

import survey_tui.files as files
from survey_tui.errors import StoreError
from survey_tui.store.copies import BackupLocations
from survey_tui.store.documents import RESPONSES, is_final_line, read_canonical, read_events
from survey_tui.store.erasure import ids_to_erase
from survey_tui.store.findings import Severity, StoreFinding
from survey_tui.store.journal.compaction import rewrite
from survey_tui.store.journal.format import NO_KEYS, JournalRecord, KeyRing
from survey_tui.store.journal.reader import JOURNAL_NAME, STORE_DIRECTORY
from survey_tui.store.journal.stored_table import StoredDocument, StoredTable
from survey_tui.store.journal.writer import JournalWriter
from survey_tui.store.process_lock import LOCK_WAIT_SECONDS, ProcessLock
from survey_tui.store.summary import Head, decode_head, encode_patch


class RepairReport(Struct, frozen=True, kw_only=True):
    """``findings`` before the repair; ``quarantined`` files hold what was taken out; ``doubtful`` responses
    (ids) may lack an answer that was recorded and must be looked through; ``responses`` are in the store now.
    """

    findings: tuple[StoreFinding, ...]
    quarantined: tuple[Path, ...]
    doubtful: tuple[str, ...]
    responses: int


def check_store(home: Path, keys: KeyRing = NO_KEYS) -> list[StoreFinding]:
    """Read every byte of the store below ``home``; changes nothing, needs no lock.

    ``StoreError`` when it cannot be read at all.
    """
    journal = JournalWriter(home / STORE_DIRECTORY, read_only=True, keys=keys)
    try:
        return [
            *_file_findings(journal),
            *_response_findings(journal),
            *_erasure_findings(journal),
            *_sibling_findings(journal.path),
        ]
    finally:
        journal.close()


def repair_store(home: Path, keys: KeyRing = NO_KEYS) -> RepairReport:
    """Move damaged lines and a torn tail to ``.damaged`` and ``.torn`` files, and rewrite the journal from
    the rest.

    Raises ``StoreError``: ``store_in_use`` while another program writes to the store,
    ``store_newer_version``, or what the disk says; the old file is in place then.
    """
    directory = home / STORE_DIRECTORY
    with exclusive_access(directory):
        journal = JournalWriter(directory, read_only=True, keys=keys)
        try:
            if journal.newer:
                raise StoreError("store_newer_version", path=str(journal.path))
            if journal.older is not None:
                raise StoreError("store_older_version", path=str(journal.path))
            if journal.is_header_lost:
                raise StoreError("lock_damaged")
            findings = (*_file_findings(journal), *_response_findings(journal))
            doubtful = set(journal.doubtful) | {key for key, _ in _missing_events(journal)}
            quarantined = _set_aside(journal)
            if findings:
                rewrite(journal)
        finally:
            journal.close()
    return RepairReport(
        findings=findings,
        quarantined=quarantined,
        doubtful=tuple(sorted(doubtful)),
        responses=_settle(directory, keys),
    )


@contextmanager
def exclusive_access(directory: Path) -> Iterator[None]:
    """Keep every other program from writing to the store in ``directory``.

    ``StoreError``: ``store_in_use`` while another program works with it, or what the disk says.
    """
    path = directory / JOURNAL_NAME
    with ExitStack() as stack:
        try:
            for suffix, patience in ((".session", 0.0), (".lock", LOCK_WAIT_SECONDS)):
                lock = ProcessLock(path.with_suffix(suffix))
                stack.callback(lock.close)
                lock.acquire(patience)
        except OSError as error:
            raise files.store_error_from(error, path) from None
        yield


def _file_findings(journal: JournalWriter) -> Iterator[StoreFinding]:
    """Damage, gaps and repeated lines, and a torn tail."""
    yield from journal.findings
    torn = journal.skipped_spans[1]
    if torn is not None:
        yield StoreFinding(
            code="torn_tail",
            severity="warning",
            file=journal.path.name,
            line=torn.line,
            offset=torn.offset,
            length=torn.length,
        )


def _response_findings(journal: JournalWriter) -> Iterator[StoreFinding]:
    """Responses that lost events, and final ones whose canonical bytes have another SHA-256."""
    short = dict(_missing_events(journal))
    for key, document in StoredTable(journal, RESPONSES).items():
        summary = decode_head(document)[1].summary
        if key in short:
            yield _response_finding(journal, "events_missing", document, response=key, count=str(short[key]))
        if summary.status != "draft":
            try:
                read_canonical(document, summary.sha256)
            except (StoreError, DecodeError):
                yield _response_finding(journal, "hash_mismatch", document, response=key)


def _response_finding(
    journal: JournalWriter, code: str, document: StoredDocument, **details: str
) -> StoreFinding:
    return StoreFinding(
        code=code,
        severity="error",
        file=journal.path.name,
        offset=document.offset,
        length=document.length,
        details=details,
    )


def _missing_events(journal: JournalWriter) -> Iterator[tuple[str, int]]:
    """Response id and how many of its events are not in the file."""
    for key, document in StoredTable(journal, RESPONSES).items():
        expected = decode_head(document)[1].count
        found = len(read_events(document))
        if found != expected:
            yield key, expected - found


def _erasure_findings(journal: JournalWriter) -> Iterator[StoreFinding]:
    """Erased responses that are still on this disk or in a backup."""
    if ids := ids_to_erase(journal):
        yield _file_finding("erasure_pending", "info", journal.path.name, count=str(len(ids)))
    for directory, ids in BackupLocations(journal.path).pending_erasures().items():
        yield _file_finding("backup_owes", "warning", journal.path.name, path=directory, count=str(len(ids)))


def _sibling_findings(path: Path) -> Iterator[StoreFinding]:
    """Files set aside earlier, and a journal that others can read."""
    if not path.exists():
        return
    for copy in sorted(path.parent.glob(f"{path.name}.*-*")):
        yield _file_finding("set_aside", "info", copy.name)
    if path.stat().st_mode & 0o077:
        yield _file_finding("readable_by_others", "warning", path.name)


def _file_finding(code: str, severity: Severity, file: str, **details: str) -> StoreFinding:
    return StoreFinding(code=code, severity=severity, file=file, details=details)


def _set_aside(journal: JournalWriter) -> tuple[Path, ...]:
    """Keep the bytes that the new file will not have."""
    spans, torn = journal.skipped_spans
    copies = []
    try:
        if spans:
            parts = [journal.raw(span.offset, span.length) for span in spans]
            copies.append(files.write_sibling(journal.path, "damaged", b"".join(parts)))
        if torn is not None:
            copies.append(files.write_sibling(journal.path, "torn", journal.raw(torn.offset, torn.length)))
    except OSError as error:
        raise files.store_error_from(error, journal.path) from None
    return tuple(copies)


def _settle(directory: Path, keys: KeyRing) -> int:
    """Correct the summaries of responses that lost lines; the number of responses.

    They get the number of events they have, and become drafts when their final line is lost.
    """
    journal = JournalWriter(directory, keys=keys)
    try:
        short = dict(_missing_events(journal))
        records = []
        for key, document in StoredTable(journal, RESPONSES).items():
            base, head = decode_head(document)
            summary = head.summary
            if summary.status != "draft" and not is_final_line(document):
                summary = structs.replace(summary, status="draft", sha256="", receipt="")
            settled = Head(summary, head.count - short.get(key, 0))
            if settled != head:
                records.append(JournalRecord("set", RESPONSES, key, encode_patch(base, settled)))
        if records:
            journal.append(records)
        return len(StoredTable(journal, RESPONSES))
    finally:
        journal.close()
