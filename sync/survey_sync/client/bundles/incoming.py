"""On the coordinator's machine: bundles of any number of devices come in, in any order, as often as they
like.

A response that comes in lies in the coordinator's own store, frozen as it was, and goes to the server with
everything else that waits. Which device brought it, and whose device that is, is remembered first, so that
the server can be told where the response does not say so itself (it is sealed). What the store has already
is ``present``; the same id with other bytes is kept beside (``conflict``), and goes to the server too.

The way of a bundle's responses into a coordinator's store, some at a time."""

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
from survey_sync.client.bundles.outgoing import RECEIPTS_SUFFIX, portable_name
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
from survey_sync.client.withdrawals import apply_withdrawals, known_withdrawals, latest_withdrawals
from survey_sync.protocol.hashes import canonical_sha256, canonical_slice
from survey_sync.protocol.messages import SAFE, Receipt, ReceiptStatus, ResponseMetadata, decoder
from survey_tui.interview.events import Finalised, Started
from survey_tui.store import Collected, ResponseStore
from survey_tui.store.documents import answers_from_canonical

_PART, _PART_BYTES = 200, 4 << 20  # responses that are stored as one change

_facts = decoder(ResponseMetadata)


class BundleIntake:
    """What is here already, and the way in for what is not."""

    def __init__(
        self, folder: SyncHome, store: ResponseStore, header: BundleHeader, origins: ResponseSources, me: str
    ) -> None:
        self._store = store
        self._header = header
        self._origins = origins
        self._me = me
        self._beside = ConflictingResponses(folder)
        self._others = set(self._beside.items())
        self._gone = known_withdrawals(folder, store).keys()

    def take(self, lines: Sequence[bytes]) -> list[Receipt]:
        """The receipts of some lines, once their responses are on the disk."""
        receipts: list[Receipt] = []
        new: dict[str, Collected] = {}
        aside: dict[ResponseKey, bytes] = {}
        by: dict[ResponseSource, list[ResponseKey]] = {}
        for frozen in lines:
            sha256, facts = canonical_sha256(frozen), _read(frozen)
            if facts is None:
                receipts.append(Receipt(id="", sha256=sha256, status="refused", reason="not_a_response"))
                continue
            key = (facts.response_id, sha256)
            status = self._status(key, new)
            if status == "stored":
                new[key[0]] = self._collected(facts, frozen)
                by.setdefault(self._brought(facts), []).append(key)
            elif status == "conflict" and key not in self._others:
                aside[key] = frozen
                by.setdefault(self._brought(facts), []).append(key)
            number = "" if status == "withdrawn" else self._me
            receipts.append(Receipt(id=key[0], sha256=sha256, status=status, receipt=number))
        self._keep(new, aside, by)
        return receipts

    def _brought(self, facts: ResponseMetadata) -> ResponseSource:
        here = self._header
        return ResponseSource(here.device, here.key, here.surveyor, facts.username)

    def _status(self, key: ResponseKey, new: dict[str, Collected]) -> ReceiptStatus:
        if key[0] in self._gone:
            return "withdrawn"
        there = canonical_sha256(new[key[0]].canonical) if key[0] in new else self._finished(key[0])
        return "stored" if not there else "present" if there == key[1] else "conflict"

    def _finished(self, response_id: str) -> str:
        """The hash of the finished response that the store has; ``""`` for a mere beginning, or none."""
        found = self._store.find(response_id)
        return found.sha256 if found is not None else ""

    def _keep(
        self,
        new: dict[str, Collected],
        aside: dict[ResponseKey, bytes],
        by: dict[ResponseSource, list[ResponseKey]],
    ) -> None:
        """Origins first: after a kill in between, the responses come again and their origin stands."""
        for brought, keys in by.items():
            self._origins.add(brought, keys)
        self._store.handover.collect(new.values())
        for key, frozen in aside.items():
            self._beside.keep(key, frozen)
            self._others.add(key)

    def _collected(self, facts: ResponseMetadata, frozen: bytes) -> Collected:
        started = Started(
            facts.started or now(),
            response_id=facts.response_id,
            form_id=facts.form_id,
            form_version=facts.form_version,
            device_id=facts.device_id or self._header.device,
            username=facts.username or self._header.surveyor,
            commune=facts.commune,
        )
        # Area and household are questions of the national instrument; only lists show them.
        answers = answers_from_canonical(frozen)
        return Collected(
            started=started,
            finished=Finalised(facts.finished or now()),
            canonical=frozen,
            title=facts.form_id,
            ea=answers.get("ea_code", ""),
            household=answers.get("hh_no", ""),
        )


def _read(frozen: bytes) -> ResponseMetadata | None:
    try:
        return _facts(canonical_slice(frozen))
    except (msgspec.DecodeError, ValueError):
        return None


