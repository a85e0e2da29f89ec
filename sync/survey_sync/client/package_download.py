"""What the coordinator has for this device: asked for, sorted, fetched and verified; nothing is unpacked.

A package is fetched in parts and goes on where it stopped. It counts only if its hash is the one announced
and the announcement was signed with a key that this device trusts (``survey-sync trust``, or ``survey-tui
plugins keys trust``, which is the same). Installing is :mod:`survey_sync.client.package_install`.
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
from survey_sync.client.sync_home import append_private
from survey_sync.protocol.hashes import package_statement
from survey_sync.protocol.messages import Message, Package, Retraction, Updates, decoder
from survey_tui import files
from survey_tui.errors import StoreError

Insist = Callable[[Callable[[], Updates]], Updates]
Told = Callable[[Package, int], None]

_PART = 256 << 10
_QUESTIONS = 1000  # of one meeting: a server that never comes to an end is left
_LONGEST_ITEM = 64 << 10  # bytes of a message or an announcement
_MOST_ITEMS = 1000  # of one reply; servers say a hundred
_LAST = (1 << 53) - 1  # of the numbers that servers give and read
_HASH = re.compile(r"[0-9a-f]{64}")
_KINDS = frozenset({"message", "package", "retraction"})


class _Announced(Struct, frozen=True):
    now: int
    items: list[Raw]
    more: bool = False


class _Kind(Struct, frozen=True):
    kind: str


_announced = decoder(_Announced)
_kind = msgspec.json.Decoder(_Kind)
_item = msgspec.json.Decoder(Message | Package | Retraction)


def fetch_updates(  # noqa: PLR0913, PLR0917 (what it works with, each once)
    line: ServerConnection,
    inbox: Inbox,
    keys: Collection[str],
    insist: Insist,
    most: int,
    told: Told | None = None,
) -> None:
    """Ask for what is new, then fetch the packages that count and are signed with one of ``keys`` (hex).

    ``most``: bytes of a package. ``told`` hears of a package and how many bytes of it are here. Raises
    :class:`SyncError`, and ``StoreError`` (``sync_fetch_no_room``, ``sync_fetch_disk``) when this device's
    disk refuses; what came before is kept.
    """
    try:
        _hear(line, inbox, insist)
        _sort(inbox, keys)
        for parked in reversed(inbox.packages_in_state("wanted")):
            fetch = _Fetch(line, inbox, parked.package, told or (lambda _package, _here: None))
            inbox.mark(parked.package, *fetch.run(keys, most))
    except StoreError as error:
        raise fetch_error(error) from error
    finally:
        inbox.delete_unused_downloads()


def _hear(line: ServerConnection, inbox: Inbox, insist: Insist) -> None:
    """Until nothing more comes: the last question tells the server what this device has."""
    for _ in range(_QUESTIONS):
        before = inbox.since
        updates = insist(partial(line.request_message, decode_updates, "GET", f"/v1/updates?since={before}"))
        inbox.take(updates)
        if inbox.since == before or not (updates.items or updates.more):
            return


def decode_updates(data: bytes) -> Updates:
    """Decode a reply; items of a kind that only a newer program knows are passed over, and so are those that
    are longer than any honest one. ``msgspec.DecodeError`` for anything else that is not as it should be;
    also for numbers that no server gives, since a device that believed them would be deaf to all that come.
    """
    said = _announced(data)
    if len(said.items) > _MOST_ITEMS:
        raise msgspec.DecodeError(f"more than {_MOST_ITEMS} items")
    short = [raw for raw in said.items if len(bytes(raw)) <= _LONGEST_ITEM]
    items = [_item.decode(raw) for raw in short if _kind.decode(raw).kind in _KINDS]
    if not all(0 <= number <= _LAST for number in (said.now, *(item.seq for item in items))):
        raise msgspec.DecodeError("a number that no server gives")
    return Updates(now=said.now, items=items, more=said.more)


def _sort(inbox: Inbox, keys: Collection[str]) -> None:
    """What nobody vouches for is set aside before it can stand in for anything."""
    for parked in inbox.packages:
        if parked.state in {"wanted", "unknown_key"}:
            inbox.mark(parked.package, signature_fault(parked.package, keys) or "wanted", parked.trouble)
    inbox.settle()


def signature_fault(package: Package, keys: Collection[str]) -> str:
    """``""`` when a trusted key signed this announcement, else ``unknown_key`` or ``bad_signature``."""
    from survey_tui.signatures import verify

    try:
        key = base64.b64decode(package.key, validate=True)
        signature = base64.b64decode(package.signature, validate=True)
    except ValueError:
        return "bad_signature"
    if len(key) != 32 or not _HASH.fullmatch(package.sha256):  # the hash becomes the name of a file
        return "bad_signature"
    if key.hex() not in keys:
        return "unknown_key"
    said = package_statement(package.content, package.name, package.version, package.sha256, package.size)
    return "" if verify(key, signature, said) else "bad_signature"


class _Fetch:
    """One package on its way."""

    def __init__(self, line: ServerConnection, inbox: Inbox, package: Package, told: Told) -> None:
        self._line = line
        self._package = package
        self._told = told
        self._part = inbox.part(package)
        self._whole = inbox.path(package)

    def run(self, keys: Collection[str], most: int) -> tuple[str, StoredError | None]:
        """The new state of the package, and why."""
        doubt = signature_fault(self._package, keys)
        if doubt:
            return doubt, None
        size = self._package.size
        if size > most:
            return "too_large", StoredError("sync_package_too_large", {"size": size, "limit": most})
        try:
            # What was begun may have suffered from a cut of power: then once more from its beginning.
            return ("ready", None) if self._fetched() or self._fetched() else ("bad_hash", None)
        except ServerProblemError as error:
            return ("retracted" if error.problem == "retracted" else "failed"), stored_error(error)
        except OSError as error:
            if error.errno in files.FULL_DISK:
                self._part.unlink(missing_ok=True)  # interviews need the room more
            raise files.refused(error, self._part) from None

    def _fetched(self) -> bool:
        """Whether the whole is here and is what was announced."""
        if self._whole.exists() and _hash_of(self._whole) == self._package.sha256:
            return True
        while (have := self._part.stat().st_size if self._part.exists() else 0) < self._package.size:
            self._told(self._package, have)
            append_private(self._part, self._piece(have))
        self._told(self._package, self._package.size)
        if _hash_of(self._part) != self._package.sha256:
            self._part.unlink()
            return False
        self._part.replace(self._whole)
        files.sync_directory(self._whole.parent)
        return True

    def _piece(self, have: int) -> bytes:
        package, line = self._package, self._line
        last = min(have + _PART, package.size) - 1
        wanted = {"Range": f"bytes={have}-{last}"}
        reply = line.request("GET", f"/v1/packages/{package.sha256}", headers=wanted, most=_PART + 1)
        said = reply.headers.get("content-range", "")
        if reply.status != 206 or not said.startswith(f"bytes {have}-") or not reply.body:
            raise ForeignReplyError("sync_stranger", host=line.host, status=reply.status)
        return reply.body[: last + 1 - have]


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
