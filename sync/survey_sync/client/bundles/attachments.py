"""Attachments in bundles: each is a signed file of its own, so that a full USB drive has whole ones and the
rest fits on the next.

File names state the content, so that nothing is written twice. Names in headers are used only if they cannot
lead to another directory.
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
    """Number of attachments that are on the USB drive now, and of those that no server accepts."""

    files: int = 0
    too_large: int = 0


def write_attachments(
    sync_home: SyncHome,
    target: Path,
    header: BundleHeader,
    key: SigningKey,
    is_handed_over: Callable[[str], bool],
) -> WrittenAttachments:
    """Write each attachment without a receipt whose response was handed over; ``header`` names the sender.

    Raises :class:`BundleError`; attachments that were written before are whole and stay.
    """
    written = too_large = 0
    for attachment in pending_attachments(sync_home.home, is_handed_over):
        if attachment.path.stat().st_size > MAX_ATTACHMENT_BYTES:
            too_large += 1
            continue
        digest = attachment.sha256().hex()
        path = target / f"{attachment.response}-{digest[:16]}{ATTACHMENT_SUFFIX}"
        own_header = structs.replace(
            header, kind="attachment", response=attachment.response, file=attachment.name, withdrawals=[]
        )
        if not _is_written(path, own_header, digest):
            write_attachment(path, own_header, attachment.path, key)
        written += 1
    return WrittenAttachments(written, too_large)


def remove_received(sync_home: SyncHome, target: Path, key: SigningKey, withdrawn: Collection[str]) -> int:
    """Remove this device's attachments from a USB drive that are received, or whose response was withdrawn;
    their number."""
    removed = 0
    for path in sorted(target.glob(f"*{ATTACHMENT_SUFFIX}")):
        try:
            header = read_header(path)
            if header.kind != "attachment" or header.key != key.public or not _is_safe(header):
                continue
            attachment = _attachment(sync_home, header)
            if header.response in withdrawn or attachment.mark_path(bytes.fromhex(header.sha256)).exists():
                path.unlink()
                removed += 1
        except (BundleError, OSError):
            continue  # the device that receives it reports the fault
    return removed


def store_attachment(  # noqa: PLR0913 (its parts, each once)
    sync_home: SyncHome,
    sources: ResponseSources,
    withdrawn: Collection[str],
    path: Path,
    header: BundleHeader,
    *,
    vouched: bool,
) -> AttachmentResult:
    """Store one attachment on a coordinator's device. Its response is here or, where a person has ``vouched``
    for the key, may be elsewhere.

    ``refused``: its name is unsafe, or the device may not add to this response. ``waits``: another file of
    this name must be sent first; the device writes the attachment again. Raises :class:`BundleError` (too
    large, or changed since its header was checked) and ``StoreError``.
    """
    if header.size > MAX_ATTACHMENT_BYTES:
        raise BundleError("sync_bundle_too_large", path=str(path), limit=MAX_ATTACHMENT_BYTES)
    if header.response in withdrawn:
        return "withdrawn"
    source = sources.first_source(header.response)
    allowed = vouched if source is None else source.may_change(header, vouched=vouched)
    if not allowed or not _is_safe(header):
        return "refused"
    attachment = _attachment(sync_home, header)
    try:
        if attachment.mark_path(bytes.fromhex(header.sha256)).exists():
            return "present"
        if attachment.path.exists():
            digest = attachment.sha256()
            if digest.hex() == header.sha256:
                return "present"
            if not attachment.mark_path(digest).exists():
                return "waits"
        _copy(path, header, attachment.path)
    except OSError as error:
        raise files.store_error_from(error, attachment.path) from None
    return "stored"


def _is_safe(header: BundleHeader) -> bool:
    return is_response_id(header.response) and is_file_name(header.file)


def _attachment(sync_home: SyncHome, header: BundleHeader) -> AttachmentFile:
    return AttachmentFile(header.response, attachment_path(sync_home.home, header.response, header.file))


def _copy(source: Path, header: BundleHeader, target: Path) -> None:
    """Copy the content, and check it once more: the USB drive may have changed since its header was read."""
    files.make_private_directory(target.parent)
    digest = hashlib.sha256()
    with files.replacement(target, target.with_name(f".{target.name}.part")) as draft:
        for piece in _read_limited(source):
            digest.update(piece)
            draft.write(piece)
        if digest.hexdigest() != header.sha256:
            raise BundleError("sync_bundle_damaged", path=str(source))


def _read_limited(path: Path) -> Iterator[bytes]:
    size = 0
    for piece in read_content(path):
        size += len(piece)
        if size > MAX_ATTACHMENT_BYTES:
            raise BundleError("sync_bundle_too_large", path=str(path), limit=MAX_ATTACHMENT_BYTES)
        yield piece


def _is_written(path: Path, header: BundleHeader, digest: str) -> bool:
    """Whether ``path`` has these bytes, written by this device under its present name."""
    try:
        found = read_header(path)
    except BundleError:
        return False
    comparable = structs.replace(
        found,
        sha256=header.sha256,
        size=header.size,
        count=header.count,
        created=header.created,
        withdrawals=[],
    )
    return found.sha256 == digest and comparable == header
