"""What came back from the coordinator, as this device keeps it: messages, and packages with their states.

One file, replaced as a whole. The Sync screen and a ``survey-sync`` beside it may both change it: each change
is made under a lock to what is on the disk at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field, structs

from survey_sync.client import package_state as states
from survey_sync.client.package_state import PackageRecord, StoredError
from survey_sync.client.sync_home import SyncHome, read_small, write_private
from survey_sync.client.unread_counts import UnreadCounts, unread_counts_path
from survey_sync.protocol.messages import Message, Package, Retraction, Updates
from survey_tui import files
from survey_tui.errors import StoreError
from survey_tui.store.process_lock import LOCK_WAIT_SECONDS, ProcessLock

_KEPT = 200  # messages, and packages


class InboxMessage(Struct, frozen=True):
    """A message: when, from whom, what. ``seen``: it was shown. ``retracted``: when it was taken back after
    that; one that nobody had seen is forgotten instead."""

    seq: int
    at: str
    author: str
    text: str
    seen: bool = False
    retracted: str = ""


class _Kept(Struct, frozen=True):
    since: int = 0
    messages: tuple[InboxMessage, ...] = field(default=(), name="letters")
    packages: tuple[PackageRecord, ...] = ()


class Inbox:
    """The inbox of one home; a damaged file is begun anew, since the server can tell everything again."""

    def __init__(self, folder: SyncHome) -> None:
        self.folder = folder
        self._kept = self._read()

    @property
    def since(self) -> int:
        """Up to which update the server was heard."""
        return self._kept.since

    @property
    def messages(self) -> tuple[InboxMessage, ...]:
        """Messages, oldest first."""
        return self._kept.messages

    @property
    def packages(self) -> tuple[PackageRecord, ...]:
        """Packages, oldest first."""
        return self._kept.packages

    def packages_in_state(self, state: str) -> list[PackageRecord]:
        """Packages in this state, oldest first."""
        return [each for each in self.packages if each.state == state]

    def path(self, package: Package) -> Path:
        """Where the whole, verified package lies."""
        return self.folder.downloads / f"{package.sha256}.zip"

    def part(self, package: Package) -> Path:
        """Where it grows."""
        return self.folder.downloads / f"{package.sha256}.part"

    # --- changes, each durable on return; StoreError as of :func:`not_kept` when the disk refuses
    def take(self, updates: Updates) -> None:
        """Keep what came."""
        self._change(lambda kept: _taken(kept, updates))

    def mark(self, package: Package, state: str, trouble: StoredError | None = None) -> None:
        """Another state for a package."""

        def marked(each: PackageRecord) -> PackageRecord:
            if each.package.seq != package.seq:
                return each
            same = each.state == state and each.trouble == trouble
            return structs.replace(each, state=state, trouble=trouble, seen=each.seen and same)

        self._change(lambda kept: structs.replace(kept, packages=tuple(map(marked, kept.packages))))

    def settle(self) -> None:
        """Let the last package of each line count."""
        self._change(lambda kept: structs.replace(kept, packages=states.current_packages(kept.packages)))

    def installed(self, package: Package) -> None:
        """This package is the one in use."""
        self._change(
            lambda kept: structs.replace(kept, packages=states.packages_after_install(kept.packages, package))
        )

    def again(self, wanted: Callable[[PackageRecord], bool]) -> None:
        """Fetch these packages once more, whatever became of them."""

        def renewed(each: PackageRecord) -> PackageRecord:
            return structs.replace(each, state="wanted", trouble=None, seen=False) if wanted(each) else each

        self._change(lambda kept: structs.replace(kept, packages=tuple(map(renewed, kept.packages))))

    def seen(self, letters: Collection[int] = (), packages: Collection[int] = ()) -> None:
        """These messages, and what is wrong with these packages, were shown (their numbers)."""

        def shown(kept: _Kept) -> _Kept:
            read = [structs.replace(each, seen=each.seen or each.seq in letters) for each in kept.messages]
            known = [
                structs.replace(each, seen=each.seen or each.package.seq in packages)
                for each in kept.packages
            ]
            return structs.replace(kept, messages=tuple(read), packages=tuple(known))

        self._change(shown)

    def reset_numbering(self) -> None:
        """Another server, or a new device at the same one: updates are numbered from the beginning. What was
        kept stays, under numbers that no server gives (below zero), until the same comes again."""
        self._change(_renumbered)

    def delete_unused_downloads(self) -> None:
        """Delete the downloads of packages that nobody will install. A disk that refuses loses nothing."""
        if not self.folder.downloads.is_dir():
            return
        with suppress(OSError, StoreError), self._locked():
            self._kept = self._read()
            kept = {each.package.sha256 for each in self.packages if each.state in {"wanted", "ready"}}
            for path in list(self.folder.downloads.iterdir()):
                if path.stem not in kept:
                    path.unlink(missing_ok=True)

    def refresh(self) -> None:
        """Read what another program has changed."""
        self._kept = self._read()

    def _read(self) -> _Kept:
        data = read_small(self.folder.inbox)
        try:
            return msgspec.json.decode(data, type=_Kept) if data else _Kept()
        except msgspec.DecodeError:
            return _Kept()

    def _change(self, change: Callable[[_Kept], _Kept]) -> None:
        self._kept = self._read()
        if change(self._kept) == self._kept:
            return
        try:
            with self._locked():
                before = self._read()
                now = change(before)
                if now != before:
                    write_private(self.folder.inbox, msgspec.json.encode(now))
                self._kept = now
                self._tell()
        except StoreError as error:
            raise fetch_error(error) from error

    def _tell(self) -> None:
        """The few bytes for Home; it does not matter much if they are not written."""
        notice = UnreadCounts(
            unread=sum(not letter.seen for letter in self.messages),
            ready=len(self.packages_in_state("ready")),
            needs_attention=sum(each.needs_attention and not each.seen for each in self.packages),
        )
        with suppress(StoreError):
            write_private(unread_counts_path(self.folder.home), msgspec.json.encode(notice))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.prepare()
        path = self.folder.path / "inbox.lock"
        try:
            lock = ProcessLock(path)
        except OSError as error:
            raise files.refused(error, path) from None
        try:
            lock.take(LOCK_WAIT_SECONDS)
            yield
        finally:
            lock.close()


def fetch_error(error: StoreError) -> StoreError:
    """A disk's refusal in words about updates (``sync_fetch_no_room``, ``sync_fetch_disk``): nothing of an
    interview is at stake here."""
    if error.code == "store_disk_full":
        return StoreError("sync_fetch_no_room", **error.details)
    if error.code in {"store_not_writable", "store_io"}:
        reason = error.details.get("reason", "read-only")
        return StoreError("sync_fetch_disk", path=error.details.get("path", ""), reason=reason)
    return error


def _taken(kept: _Kept, updates: Updates) -> _Kept:
    known = {letter.seq for letter in kept.messages} | {each.package.seq for each in kept.packages}
    letters, packages = list(kept.messages), kept.packages
    for item in updates.items:
        if isinstance(item, Retraction):
            letters = [_taken_back(each, item) for each in letters if each.seen or each.seq != item.retracts]
            packages = states.packages_after_retraction(packages, item.retracts, item.at)
            continue
        if item.seq in known:
            continue
        known.add(item.seq)
        if isinstance(item, Message):
            letters = _with_letter(letters, InboxMessage(item.seq, item.at, item.author, item.text))
        else:
            packages = _with_package(packages, item)
    return _Kept(max(updates.now, kept.since), tuple(letters[-_KEPT:]), packages[-_KEPT:])


def _taken_back(letter: InboxMessage, item: Retraction) -> InboxMessage:
    if letter.seq != item.retracts or letter.retracted:
        return letter
    return structs.replace(letter, retracted=item.at, seen=False)


def _with_letter(letters: list[InboxMessage], new: InboxMessage) -> list[InboxMessage]:
    """One more, or the number of one that was there before (:meth:`Inbox.reset_numbering`)."""
    for at, old in enumerate(letters):
        if old.seq < 0 and (old.at, old.author, old.text) == (new.at, new.author, new.text):
            return [*letters[:at], *letters[at + 1 :], structs.replace(old, seq=new.seq)]
    return [*letters, new]


def _with_package(packages: tuple[PackageRecord, ...], new: Package) -> tuple[PackageRecord, ...]:
    for at, old in enumerate(packages):
        if old.package.seq < 0 and old.line == (new.content, new.name) and old.package.sha256 == new.sha256:
            return (*packages[:at], *packages[at + 1 :], structs.replace(old, package=new))
    return (*packages, PackageRecord(new))


def _renumbered(kept: _Kept) -> _Kept:
    letters = [structs.replace(each, seq=at - len(kept.messages)) for at, each in enumerate(kept.messages)]
    stay = [each for each in kept.packages if each.state == "installed"]
    packages = [
        structs.replace(each, package=structs.replace(each.package, seq=at - len(stay) - len(letters)))
        for at, each in enumerate(stay)
    ]
    return _Kept(0, tuple(letters), tuple(packages))
