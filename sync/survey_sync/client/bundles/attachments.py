"""Attachments on a stick: each a signed file of its own beside the bundles, so that a full stick has whole
ones and the rest comes with the next.

Their names on the stick say what is in them, so that nothing is written twice; names inside are believed only
if they cannot lead anywhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct, structs

from survey_sync.client.attachments import (
    AttachmentFile,
    attachment_path,
    is_file_name,
    is_response_id,
    pending_attachments,
)
from survey_sync.client.bundles.file_format import (
    MAX_ATTACHMENT_BYTES,
    BundleHeader,
    read_content,
    read_header,
    write_attachment,
)
from survey_sync.client.bundles.provenance import ResponseSources
from survey_sync.client.device_keys import SigningKey
from survey_sync.client.errors import BundleError
from survey_sync.client.sync_home import SyncHome
from survey_tui import files

ATTACHMENT_SUFFIX = ".sva"

AttachmentResult: TypeAlias = Literal["stored", "present", "withdrawn", "refused", "waits"]


class WrittenAttachments(Struct, frozen=True):
    """Attachments that lie on the stick now, and those that are larger than any server takes."""

    files: int = 0
    too_large: int = 0


def write_attachments(
    folder: SyncHome, target: Path, header: BundleHeader, key: SigningKey, handed_over: Callable[[str], bool]
) -> WrittenAttachments:
    """Write every attachment without a receipt whose response was handed over. ``header``: who writes.

    Raises :class:`BundleError`; what was written before is whole and stays.
    """
    written = too_large = 0
    for attachment in pending_attachments(folder.home, handed_over):
        if attachment.path.stat().st_size > MAX_ATTACHMENT_BYTES:
            too_large += 1
            continue
        digest = attachment.sha256().hex()
        path = target / f"{attachment.response}-{digest[:16]}{ATTACHMENT_SUFFIX}"
        said = structs.replace(
            header, kind="attachment", response=attachment.response, file=attachment.name, withdrawals=[]
        )
        if not _is_there(path, said, digest):
            write_attachment(path, said, attachment.path, key)
        written += 1
    return WrittenAttachments(written, too_large)


def remove_received(folder: SyncHome, target: Path, key: SigningKey, gone: Collection[str]) -> int:
    """Take this device's attachments off the stick that arrived, or whose response was withdrawn."""
    cleared = 0
    for path in sorted(target.glob(f"*{ATTACHMENT_SUFFIX}")):
        try:
            header = read_header(path)
            if header.kind != "attachment" or header.key != key.public or not _is_harmless(header):
                continue
            here = AttachmentFile(header.response, attachment_path(folder.home, header.response, header.file))
            if header.response in gone or here.mark(bytes.fromhex(header.sha256)).exists():
                path.unlink()
                cleared += 1
        except (BundleError, OSError):
            continue  # not ours to judge; whoever receives it says what is wrong
    return cleared


def store_attachment(  # noqa: PLR0913 (what is known here, and one file)
    folder: SyncHome,
    origins: ResponseSources,
    gone: Collection[str],
    path: Path,
    header: BundleHeader,
    *,
    vouched: bool,
) -> AttachmentResult:
    """Take one attachment in on a coordinator's machine, for a response that is here or, where a person has
    ``vouched`` for the key, elsewhere.

    ``refused``: its name leads elsewhere, or it is not this device's to bring. ``waits``: another
    file of this name must be sent on first; the device brings it again. Raises :class:`BundleError` (too
    large, or the file changed meanwhile) and ``StoreError``.
    """
    if header.size > MAX_ATTACHMENT_BYTES:
        raise BundleError("sync_bundle_too_large", path=str(path), limit=MAX_ATTACHMENT_BYTES)
    if header.response in gone:
        return "withdrawn"
    brought = origins.first(header.response)
    foreign = not vouched if brought is None else not brought.may_change(header, vouched=vouched)
    if foreign or not _is_harmless(header):
        return "refused"
    place = attachment_path(folder.home, header.response, header.file)
    here = AttachmentFile(header.response, place)
    try:
        if here.mark(bytes.fromhex(header.sha256)).exists():
            return "present"
        if place.exists():
            digest = here.sha256()
            if digest.hex() == header.sha256:
                return "present"
            if not here.mark(digest).exists():
                return "waits"
        _copy(path, header, place)
    except OSError as error:
        raise files.refused(error, place) from None
    return "stored"


def _is_harmless(header: BundleHeader) -> bool:
    return is_response_id(header.response) and is_file_name(header.file)


def _copy(path: Path, header: BundleHeader, place: Path) -> None:
    """Beside its name first, synced and checked once more: the stick may have changed since it was read."""
    files.make_private_directory(place.parent)
    digest = hashlib.sha256()
    with files.replacement(place, place.with_name(f".{place.name}.part")) as draft:
        for piece in _bounded(path):
            digest.update(piece)
            draft.write(piece)
        if digest.hexdigest() != header.sha256:
            raise BundleError("sync_bundle_damaged", path=str(path))


def _bounded(path: Path) -> Iterator[bytes]:
    size = 0
    for piece in read_content(path):
        size += len(piece)
        if size > MAX_ATTACHMENT_BYTES:
            raise BundleError("sync_bundle_too_large", path=str(path), limit=MAX_ATTACHMENT_BYTES)
        yield piece


def _is_there(path: Path, said: BundleHeader, digest: str) -> bool:
    """Whether this very file lies there, written by this device as it calls itself now."""
    try:
        found = read_header(path)
    except BundleError:
        return False
    same = structs.replace(
        found, sha256=said.sha256, size=said.size, count=said.count, created=said.created, withdrawals=[]
    )
    return found.sha256 == digest and same == said
