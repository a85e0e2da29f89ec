"""Inbox of a device: messages from the coordinator, and packages with their states.

One file, replaced as a whole. The Sync screen and ``survey-sync`` may change it concurrently: each change is
made, under a lock, to what is on the disk at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field, structs

from survey_sync.client.package_state import (
    PackageRecord,
    StoredError,
    current_packages,
    packages_after_install,
    packages_after_retraction,
)
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.client.unread_counts import UnreadCounts, write_unread_counts
from survey_sync.protocol.messages import Message, Package, Retraction, Updates
from survey_tui.errors import StoreError
from survey_tui.store.process_lock import LOCK_WAIT_SECONDS

_MAX_KEPT = 200  # messages, and packages


class InboxMessage(Struct, frozen=True):
    """A message of the coordinator. ``seen``: it was shown. ``retracted``: moment of the retraction; an
    unseen message is deleted instead."""

    seq: int
    at: str
    author: str
    text: str
    seen: bool = False
    retracted: str = ""


class _Content(Struct, frozen=True):
    """The file; ``since``: number of the last update."""

    since: int = 0
    messages: tuple[InboxMessage, ...] = field(default=(), name="letters")
    packages: tuple[PackageRecord, ...] = ()


class Inbox:
    """The inbox of one home. A damaged file counts as empty, since the server can send everything again.

    Changes are durable on return; they raise ``StoreError`` as :func:`fetch_error` makes it.
    """

    def __init__(self, sync_home: SyncHome) -> None:
        self.sync_home = sync_home
        self._content = self._read()

    @property
    def last_number(self) -> int:
        """Number of the last update that was received."""
        return self._content.since

    @property
    def messages(self) -> tuple[InboxMessage, ...]:
        """Messages in the order of their numbers, oldest first."""
        return self._content.messages

    @property
    def packages(self) -> tuple[PackageRecord, ...]:
        """Packages in the order of their numbers, oldest first."""
        return self._content.packages

    def packages_in_state(self, state: str) -> list[PackageRecord]:
        """Packages in this state, oldest first."""
        return [each for each in self.packages if each.state == state]

    def download_path(self, package: Package) -> Path:
        """Path of the whole, verified package."""
        return self.sync_home.downloads / f"{package.sha256}.zip"

    def partial_path(self, package: Package) -> Path:
        """Path of a package that is being downloaded."""
        return self.sync_home.downloads / f"{package.sha256}.part"

    # --- changes
    def store_updates(self, updates: Updates) -> None:
        """Add messages and packages, and apply retractions."""
        self._change(lambda content: _with_updates(content, updates))

    def set_state(self, package: Package, state: str, error: StoredError | None = None) -> None:
        """Set the state of a package; a new one counts as not seen."""

        def changed(record: PackageRecord) -> PackageRecord:
            if record.package.seq != package.seq:
                return record
            same = record.state == state and record.error == error
            return structs.replace(record, state=state, error=error, seen=record.seen and same)

        self._change_packages(lambda packages: tuple(map(changed, packages)))

    def select_current(self) -> None:
        """Make the last version of each package current."""
        self._change_packages(current_packages)

    def mark_installed(self, package: Package) -> None:
        """Make this package the installed one of its name."""
        self._change_packages(lambda packages: packages_after_install(packages, package))

    def request_again(self, condition: Callable[[PackageRecord], bool]) -> None:
        """Download once more the packages that satisfy ``condition``."""

        def changed(record: PackageRecord) -> PackageRecord:
            if not condition(record):
                return record
            return structs.replace(record, state="wanted", error=None, seen=False)

        self._change_packages(lambda packages: tuple(map(changed, packages)))

    def mark_seen(self, messages: Collection[int] = (), packages: Collection[int] = ()) -> None:
        """Store that these messages and the faults of these packages were shown (their numbers)."""

        def changed(content: _Content) -> _Content:
            read = [
                structs.replace(each, seen=each.seen or each.seq in messages) for each in content.messages
            ]
            known = [
                structs.replace(each, seen=each.seen or each.package.seq in packages)
                for each in content.packages
            ]
            return structs.replace(content, messages=tuple(read), packages=tuple(known))

        self._change(changed)

    def reset_numbering(self) -> None:
        """Expect updates from the beginning: of another server, or for a new device at the same one.

        Messages and installed packages stay, with numbers that no server gives (below zero), until the same
        ones are received again.
        """
        self._change(_renumber)

    def delete_unused_downloads(self) -> None:
        """Delete downloads that will not be installed. A disk that fails is no error."""
        if not self.sync_home.downloads.is_dir():
            return
        with suppress(OSError, StoreError), self._lock():
            self._content = self._read()
            used = {each.package.sha256 for each in self.packages if each.state in {"wanted", "ready"}}
            for path in list(self.sync_home.downloads.iterdir()):
                if path.stem not in used:
                    path.unlink(missing_ok=True)

    def refresh(self) -> None:
        """Read changes of other programs."""
        self._content = self._read()

    def _read(self) -> _Content:
        data = read_small(self.sync_home.inbox)
        try:
            return msgspec.json.decode(data, type=_Content) if data else _Content()
        except msgspec.DecodeError:
            return _Content()

    def _change_packages(
        self, change: Callable[[tuple[PackageRecord, ...]], tuple[PackageRecord, ...]]
    ) -> None:
        self._change(lambda content: structs.replace(content, packages=change(content.packages)))

    def _change(self, change: Callable[[_Content], _Content]) -> None:
        self._content = self._read()
        if change(self._content) == self._content:
            return
        try:
            with self._lock():
                before = self._read()
                now = change(before)
                if now != before:
                    write_private(self.sync_home.inbox, msgspec.json.encode(now))
                self._content = now
                self._write_unread_counts()
        except StoreError as error:
            raise fetch_error(error) from error

    def _write_unread_counts(self) -> None:
        counts = UnreadCounts(
            unread=sum(not message.seen for message in self.messages),
            ready=len(self.packages_in_state("ready")),
            needs_attention=sum(each.needs_attention and not each.seen for each in self.packages),
        )
        with suppress(StoreError):  # the inbox itself is written
            write_unread_counts(self.sync_home.home, counts)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with self.sync_home.file_lock(self.sync_home.path / "inbox.lock", LOCK_WAIT_SECONDS):
            yield


def fetch_error(error: StoreError) -> StoreError:
    """The failure of a disk as one of fetching updates (``sync_fetch_no_room``, ``sync_fetch_disk``), since
    no interview is in danger."""
    if error.code == "store_disk_full":
        return StoreError("sync_fetch_no_room", **error.details)
    if error.code in {"store_not_writable", "store_io"}:
        reason = error.details.get("reason", "read-only")
        return StoreError("sync_fetch_disk", path=error.details.get("path", ""), reason=reason)
    return error


def _with_updates(content: _Content, updates: Updates) -> _Content:
    known = {each.seq for each in content.messages} | {each.package.seq for each in content.packages}
    messages, packages = list(content.messages), content.packages
    for item in updates.items:
        if isinstance(item, Retraction):
            messages = [_retract(each, item) for each in messages if each.seen or each.seq != item.retracts]
            packages = packages_after_retraction(packages, item.retracts, item.at)
            continue
        if item.seq in known:
            continue
        known.add(item.seq)
        if isinstance(item, Message):
            messages = _with_message(messages, InboxMessage(item.seq, item.at, item.author, item.text))
        else:
            packages = _with_package(packages, item)
    last = max(updates.now, content.since)
    return _Content(last, tuple(messages[-_MAX_KEPT:]), packages[-_MAX_KEPT:])


def _retract(message: InboxMessage, item: Retraction) -> InboxMessage:
    if message.seq != item.retracts or message.retracted:
        return message
    return structs.replace(message, retracted=item.at, seen=False)


def _with_message(messages: list[InboxMessage], new: InboxMessage) -> list[InboxMessage]:
    """Messages with a new one, or with the number of one that was received before
    (:meth:`Inbox.reset_numbering`)."""
    for at, old in enumerate(messages):
        if old.seq < 0 and (old.at, old.author, old.text) == (new.at, new.author, new.text):
            return [*messages[:at], *messages[at + 1 :], structs.replace(old, seq=new.seq)]
    return [*messages, new]


def _with_package(packages: tuple[PackageRecord, ...], new: Package) -> tuple[PackageRecord, ...]:
    identity = (new.content, new.name)
    for at, old in enumerate(packages):
        if old.package.seq < 0 and old.identity == identity and old.package.sha256 == new.sha256:
            return (*packages[:at], *packages[at + 1 :], structs.replace(old, package=new))
    return (*packages, PackageRecord(new))


def _renumber(content: _Content) -> _Content:
    count = len(content.messages)
    messages = [structs.replace(each, seq=at - count) for at, each in enumerate(content.messages)]
    installed = [each for each in content.packages if each.state == "installed"]
    packages = [
        structs.replace(each, package=structs.replace(each.package, seq=at - len(installed) - count))
        for at, each in enumerate(installed)
    ]
    return _Content(0, tuple(messages), tuple(packages))
