"""Delivery status of each response, durable across kills: receipts, attempts, the last error.

An append-only file of JSON lines, each with the CRC-32 of its text, synced before anything relies on it. The
marks of the store follow from it (:mod:`~survey_sync.client.pending`): a response whose receipt is here is
never sent again, even if the program was killed before it marked the store. Without the file, responses would
be sent again and answered ``present``; so a damaged line is skipped and is not an error.

Only the holder of the upload lock writes; any process may read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self
from zlib import crc32

import msgspec
from msgspec import Struct, field

from survey_sync.client.pending import ResponseKey
from survey_sync.client.sync_home import write_private
from survey_sync.protocol.messages import DELIVERED_STATUSES, Receipt
from survey_tui import files

_MIN_COMPACTED_BYTES = 1 << 16


class DeliveryStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Delivery of one response.

    ``status`` is that of the receipt (``""``: none yet), ``receipt`` the server's number, ``reason`` why it
    was refused; ``attempts`` counts requests with this response, ``error`` is the code of the last failure,
    ``at`` the moment of the last change (ISO 8601, this device's clock).
    """

    status: str = ""
    receipt: str = ""
    reason: str = ""
    attempts: int = 0
    error: str = ""
    at: str = ""

    @property
    def has_receipt(self) -> bool:
        """Whether the destination has answered, so that the response is not sent any more."""
        return bool(self.status)

    @property
    def is_delivered(self) -> bool:
        """Whether the destination holds these bytes."""
        return self.status in DELIVERED_STATUSES


class _Change(Struct, frozen=True, omit_defaults=True, tag="met"):
    """A line of the file: the new status of ``keys``; with ``tried``, one more failed attempt."""

    keys: list[ResponseKey]
    delivery: DeliveryStatus = field(name="standing")
    tried: bool = False


class _BatchSize(Struct, frozen=True, tag="pace"):
    size: int = field(name="pace")


_NEW = DeliveryStatus()
_line_decoder = msgspec.json.Decoder(_Change | _BatchSize)
_encode = msgspec.json.Encoder().encode


class Outbox:
    """The file at ``path``, read on creation.

    ``batch_size``: size of the batches of the last upload in bytes, ``None`` before the first.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self.batch_size: int | None = None
        self._statuses: dict[ResponseKey, DeliveryStatus] = {}
        self._descriptor = -1
        size, end = self._read()
        if writable:
            self._open(size, end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; every change was written before."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def status_of(self, key: ResponseKey) -> DeliveryStatus:
        """Status of a response; an empty one if it was never sent."""
        return self._statuses.get(key, _NEW)

    def statuses(self) -> Mapping[ResponseKey, DeliveryStatus]:
        """Status of every response that was ever sent."""
        return self._statuses

    # --- changes, durable on return; StoreError when the disk fails
    def add_receipts(self, receipts: Iterable[Receipt], at: str, *, durable: bool = True) -> None:
        """Store valid receipts. Without ``durable`` they survive a kill, but a power cut only after
        :meth:`sync`."""
        changes = []
        for receipt in receipts:
            key = (receipt.id, receipt.sha256)
            status = DeliveryStatus(
                status=receipt.status,
                receipt=receipt.receipt,
                reason=receipt.reason,
                attempts=self.status_of(key).attempts + 1,
                at=at,
            )
            changes.append(_Change([key], status))
        self._append(changes, durable=durable)

    def sync(self) -> None:
        """Make everything durable that was written."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise files.store_error_from(error, self.path) from None

    def add_failure(self, keys: Iterable[ResponseKey], error: str, at: str) -> None:
        """Count an attempt that ended without a receipt."""
        unanswered = [key for key in keys if not self.status_of(key).has_receipt]
        if unanswered:
            self._append([_Change(unanswered, DeliveryStatus(error=error, at=at), tried=True)])

    def reset(self, keys: Iterable[ResponseKey], at: str) -> None:
        """Forget receipts, so that these responses are sent again (a person has looked into them)."""
        self._append([_Change([key], DeliveryStatus(at=at)) for key in keys])

    def store_batch_size(self, size: int) -> None:
        """Store the size of the last batches, for the next upload."""
        if size != self.batch_size:
            self.batch_size = size
            self._write([_BatchSize(size)], durable=False)  # a hint: nothing relies on it

    # --- the file
    def _append(self, changes: list[_Change], *, durable: bool = True) -> None:
        if changes:
            self._write(changes, durable=durable)
        for change in changes:
            self._apply(change)

    def _write(self, lines: Iterable[Struct], *, durable: bool = True) -> None:
        data = b"".join(map(_encode_line, lines))
        try:
            end = os.lseek(self._descriptor, 0, os.SEEK_END)
            try:
                (files.append if durable else files.write)(self._descriptor, data)
            except OSError:
                os.ftruncate(self._descriptor, end)
                raise
        except OSError as error:
            raise files.store_error_from(error, self.path) from None

    def _apply(self, change: _Change) -> None:
        for key in change.keys:
            if change.tried:
                before, now = self.status_of(key), change.delivery
                if before.has_receipt:
                    continue
                attempts = before.attempts + 1
                self._statuses[key] = DeliveryStatus(attempts=attempts, error=now.error, at=now.at)
            else:
                self._statuses[key] = change.delivery

    def _read(self) -> tuple[int, int]:
        """(bytes in the file, bytes up to the end of its last whole line)."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return 0, 0
        except OSError as error:
            raise files.store_error_from(error, self.path) from None
        for line in data.splitlines(keepends=True):
            found = _decode_line(line)
            if isinstance(found, _Change):
                self._apply(found)
            elif isinstance(found, _BatchSize):
                self.batch_size = found.size
        return len(data), data.rfind(b"\n") + 1

    def _open(self, size: int, end: int) -> None:
        try:
            files.make_private_directory(self.path.parent)
            if size > _MIN_COMPACTED_BYTES and size > 2 * self._compacted_size():
                self._compact()
                size = end = self.path.stat().st_size
            self._descriptor = files.open_private(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            if not size:
                files.sync_directory(self.path.parent)
            elif end < size:
                os.ftruncate(self._descriptor, end)
        except OSError as error:
            self.close()
            raise files.store_error_from(error, self.path) from None

    def _compacted_size(self) -> int:
        return sum(len(_encode_line(_Change([key], status))) for key, status in self._statuses.items())

    def _compact(self) -> None:
        lines = [_encode_line(_Change([key], status)) for key, status in self._statuses.items()]
        if self.batch_size is not None:
            lines.append(_encode_line(_BatchSize(self.batch_size)))
        write_private(self.path, b"".join(lines))


def _encode_line(line: Struct) -> bytes:
    text = _encode(line)
    return b"%08x\t%s\n" % (crc32(text), text)


def _decode_line(line: bytes) -> Struct | None:
    """The content of a line; ``None`` for a torn or damaged one."""
    if line[8:9] != b"\t" or line[-1:] != b"\n" or line[:8] != b"%08x" % crc32(line[9:-1]):
        return None
    try:
        found: Struct = _line_decoder.decode(line[9:-1])
    except msgspec.DecodeError:
        return None
    return found
