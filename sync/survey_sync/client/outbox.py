"""What each response met on its way, kept across kills: receipts, attempts, the last error.

An append-only file beside the store, one checksummed JSON line for each change, synced before anything relies
on it. The store's own marks follow from it (:mod:`~survey_sync.client.pending`), so a receipt that was
written
here is never asked for again, even if the program was killed before the store heard of it. Losing the file
would cost sending again (the server answers ``present``), nothing else; so a damaged line is skipped, not an
error.

Only the holder of the upload lock writes; anybody may read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self
from zlib import crc32

import msgspec
from msgspec import Struct

from survey_sync.client.pending import ResponseKey
from survey_sync.client.sync_home import write_private
from survey_sync.protocol.messages import SAFE, Receipt
from survey_tui import files

_WORTH_COMPACTING = 1 << 16


class DeliveryStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it stands with one response.

    ``status`` is a receipt's (``""``: none yet), ``receipt`` the server's number, ``reason`` why it was
    refused; ``attempts`` counts requests that it was in, ``error`` is the code of the last one that failed,
    ``at`` the moment of the last change (ISO 8601, this device's clock).
    """

    status: str = ""
    receipt: str = ""
    reason: str = ""
    attempts: int = 0
    error: str = ""
    at: str = ""

    @property
    def settled(self) -> bool:
        """There is a receipt: nothing is sent any more."""
        return bool(self.status)

    @property
    def safe(self) -> bool:
        """The destination holds these bytes."""
        return self.status in SAFE


class _Entry(Struct, frozen=True, omit_defaults=True, tag="met"):
    """One line: ``keys`` share what happened."""

    keys: list[ResponseKey]
    standing: DeliveryStatus
    tried: bool = False


class _Pace(Struct, frozen=True, tag="pace"):
    pace: int


_NEW = DeliveryStatus()
_entry = msgspec.json.Decoder(_Entry | _Pace)
_encode = msgspec.json.Encoder().encode


class Outbox:
    """The file at ``path``; read when made, written by :meth:`received` and :meth:`failed`."""

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self.pace: int | None = None
        self._standings: dict[ResponseKey, DeliveryStatus] = {}
        self._descriptor = -1
        size, end = self._read()
        if writable:
            self._open(size, end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing waits to be written."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def status_of(self, key: ResponseKey) -> DeliveryStatus:
        """How it stands with a response; a new one if it was never tried."""
        return self._standings.get(key, _NEW)

    def statuses(self) -> Mapping[ResponseKey, DeliveryStatus]:
        """Everything that is known."""
        return self._standings

    # --- changes, durable on return; StoreError when the disk refuses
    def received(self, receipts: Iterable[Receipt], at: str, *, durable: bool = True) -> None:
        """Receipts that were checked. Where not ``durable``, they survive a kill, and a loss of power only
        after :meth:`sync`."""
        lines = []
        for receipt in receipts:
            key = (receipt.id, receipt.sha256)
            standing = DeliveryStatus(
                status=receipt.status,
                receipt=receipt.receipt,
                reason=receipt.reason,
                attempts=self.status_of(key).attempts + 1,
                at=at,
            )
            lines.append(_Entry([key], standing))
        self._append(lines, durable=durable)

    def sync(self) -> None:
        """Everything that was written is on the disk on return."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise files.refused(error, self.path) from None

    def failed(self, keys: Iterable[ResponseKey], error: str, at: str) -> None:
        """One more attempt without a receipt."""
        waiting = [key for key in keys if not self.status_of(key).settled]
        if waiting:
            self._append([_Entry(waiting, DeliveryStatus(error=error, at=at), tried=True)])

    def reset(self, keys: Iterable[ResponseKey], at: str) -> None:
        """Send these again although there was an answer (a person looked into it)."""
        self._append([_Entry([key], DeliveryStatus(at=at)) for key in keys])

    def store_batch_size(self, size: int) -> None:
        """How large batches were when the line was last used."""
        if size != self.pace:
            self.pace = size
            self._write([_Pace(size)], durable=False)  # a hint: nothing relies on it

    # --- the file
    def _append(self, entries: list[_Entry], *, durable: bool = True) -> None:
        if entries:
            self._write(entries, durable=durable)
        for entry in entries:
            self._apply(entry)

    def _write(self, entries: Iterable[Struct], *, durable: bool = True) -> None:
        data = b"".join(_line(entry) for entry in entries)
        try:
            end = os.lseek(self._descriptor, 0, os.SEEK_END)
            try:
                (files.append if durable else files.write)(self._descriptor, data)
            except OSError:
                os.ftruncate(self._descriptor, end)
                raise
        except OSError as error:
            raise files.refused(error, self.path) from None

    def _apply(self, entry: _Entry) -> None:
        for key in entry.keys:
            if entry.tried:
                before = self.status_of(key)
                if before.settled:
                    continue
                now = entry.standing
                self._standings[key] = DeliveryStatus(
                    attempts=before.attempts + 1, error=now.error, at=now.at
                )
            else:
                self._standings[key] = entry.standing

    def _read(self) -> tuple[int, int]:
        """(bytes in the file, bytes up to the end of its last whole line)."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return 0, 0
        except OSError as error:
            raise files.refused(error, self.path) from None
        for line in data.splitlines(keepends=True):
            found = _parsed(line)
            if isinstance(found, _Entry):
                self._apply(found)
            elif isinstance(found, _Pace):
                self.pace = found.pace
        return len(data), data.rfind(b"\n") + 1

    def _open(self, size: int, end: int) -> None:
        try:
            files.make_private_directory(self.path.parent)
            if size > _WORTH_COMPACTING and size > 2 * self._needed():
                self._compact()
                size = end = self.path.stat().st_size
            self._descriptor = files.open_private(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            if not size:
                files.sync_directory(self.path.parent)
            elif end < size:
                os.ftruncate(self._descriptor, end)
        except OSError as error:
            self.close()
            raise files.refused(error, self.path) from None

    def _needed(self) -> int:
        return sum(len(_line(_Entry([key], standing))) for key, standing in self._standings.items())

    def _compact(self) -> None:
        lines = [_line(_Entry([key], standing)) for key, standing in self._standings.items()]
        if self.pace is not None:
            lines.append(_line(_Pace(self.pace)))
        write_private(self.path, b"".join(lines))


def _line(entry: Struct) -> bytes:
    text = _encode(entry)
    return b"%08x\t%s\n" % (crc32(text), text)


def _parsed(line: bytes) -> Struct | None:
    if line[8:9] != b"\t" or line[-1:] != b"\n" or line[:8] != b"%08x" % crc32(line[9:-1]):
        return None
    try:
        found: Struct = _entry.decode(line[9:-1])
    except msgspec.DecodeError:
        return None
    return found
