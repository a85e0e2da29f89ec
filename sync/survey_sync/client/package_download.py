"""Updates from the coordinator: fetch the list, check signatures, download packages. Nothing is unpacked.

A package is downloaded in parts and resumed. It counts only if its SHA-256 is the announced one and the
announcement is signed with a trusted key (``survey-sync trust``, or ``survey-tui plugins keys trust``, which
is the same). Installing is :mod:`survey_sync.client.package_install`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from survey_sync.client.connection import ServerConnection
from survey_sync.client.errors import ForeignReplyError, ServerProblemError
from survey_sync.client.inbox import Inbox, fetch_error
from survey_sync.client.package_state import StoredError, stored_error
from survey_sync.client.retry import Retry
from survey_sync.client.sync_home import append_private
from survey_sync.protocol.hashes import package_statement
from survey_sync.protocol.messages import Message, Package, Retraction, Updates, decoder
from survey_tui import files
from survey_tui.errors import StoreError
from survey_tui.signatures import verify

ReportDownload = Callable[[Package, int], None]
"""Called with a package and how many bytes of it are here."""

_PART_BYTES = 256 << 10
_MAX_REQUESTS = 1000  # in one exchange, against a server whose list never ends
_MAX_ITEM_BYTES = 64 << 10  # of a message or an announcement
_MAX_ITEMS = 1000  # in one reply; servers send a hundred
_MAX_NUMBER = (1 << 53) - 1  # of updates
_HASH = re.compile(r"[0-9a-f]{64}")
_KINDS = frozenset({"message", "package", "retraction"})


class _RawUpdates(Struct, frozen=True):
    now: int
    items: list[Raw]
    more: bool = False


class _Kind(Struct, frozen=True):
    kind: str


_raw_updates = decoder(_RawUpdates)
_kind = msgspec.json.Decoder(_Kind)
_item = msgspec.json.Decoder(Message | Package | Retraction)


def fetch_updates(  # noqa: PLR0913, PLR0917 (its parts, each once)
    connection: ServerConnection,
    inbox: Inbox,
    keys: Collection[str],
    retry: Retry,
    max_package_bytes: int,
    on_download: ReportDownload | None = None,
) -> None:
    """Fetch new updates, then the packages that are current and signed with one of ``keys`` (hex).

    Raises :class:`SyncError`, and ``StoreError`` (``sync_fetch_no_room``, ``sync_fetch_disk``) when this
    device's disk fails; what was fetched before is kept.
    """
    try:
        _fetch_list(connection, inbox, retry)
        _check_signatures(inbox, keys)
        for record in reversed(inbox.packages_in_state("wanted")):
            download = _Download(
                connection, inbox, record.package, on_download or (lambda _package, _size: None)
            )
            inbox.set_state(record.package, *download.run(keys, max_package_bytes))
    except StoreError as error:
        raise fetch_error(error) from error
    finally:
        inbox.delete_unused_downloads()


def _fetch_list(connection: ServerConnection, inbox: Inbox, retry: Retry) -> None:
    """Request updates until none is left; the last request tells the server which ones this device has."""
    for _ in range(_MAX_REQUESTS):
        before = inbox.last_number
        request = partial(connection.request_message, decode_updates, "GET", f"/v1/updates?since={before}")
        updates = retry.run_until_success(request)
        inbox.store_updates(updates)
        if inbox.last_number == before or not (updates.items or updates.more):
            return


def decode_updates(data: bytes) -> Updates:
    """Decode a reply. Items of an unknown kind (from a newer program) and oversized ones are skipped.

    Raises ``msgspec.DecodeError`` for anything else that is malformed, and for numbers that no server gives:
    a device that believed them would miss all later updates.
    """
    reply = _raw_updates(data)
    if len(reply.items) > _MAX_ITEMS:
        raise msgspec.DecodeError(f"more than {_MAX_ITEMS} items")
    short = [raw for raw in reply.items if len(bytes(raw)) <= _MAX_ITEM_BYTES]
    items = [_item.decode(raw) for raw in short if _kind.decode(raw).kind in _KINDS]
    if not all(0 <= number <= _MAX_NUMBER for number in (reply.now, *(item.seq for item in items))):
        raise msgspec.DecodeError("a number that no server gives")
    return Updates(now=reply.now, items=items, more=reply.more)


def _check_signatures(inbox: Inbox, keys: Collection[str]) -> None:
    """Exclude packages without a trusted signature before they can supersede another."""
    for record in inbox.packages:
        if record.state in {"wanted", "unknown_key"}:
            inbox.set_state(record.package, signature_state(record.package, keys) or "wanted", record.error)
    inbox.select_current()


def signature_state(package: Package, keys: Collection[str]) -> str:
    """``""`` when one of ``keys`` signed this announcement, else ``unknown_key`` or ``bad_signature``."""
    try:
        key = base64.b64decode(package.key, validate=True)
        signature = base64.b64decode(package.signature, validate=True)
    except ValueError:
        return "bad_signature"
    if len(key) != 32 or not _HASH.fullmatch(package.sha256):  # the hash becomes the name of a file
        return "bad_signature"
    if key.hex() not in keys:
        return "unknown_key"
    statement = package_statement(
        package.content, package.name, package.version, package.sha256, package.size
    )
    return "" if verify(key, signature, statement) else "bad_signature"


class _Download:
    """Download of one package."""

    def __init__(
        self, connection: ServerConnection, inbox: Inbox, package: Package, on_download: ReportDownload
    ) -> None:
        self._connection = connection
        self._package = package
        self._on_download = on_download
        self._partial_path = inbox.partial_path(package)
        self._path = inbox.download_path(package)

    def run(self, keys: Collection[str], max_bytes: int) -> tuple[str, StoredError | None]:
        """The new state of the package, and the error that led to it."""
        fault = signature_state(self._package, keys)
        if fault:
            return fault, None
        size = self._package.size
        if size > max_bytes:
            return "too_large", StoredError("sync_package_too_large", {"size": size, "limit": max_bytes})
        try:
            # A power cut may have damaged the first part: then once more from its beginning.
            return ("ready", None) if self._download() or self._download() else ("bad_hash", None)
        except ServerProblemError as error:
            return ("retracted" if error.problem == "retracted" else "failed"), stored_error(error)
        except OSError as error:
            if error.errno in files.FULL_DISK:
                self._partial_path.unlink(missing_ok=True)  # interviews need the space more
            raise files.store_error_from(error, self._partial_path) from None

    def _download(self) -> bool:
        """Download the rest; whether the whole has the announced SHA-256."""
        if self._path.exists() and _sha256(self._path) == self._package.sha256:
            return True
        while (size := self._partial_size()) < self._package.size:
            self._on_download(self._package, size)
            append_private(self._partial_path, self._request_part(size))
        self._on_download(self._package, self._package.size)
        if _sha256(self._partial_path) != self._package.sha256:
            self._partial_path.unlink()
            return False
        self._partial_path.replace(self._path)
        files.sync_directory(self._path.parent)
        return True

    def _partial_size(self) -> int:
        return self._partial_path.stat().st_size if self._partial_path.exists() else 0

    def _request_part(self, start: int) -> bytes:
        package, connection = self._package, self._connection
        last = min(start + _PART_BYTES, package.size) - 1
        headers = {"Range": f"bytes={start}-{last}"}
        path = f"/v1/packages/{package.sha256}"
        reply = connection.request("GET", path, headers=headers, max_bytes=_PART_BYTES + 1)
        content_range = reply.headers.get("content-range", "")
        if reply.status != 206 or not content_range.startswith(f"bytes {start}-") or not reply.body:
            raise ForeignReplyError("sync_stranger", host=connection.host, status=reply.status)
        return reply.body[: last + 1 - start]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
