"""The directory ``<home>/sync``: its files, the upload lock, and the log.

Only the owner may read it. Each file has one module that reads and writes it.
"""

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

_MAX_LOG_BYTES = 512 << 10


class SyncHome:
    """Paths of one home that belong to sync. Nothing is created before something is written."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "sync"

    @property
    def credentials(self) -> Path:
        """Server and token of an enrolled device (:mod:`~survey_sync.client.credentials`)."""
        return self.path / "server.json"

    @property
    def pending_enrolment(self) -> Path:
        """Enrolment whose reply may have been lost (:mod:`~survey_sync.client.enrolment`)."""
        return self.path / "enrolment.json"

    def outbox(self, destination: str = "") -> Path:
        """Delivery status of responses, a file for each destination
        (:mod:`~survey_sync.client.outbox`)."""
        return self.path / (f"outbox-{destination}.journal" if destination else "outbox.journal")

    @property
    def log(self) -> Path:
        """Events for ``survey-sync log`` (:class:`SyncLog`)."""
        return self.path / "log.jsonl"

    @property
    def key(self) -> Path:
        """Signing key of the device (:mod:`~survey_sync.client.device_keys`)."""
        return self.path / "device.key"

    @property
    def downloads(self) -> Path:
        """Directory of downloaded packages (:mod:`~survey_sync.client.package_download`)."""
        return self.path / "packages"

    @property
    def inbox(self) -> Path:
        """Messages and package states (:mod:`~survey_sync.client.inbox`)."""
        return self.path / "inbox.json"

    @property
    def conflicts(self) -> Path:
        """Directory of conflicting responses (:mod:`~survey_sync.client.conflicts`)."""
        return self.path / "conflicts"

    @property
    def devices(self) -> Path:
        """Devices whose bundles were received (:mod:`~survey_sync.client.bundles.provenance`)."""
        return self.path / "devices.json"

    @property
    def sources(self) -> Path:
        """Devices that brought responses (:mod:`~survey_sync.client.bundles.provenance`)."""
        return self.path / "origins.jsonl"

    @property
    def withdrawals(self) -> Path:
        """Withdrawals of other devices (:mod:`~survey_sync.client.withdrawals`)."""
        return self.path / "withdrawals.json"

    def prepare(self) -> None:
        """Create the directory. Raises ``StoreError``."""
        try:
            files.make_private_directory(self.path)
        except OSError as error:
            raise files.store_error_from(error, self.path) from None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the upload lock; ``BusyError("sync_busy")`` when another process holds it."""
        path = self.path / "upload.lock"
        try:
            with self.file_lock(path):
                yield
        except StoreError as error:
            if error.code == "store_in_use" and error.details.get("path") == str(path):
                raise BusyError("sync_busy") from None
            raise

    @contextmanager
    def file_lock(self, path: Path, patience: float = 0.0) -> Iterator[None]:
        """Hold a lock among programs. ``patience``: seconds to wait for it. Raises ``StoreError``."""
        self.prepare()
        try:
            lock = ProcessLock(path)
        except OSError as error:
            raise files.store_error_from(error, path) from None
        try:
            lock.acquire(patience)
            yield
        finally:
            lock.close()


def write_private(path: Path, data: bytes) -> None:
    """Replace a small file as a whole, mode 0600, durable on return. Raises ``StoreError``."""
    try:
        files.make_private_directory(path.parent)
        with files.replacement(path, path.with_name(f"{path.name}.{os.getpid()}.new")) as draft:
            draft.write(data)
    except OSError as error:
        raise files.store_error_from(error, path) from None


def append_private(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Append to a file, mode 0600. After an ``OSError`` a part of ``data`` may be at its end."""
    files.make_private_directory(path.parent)
    descriptor = files.open_private(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        (files.append if durable else files.write)(descriptor, data)
    finally:
        os.close(descriptor)


def read_small(path: Path) -> bytes | None:
    """Content of a file, ``None`` when there is none. Raises ``StoreError``."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.store_error_from(error, path) from None


def now() -> str:
    """The present moment by this device's clock, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SyncLog:
    """Events of sync as JSON lines at ``path``, without answers and tokens; a long file becomes
    ``<name>.old``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, event: str, **fields: object) -> None:
        """Append an event. A disk that fails loses the event and stops nothing."""
        line = msgspec.json.encode({"at": now(), "event": event, **fields}) + b"\n"
        try:
            self._rotate()
            append_private(self.path, line, durable=False)
        except OSError:
            return

    def events(self, last: int = 0) -> list[dict[str, object]]:
        """The last events (0: all), oldest first, without torn lines."""
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
        if size > _MAX_LOG_BYTES:
            self.path.replace(self.path.with_suffix(".old"))
