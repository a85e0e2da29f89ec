"""Where sending keeps what it must remember: ``<home>/sync``, readable by its owner only.

What happened when, for ``survey-sync log``: one JSON line an event, without answers and without tokens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from survey_sync.client.errors import BusyError
from survey_tui import files
from survey_tui.errors import StoreError
from survey_tui.store.process_lock import ProcessLock


class SyncHome:
    """The files of one home that belong to sending. Nothing is created before something is written."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "sync"

    @property
    def credentials(self) -> Path:
        """Server and token."""
        return self.path / "server.json"

    @property
    def pending_enrolment(self) -> Path:
        """An enrolment whose reply may have been lost."""
        return self.path / "enrolment.json"

    def outbox(self, destination: str = "") -> Path:
        """What each response met on its way; a destination of a plugin has its own."""
        return self.path / (f"outbox-{destination}.journal" if destination else "outbox.journal")

    @property
    def log(self) -> Path:
        """What happened when."""
        return self.path / "log.jsonl"

    @property
    def key(self) -> Path:
        """The device's signing key."""
        return self.path / "device.key"

    @property
    def downloads(self) -> Path:
        """Packages from the server."""
        return self.path / "packages"

    @property
    def inbox(self) -> Path:
        """Messages, and how far the updates were read."""
        return self.path / "inbox.json"

    @property
    def conflicts(self) -> Path:
        """Received responses whose id the store has with other bytes."""
        return self.path / "conflicts"

    def prepare(self) -> None:
        """Create the directory. Raises ``StoreError`` when the disk refuses."""
        try:
            files.make_private_directory(self.path)
        except OSError as error:
            raise files.refused(error, self.path) from None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The right to send from this home; ``BusyError("sync_busy")`` when another program has it."""
        self.prepare()
        path = self.path / "upload.lock"
        try:
            lock = ProcessLock(path)
        except OSError as error:
            raise files.refused(error, path) from None
        try:
            lock.take()
            yield
        except StoreError as error:
            if error.code == "store_in_use" and error.details.get("path") == str(path):
                raise BusyError("sync_busy") from None
            raise
        finally:
            lock.close()


def write_private(path: Path, data: bytes) -> None:
    """Replace a small file as a whole, mode 0600, durable on return. Raises ``StoreError``."""
    try:
        files.make_private_directory(path.parent)
        with files.replacement(path, path.with_name(f"{path.name}.{os.getpid()}.new")) as draft:
            draft.write(data)
    except OSError as error:
        raise files.refused(error, path) from None


def append_private(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Add to a file, mode 0600. Raises ``OSError``; then there may be a part of ``data`` at its end."""
    files.make_private_directory(path.parent)
    descriptor = files.open_private(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        (files.append if durable else files.write)(descriptor, data)
    finally:
        os.close(descriptor)


def read_small(path: Path) -> bytes | None:
    """The file's bytes; ``None`` when there is none. Raises ``StoreError`` when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.refused(error, path) from None


_LONGEST = 512 << 10


def now() -> str:
    """The present moment by this device's clock, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SyncLog:
    """The log at ``path``; when it grows long, the older half goes to ``<name>.old``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, event: str, **facts: object) -> None:
        """Append an event. A disk that refuses loses the note, never the sending."""
        line = msgspec.json.encode({"at": now(), "event": event, **facts}) + b"\n"
        try:
            self._rotate()
            append_private(self.path, line, durable=False)
        except OSError:
            return

    def events(self, last: int = 0) -> list[dict[str, object]]:
        """The last events (0: all), oldest first; lines that are not whole are left out."""
        found = []
        for path in (self.path.with_suffix(".old"), self.path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError("sync_file_damaged", path=str(path)) from error
            for line in data.splitlines():
                try:
                    found.append(msgspec.json.decode(line, type=dict[str, object]))
                except msgspec.DecodeError:
                    continue
        return found[-last:] if last else found

    def _rotate(self) -> None:
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            return
        if size > _LONGEST:
            self.path.replace(self.path.with_suffix(".old"))
