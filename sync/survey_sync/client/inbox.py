"""What comes back from the coordinator: messages, and packages that are fetched, verified, and installed
later.

A package is fetched in parts and goes on where it stopped. It counts only if its hash is the one announced
and the announcement was signed with a key that this device trusts (``survey-sync trust``, or ``survey-tui
plugins keys trust``, which is the same); nothing is unpacked before. Installing waits for a moment between
interviews.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from survey_sync.client.errors import RejectedError, StrangerError, SyncError
from survey_sync.client.folder import Folder, read_small, write_private
from survey_sync.client.transport import Line
from survey_sync.protocol import Message, Package, Updates, decoder, package_statement
from survey_tui.errors import PluginError, StoreError
from survey_tui.store import files

__all__ = ["Inbox", "Letter", "Parked", "fetch_updates", "trusted"]

T = TypeVar("T")
Insist = Callable[[Callable[[], Updates]], Updates]

_updates = decoder(Updates)
_PART = 256 << 10
_KEPT = 200  # messages


class Letter(Struct, frozen=True):
    """A message: when, from whom, what. ``seen``: it was shown."""

    seq: int
    at: str
    author: str
    text: str
    seen: bool = False


class Parked(Struct, frozen=True):
    """A package of the server. ``state``: ``wanted``, ``ready`` (here and verified), ``installed``, or why
    not: ``unknown_key``, ``bad_signature``, ``bad_hash``, ``too_large``, ``failed``."""

    package: Package
    state: str = "wanted"


class _Kept(Struct, frozen=True):
    since: int = 0
    letters: tuple[Letter, ...] = ()
    packages: tuple[Parked, ...] = ()


class Inbox:
    """The inbox of one home; a damaged file is begun anew, since the server can tell everything again."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        data = read_small(folder.inbox)
        try:
            self._kept = msgspec.json.decode(data, type=_Kept) if data else _Kept()
        except msgspec.DecodeError:
            self._kept = _Kept()

    @property
    def since(self) -> int:
        """Up to which update the server was heard."""
        return self._kept.since

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Messages, oldest first."""
        return self._kept.letters

    @property
    def packages(self) -> tuple[Parked, ...]:
        """Packages, oldest first."""
        return self._kept.packages

    def path(self, package: Package) -> Path:
        """Where the whole, verified package lies."""
        return self.folder.downloads / f"{package.sha256}.zip"

    def take(self, updates: Updates) -> None:
        """Keep what came; durable on return."""
        known = {letter.seq for letter in self.letters} | {parked.package.seq for parked in self.packages}
        fresh = [item for item in updates.items if item.seq not in known]
        letters = [Letter(m.seq, m.at, m.author, m.text) for m in fresh if isinstance(m, Message)]
        packages = [Parked(p) for p in fresh if isinstance(p, Package)]
        self._keep(
            _Kept(
                max(updates.now, self.since),
                (*self.letters, *letters)[-_KEPT:],
                (*self.packages, *packages)[-_KEPT:],
            )
        )

    def mark(self, package: Package, state: str) -> None:
        """Another state for a package."""
        now = [
            structs.replace(parked, state=state) if parked.package.seq == package.seq else parked
            for parked in self.packages
        ]
        self._keep(structs.replace(self._kept, packages=tuple(now)))

    def seen(self, seqs: Collection[int]) -> None:
        """These messages were shown."""
        now = [structs.replace(letter, seen=letter.seen or letter.seq in seqs) for letter in self.letters]
        self._keep(structs.replace(self._kept, letters=tuple(now)))

    def _keep(self, kept: _Kept) -> None:
        if kept == self._kept:
            return
        write_private(self.folder.inbox, msgspec.json.encode(kept))
        self._kept = kept


def fetch_updates(line: Line, inbox: Inbox, keys: Collection[str], insist: Insist, most: int) -> None:
    """Ask for what is new, then fetch the packages that are wanted and signed with one of ``keys`` (hex).

    ``most``: bytes of a package. Raises :class:`SyncError`; what came before it is kept.
    """
    while True:
        updates = insist(partial(_ask, line, inbox.since))
        before = inbox.since
        inbox.take(updates)
        if not updates.more or inbox.since == before:
            break
    for parked in inbox.packages:
        if parked.state in {"wanted", "unknown_key"}:
            inbox.mark(parked.package, _fetched(line, inbox, parked.package, keys, most))


def trusted(package: Package, keys: Collection[str]) -> str:
    """``""`` when a trusted key signed this announcement, else ``unknown_key`` or ``bad_signature``."""
    from survey_tui.signatures import verify

    try:
        key = base64.b64decode(package.key, validate=True)
        signature = base64.b64decode(package.signature, validate=True)
    except ValueError:
        return "bad_signature"
    if key.hex() not in keys:
        return "unknown_key"
    said = package_statement(package.content, package.name, package.version, package.sha256, package.size)
    return "" if verify(key, signature, said) else "bad_signature"


def _ask(line: Line, since: int) -> Updates:
    reply = line.request("GET", f"/v1/updates?since={since}")
    try:
        return _updates(reply.body)
    except msgspec.DecodeError:
        raise StrangerError("sync_stranger", host=line.host, status=reply.status) from None


def _fetched(line: Line, inbox: Inbox, package: Package, keys: Collection[str], most: int) -> str:
    """The new state of a package."""
    doubt = trusted(package, keys)
    if doubt:
        return doubt
    if package.size > most:
        return "too_large"
    part = inbox.folder.downloads / f"{package.sha256}.part"
    try:
        files.make_private_directory(part.parent)
        while (have := part.stat().st_size if part.exists() else 0) < package.size:
            _append(part, _piece(line, package, have))
        if hashlib.sha256(part.read_bytes()).hexdigest() != package.sha256:
            part.unlink()
            return "bad_hash"
        part.replace(inbox.path(package))
        files.sync_directory(part.parent)
    except OSError as error:
        raise files.refused(error, part) from None
    except RejectedError:
        return "failed"
    return "ready"


def _piece(line: Line, package: Package, have: int) -> bytes:
    last = min(have + _PART, package.size) - 1
    wanted = {"Range": f"bytes={have}-{last}"}
    reply = line.request("GET", f"/v1/packages/{package.sha256}", headers=wanted, most=_PART + 1)
    said = reply.headers.get("content-range", "")
    if reply.status != 206 or not said.startswith(f"bytes {have}-") or not reply.body:
        raise StrangerError("sync_stranger", host=line.host, status=reply.status)
    return reply.body[: last + 1 - have]


def _append(path: Path, data: bytes) -> None:
    descriptor = files.open_private(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        files.append(descriptor, data)
    finally:
        os.close(descriptor)


def install_ready(inbox: Inbox, install: Callable[[Package, Path], None]) -> list[Package]:
    """Install what is ready; call it between interviews only. What fails is marked and not tried again."""
    done = []
    for parked in inbox.packages:
        if parked.state != "ready":
            continue
        try:
            install(parked.package, inbox.path(parked.package))
        except (SyncError, StoreError, PluginError):
            inbox.mark(parked.package, "failed")
        else:
            inbox.mark(parked.package, "installed")
            done.append(parked.package)
    return done