def batches_of_lines(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines in parts of bounded size."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line)
        if len(part) >= _PART or size >= _PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


class WithdrawalCounts(Struct, frozen=True):
    """Withdrawals in a bundle: all, those that are done with, those of somebody else's responses. The others
    wait until the server has heard of them."""

    every: int
    done: int
    foreign: int


class ReceivedBundle(Struct, frozen=True):
    """What one bundle brought. ``before``: what was known of the device until now (``None``: it is new);
    ``counts``: receipts by status; ``receipts``: the file that goes back."""

    path: Path
    header: BundleHeader
    before: KnownDevice | None
    counts: dict[str, int]
    withdrawals: WithdrawalCounts
    receipts: Path


class ReceivedAttachment(Struct, frozen=True):
    """One attachment. ``mark``: fingerprint of the key of the device; ``fate``: as
    :func:`~survey_sync.client.bundles.attachments.store_attachment`; ``error``: why it could not be read."""

    path: Path
    device: str = ""
    mark: str = ""
    fate: str = ""
    error: BundleError | None = None


def receive_bundle(  # noqa: PLR0913, PLR0917 (its parts, each once)
    folder: SyncHome,
    store: ResponseStore,
    path: Path,
    me: str,
    accept: str = "",
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> ReceivedBundle:
    """Take one bundle in and write its receipts beside it.

    ``me`` names this coordinator in the receipts; ``accept`` is the fingerprint of a new key of a known
    device; ``told`` hears how many responses of how many are in. Raises :class:`BundleError`, ``StoreError``;
    then nothing, or only whole responses, were taken, and the same file can be received again.
    """
    header = read_header(path)
    if header.kind != "responses":
        raise BundleError("sync_bundle_not", path=str(path))
    key = SigningKey(folder)
    met = register_device(folder, header, path, accept)
    origins = ResponseSources(folder)
    intake = BundleIntake(folder, store, header, origins, me)
    counts: dict[str, int] = {}
    answers: list[bytes] = []

    def answer(receipts: Iterable[Receipt]) -> None:
        for receipt in receipts:
            counts[receipt.status] = counts.get(receipt.status, 0) + 1
            answers.append(msgspec.json.encode(receipt))

    for part in batches_of_lines(read_lines(path)):
        answer(intake.take(part))
        told(len(answers), header.count)
    ended = apply_withdrawals(folder, store, origins, header, vouched=met.now.vouched)
    answer(ended)
    back = path.with_name(f"{path.stem}-{fingerprint(key.public)}{RECEIPTS_SUFFIX}")
    _send_back(folder, store, back, (me, header.device), answers, key)
    SyncLog(folder.log).note("receive", device=header.device, **counts)
    done = sum(receipt.status == "withdrawn" for receipt in ended)
    told_of = WithdrawalCounts(len(header.withdrawals), done, len(ended) - done)
    return ReceivedBundle(path, header, met.before, counts, told_of, back)


def receive_attachments(
    folder: SyncHome, store: ResponseStore, paths: Sequence[Path], me: str, accept: str = ""
) -> Iterator[ReceivedAttachment]:
    """Take attachments in; receipts for those of one device in one directory go into one file there, once all
    of them were read. Raises ``StoreError``, and :class:`BundleError` when receipts cannot be written."""
    key, origins = SigningKey(folder), ResponseSources(folder)
    known = known_withdrawals(folder, store)
    for place, here in groupby(sorted(paths), key=lambda path: path.parent):
        safe: dict[tuple[str, str], list[bytes]] = {}
        for path in here:
            try:
                header = _file_header(path)
                vouched = register_device(folder, header, path, accept).now.vouched
                fate = store_attachment(folder, origins, known, path, header, vouched=vouched)
            except BundleError as error:
                yield ReceivedAttachment(path, error=error)
                continue
            answers = safe.setdefault((header.device, header.name), [])
            if fate in SAFE:
                receipt = AttachmentReceipt(id=header.response, name=header.file, sha256=header.sha256)
                answers.append(msgspec.json.encode(receipt))
            yield ReceivedAttachment(path, header.name, fingerprint(header.key), fate)
        for (device, name), answers in safe.items():
            mark = f"{canonical_sha256(device.encode())[:8]}-{fingerprint(key.public)}"
            back = place / f"{portable_name(name)}-files-{mark}{RECEIPTS_SUFFIX}"
            _send_back(folder, store, back, (me, device), answers, key)
            SyncLog(folder.log).note("receive", device=device, files=len(answers))


def _file_header(path: Path) -> BundleHeader:
    header = read_header(path)
    if header.kind != "attachment":
        raise BundleError("sync_bundle_not", path=str(path))
    return header


def _send_back(  # noqa: PLR0913, PLR0917 (its parts, each once)
    folder: SyncHome,
    store: ResponseStore,
    path: Path,
    names: tuple[str, str],
    answers: Iterable[bytes],
    key: SigningKey,
) -> None:
    """A receipt file; with it goes every withdrawal that this machine knows of."""
    me, device = names
    header = BundleHeader(
        kind="receipts",
        device=me,
        name=me,
        key=key.public,
        created=now(),
        receiver=device,
        withdrawals=latest_withdrawals(known_withdrawals(folder, store).values()),
    )
    write_bundle(path, header, (answer + b"\n" for answer in answers), key)
