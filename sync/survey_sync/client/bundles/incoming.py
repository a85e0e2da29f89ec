"""Bundles that a coordinator's device receives: from any number of devices, in any order, repeatedly.

Received responses are stored unchanged in the coordinator's store and are sent with all others. Their source
is stored first, so that the server learns the surveyor of a sealed response. A response that the store has is
``present``; another one with the same id is a ``conflict``, stored apart and sent too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from survey_sync.client.bundles.attachments import store_attachment
from survey_sync.client.bundles.file_format import (
    AttachmentReceipt,
    BundleHeader,
    read_header,
    read_lines,
    write_bundle,
)
from survey_sync.client.bundles.outgoing import RECEIPTS_SUFFIX, safe_file_name
from survey_sync.client.bundles.provenance import (
    KnownDevice,
    ResponseSource,
    ResponseSources,
    register_device,
)
from survey_sync.client.conflicts import ConflictingResponses
from survey_sync.client.device_keys import SigningKey, fingerprint
from survey_sync.client.errors import BundleError
from survey_sync.client.pending import ResponseKey
from survey_sync.client.sync_home import SyncHome, SyncLog, now
from survey_sync.client.withdrawals import apply_withdrawals, known_withdrawals, last_withdrawals
from survey_sync.protocol.hashes import canonical_sha256, canonical_slice
from survey_sync.protocol.messages import (
    DELIVERED_STATUSES,
    Receipt,
    ReceiptStatus,
    ResponseMetadata,
    decoder,
)
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import CollectedResponse, ResponseStore
from survey_tui.store.documents import answers_from_canonical

_PART_LINES, _PART_BYTES = 200, 4 << 20  # responses that are stored as one change

_metadata = decoder(ResponseMetadata)


class BundleReceiver:
    """Stores the responses of one bundle, some lines at a time. ``me`` names this coordinator in receipts."""

    def __init__(
        self,
        sync_home: SyncHome,
        store: ResponseStore,
        header: BundleHeader,
        sources: ResponseSources,
        me: str,
    ) -> None:
        self._store = store
        self._header = header
        self._sources = sources
        self._me = me
        self._conflicts = ConflictingResponses(sync_home)
        self._known_conflicts = set(self._conflicts.list_keys())
        self._withdrawn = known_withdrawals(sync_home, store).keys()

    def store_lines(self, lines: Sequence[bytes]) -> list[Receipt]:
        """Receipts of these lines; their responses are durable on return. Raises ``StoreError``."""
        receipts: list[Receipt] = []
        new: dict[str, CollectedResponse] = {}
        conflicts: dict[ResponseKey, bytes] = {}
        sources: dict[ResponseSource, list[ResponseKey]] = {}
        for canonical in lines:
            sha256, metadata = canonical_sha256(canonical), _decode_metadata(canonical)
            if metadata is None:
                receipts.append(Receipt(id="", sha256=sha256, status="refused", reason="not_a_response"))
                continue
            key = (metadata.response_id, sha256)
            status = self._status(key, new)
            if status == "stored":
                new[key[0]] = self._collected_response(metadata, canonical)
                sources.setdefault(self._source(metadata), []).append(key)
            elif status == "conflict" and key not in self._known_conflicts:
                conflicts[key] = canonical
                sources.setdefault(self._source(metadata), []).append(key)
            number = "" if status == "withdrawn" else self._me
            receipts.append(Receipt(id=key[0], sha256=sha256, status=status, receipt=number))
        self._write(new, conflicts, sources)
        return receipts

    def _source(self, metadata: ResponseMetadata) -> ResponseSource:
        header = self._header
        return ResponseSource(header.device, header.key, header.surveyor, metadata.username)

    def _status(self, key: ResponseKey, new: dict[str, CollectedResponse]) -> ReceiptStatus:
        if key[0] in self._withdrawn:
            return "withdrawn"
        known = canonical_sha256(new[key[0]].canonical) if key[0] in new else self._stored_sha256(key[0])
        return "stored" if not known else "present" if known == key[1] else "conflict"

    def _stored_sha256(self, response_id: str) -> str:
        """SHA-256 of the final response in the store; ``""`` for a draft, or none."""
        found = self._store.find(response_id)
        return found.sha256 if found is not None else ""

    def _write(
        self,
        new: dict[str, CollectedResponse],
        conflicts: dict[ResponseKey, bytes],
        sources: dict[ResponseSource, list[ResponseKey]],
    ) -> None:
        """Write sources first: after a kill, the responses are received again and have their source."""
        for source, keys in sources.items():
            self._sources.add(source, keys)
        self._store.handover.collect(new.values())
        for key, canonical in conflicts.items():
            self._conflicts.write(key, canonical)
            self._known_conflicts.add(key)

    def _collected_response(self, metadata: ResponseMetadata, canonical: bytes) -> CollectedResponse:
        started = Started(
            metadata.started or now(),
            response_id=metadata.response_id,
            form_id=metadata.form_id,
            form_version=metadata.form_version,
            device_id=metadata.device_id or self._header.device,
            username=metadata.username or self._header.surveyor,
            commune=metadata.commune,
        )
        answers = answers_from_canonical(
            canonical
        )  # area and household of the national instrument, for lists only
        return CollectedResponse(
            started=started,
            finished=Finalised(metadata.finished or now()),
            canonical=canonical,
            title=metadata.form_id,
            ea=answers.get("ea_code", ""),
            household=answers.get("hh_no", ""),
        )


def _decode_metadata(canonical: bytes) -> ResponseMetadata | None:
    try:
        return _metadata(canonical_slice(canonical))
    except (msgspec.DecodeError, ValueError):
        return None


def batches_of_lines(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines in batches of bounded number and size."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line)
        if len(part) >= _PART_LINES or size >= _PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


class WithdrawalCounts(Struct, frozen=True):
    """Withdrawals of a bundle: all, those that the server has confirmed, and those of responses that this
    device may not withdraw. The others wait for the server."""

    every: int
    done: int
    foreign: int


class ReceivedBundle(Struct, frozen=True):
    """Result of receiving one bundle. ``before``: the device as it was known (``None``: it is new);
    ``counts``: receipts by status; ``receipts``: the file of receipts for the device."""

    path: Path
    header: BundleHeader
    before: KnownDevice | None
    counts: dict[str, int]
    withdrawals: WithdrawalCounts
    receipts: Path


class ReceivedAttachment(Struct, frozen=True):
    """Result of receiving one attachment. ``fingerprint``: of the device's key; ``result``: as
    :func:`~survey_sync.client.bundles.attachments.store_attachment`; ``error``: why it is unreadable."""

    path: Path
    device: str = ""
    fingerprint: str = ""
    result: str = ""
    error: BundleError | None = None


def receive_bundle(  # noqa: PLR0913, PLR0917 (its parts, each once)
    sync_home: SyncHome,
    store: ResponseStore,
    path: Path,
    me: str,
    accept: str = "",
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ReceivedBundle:
    """Store the responses of one bundle, and write their receipts into a sibling file.

    ``me`` names this coordinator in the receipts; ``accept`` is the fingerprint of a new key of a known
    device; ``on_progress`` is called with the number of stored responses and of all. Raises
    :class:`BundleError` and ``StoreError``; only whole responses are stored then, and the same file can be
    received again.
    """
    header = read_header(path)
    if header.kind != "responses":
        raise BundleError("sync_bundle_not", path=str(path))
    key = SigningKey(sync_home)
    registration = register_device(sync_home, header, path, accept)
    sources = ResponseSources(sync_home)
    intake = BundleReceiver(sync_home, store, header, sources, me)
    counts: dict[str, int] = {}
    lines: list[bytes] = []

    def add(receipts: Iterable[Receipt]) -> None:
        for receipt in receipts:
            counts[receipt.status] = counts.get(receipt.status, 0) + 1
            lines.append(msgspec.json.encode(receipt))

    for part in batches_of_lines(read_lines(path)):
        add(intake.store_lines(part))
        on_progress(len(lines), header.count)
    confirmed = apply_withdrawals(sync_home, store, sources, header, vouched=registration.now.vouched)
    add(confirmed)
    receipts_path = path.with_name(f"{path.stem}-{fingerprint(key.public)}{RECEIPTS_SUFFIX}")
    _write_receipts(sync_home, store, receipts_path, (me, header.device), lines, key)
    SyncLog(sync_home.log).append("receive", device=header.device, **counts)
    done = sum(receipt.status == "withdrawn" for receipt in confirmed)
    withdrawals = WithdrawalCounts(len(header.withdrawals), done, len(confirmed) - done)
    return ReceivedBundle(path, header, registration.before, counts, withdrawals, receipts_path)


def receive_attachments(
    sync_home: SyncHome, store: ResponseStore, paths: Sequence[Path], me: str, accept: str = ""
) -> Iterator[ReceivedAttachment]:
    """Store attachments. Receipts for those of one device in one directory go into one file there, after the
    last of them.

    Raises ``StoreError``, and :class:`BundleError` when receipts cannot be written.
    """
    key, sources = SigningKey(sync_home), ResponseSources(sync_home)
    withdrawn = known_withdrawals(sync_home, store)
    for directory, here in groupby(sorted(paths), key=lambda path: path.parent):
        receipts: dict[tuple[str, str], list[bytes]] = {}
        for path in here:
            try:
                header = _attachment_header(path)
                vouched = register_device(sync_home, header, path, accept).now.vouched
                result = store_attachment(sync_home, sources, withdrawn, path, header, vouched=vouched)
            except BundleError as error:
                yield ReceivedAttachment(path, error=error)
                continue
            lines = receipts.setdefault((header.device, header.name), [])
            if result in DELIVERED_STATUSES:
                receipt = AttachmentReceipt(id=header.response, name=header.file, sha256=header.sha256)
                lines.append(msgspec.json.encode(receipt))
            yield ReceivedAttachment(path, header.name, fingerprint(header.key), result)
        for (device, name), lines in receipts.items():
            mark = f"{canonical_sha256(device.encode())[:8]}-{fingerprint(key.public)}"
            receipts_path = directory / f"{safe_file_name(name)}-files-{mark}{RECEIPTS_SUFFIX}"
            _write_receipts(sync_home, store, receipts_path, (me, device), lines, key)
            SyncLog(sync_home.log).append("receive", device=device, files=len(lines))


def _attachment_header(path: Path) -> BundleHeader:
    header = read_header(path)
    if header.kind != "attachment":
        raise BundleError("sync_bundle_not", path=str(path))
    return header


def _write_receipts(  # noqa: PLR0913, PLR0917 (its parts, each once)
    sync_home: SyncHome,
    store: ResponseStore,
    path: Path,
    names: tuple[str, str],
    lines: Iterable[bytes],
    key: SigningKey,
) -> None:
    """Write a file of receipts; its header has every withdrawal that this device knows of."""
    me, device = names
    header = BundleHeader(
        kind="receipts",
        device=me,
        name=me,
        key=key.public,
        created=now(),
        receiver=device,
        withdrawals=last_withdrawals(known_withdrawals(sync_home, store).values()),
    )
    write_bundle(path, header, (line + b"\n" for line in lines), key)
