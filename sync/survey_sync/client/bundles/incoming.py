"""On the coordinator's machine: bundles of any number of devices come in, in any order, as often as they
like.

A response that comes in lies in the coordinator's own store, frozen as it was, and goes to the server with
everything else that waits. Which device brought it, and whose device that is, is remembered first, so that
the server can be told where the response does not say so itself (it is sealed). What the store has already
is ``present``; the same id with other bytes is kept beside (``conflict``), and goes to the server too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from survey_sync.client.bundles.attachments import keep
from survey_sync.client.bundles.file_format import (
    AttachmentReceipt,
    Header,
    lines_of,
    read_header,
    write_bundle,
)
from survey_sync.client.bundles.outgoing import RECEIPTS_SUFFIX, file_name
from survey_sync.client.bundles.provenance import Origins
from survey_sync.client.device_keys import SigningKey, fingerprint
from survey_sync.client.errors import BundleError
from survey_sync.client.history import History, now
from survey_sync.client.intake import Intake, parts
from survey_sync.client.known_devices import KnownDevice, meet
from survey_sync.client.sync_home import Folder
from survey_sync.client.withdrawn import carry_out, newest, withdrawn
from survey_sync.protocol.messages import SAFE, Receipt, frozen_sha256
from survey_tui.store import ResponseStore

__all__ = ["Received", "ReceivedFile", "receive", "receive_files"]


class Withdrawn(Struct, frozen=True):
    """Withdrawals in a bundle: all, those that are done with, those of somebody else's responses. The others
    wait until the server has heard of them."""

    every: int
    done: int
    foreign: int


class Received(Struct, frozen=True):
    """What one bundle brought. ``before``: what was known of the device until now (``None``: it is new);
    ``counts``: receipts by status; ``receipts``: the file that goes back."""

    path: Path
    header: Header
    before: KnownDevice | None
    counts: dict[str, int]
    withdrawals: Withdrawn
    receipts: Path


class ReceivedFile(Struct, frozen=True):
    """One attachment. ``mark``: fingerprint of the key of the device; ``fate``: as
    :func:`~survey_sync.client.bundles.attachments.keep`; ``error``: why it could not be read."""

    path: Path
    device: str = ""
    mark: str = ""
    fate: str = ""
    error: BundleError | None = None


def receive(  # noqa: PLR0913, PLR0917 (its parts, each once)
    folder: Folder,
    store: ResponseStore,
    path: Path,
    me: str,
    accept: str = "",
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Received:
    """Take one bundle in and write its receipts beside it.

    ``me`` names this coordinator in the receipts; ``accept`` is the fingerprint of a new key of a known
    device; ``told`` hears how many responses of how many are in. Raises :class:`BundleError`, ``StoreError``;
    then nothing, or only whole responses, were taken, and the same file can be received again.
    """
    header = read_header(path)
    if header.kind != "responses":
        raise BundleError("sync_bundle_not", path=str(path))
    key = SigningKey(folder)
    met = meet(folder, header, path, accept)
    origins = Origins(folder)
    intake = Intake(folder, store, header, origins, me)
    counts: dict[str, int] = {}
    answers: list[bytes] = []

    def answer(receipts: Iterable[Receipt]) -> None:
        for receipt in receipts:
            counts[receipt.status] = counts.get(receipt.status, 0) + 1
            answers.append(msgspec.json.encode(receipt))

    for part in parts(lines_of(path)):
        answer(intake.take(part))
        told(len(answers), header.count)
    ended = carry_out(folder, store, origins, header, vouched=met.now.vouched)
    answer(ended)
    back = path.with_name(f"{path.stem}-{fingerprint(key.public)}{RECEIPTS_SUFFIX}")
    _send_back(folder, store, back, (me, header.device), answers, key)
    History(folder.log).note("receive", device=header.device, **counts)
    done = sum(receipt.status == "withdrawn" for receipt in ended)
    told_of = Withdrawn(len(header.withdrawals), done, len(ended) - done)
    return Received(path, header, met.before, counts, told_of, back)


def receive_files(
    folder: Folder, store: ResponseStore, paths: Sequence[Path], me: str, accept: str = ""
) -> Iterator[ReceivedFile]:
    """Take attachments in; receipts for those of one device in one directory go into one file there, once all
    of them were read. Raises ``StoreError``, and :class:`BundleError` when receipts cannot be written."""
    key, origins = SigningKey(folder), Origins(folder)
    known = withdrawn(folder, store)
    for place, here in groupby(sorted(paths), key=lambda path: path.parent):
        safe: dict[tuple[str, str], list[bytes]] = {}
        for path in here:
            try:
                header = _file_header(path)
                vouched = meet(folder, header, path, accept).now.vouched
                fate = keep(folder, origins, known, path, header, vouched=vouched)
            except BundleError as error:
                yield ReceivedFile(path, error=error)
                continue
            answers = safe.setdefault((header.device, header.name), [])
            if fate in SAFE:
                receipt = AttachmentReceipt(id=header.response, name=header.file, sha256=header.sha256)
                answers.append(msgspec.json.encode(receipt))
            yield ReceivedFile(path, header.name, fingerprint(header.key), fate)
        for (device, name), answers in safe.items():
            mark = f"{frozen_sha256(device.encode())[:8]}-{fingerprint(key.public)}"
            back = place / f"{file_name(name)}-files-{mark}{RECEIPTS_SUFFIX}"
            _send_back(folder, store, back, (me, device), answers, key)
            History(folder.log).note("receive", device=device, files=len(answers))


def _file_header(path: Path) -> Header:
    header = read_header(path)
    if header.kind != "attachment":
        raise BundleError("sync_bundle_not", path=str(path))
    return header


def _send_back(  # noqa: PLR0913, PLR0917 (its parts, each once)
    folder: Folder,
    store: ResponseStore,
    path: Path,
    names: tuple[str, str],
    answers: Iterable[bytes],
    key: SigningKey,
) -> None:
    """A receipt file; with it goes every withdrawal that this machine knows of."""
    me, device = names
    header = Header(
        kind="receipts",
        device=me,
        name=me,
        key=key.public,
        created=now(),
        receiver=device,
        withdrawals=newest(withdrawn(folder, store).values()),
    )
    write_bundle(path, header, (answer + b"\n" for answer in answers), key)
