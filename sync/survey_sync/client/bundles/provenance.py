"""Provenance of responses on a coordinator's device: which device brought which, and whose device that is.

``origins.jsonl`` has one line for each part of a bundle, durable before its responses are in the store:

::

    {"device":…, "key":…, "surveyor":…, "asked":…, "keys":[[id, sha256], …]}

Without the file, sealed responses that are not sent yet would lose their surveyor, and devices the right to
withdraw what they brought; nothing else. So a damaged line is skipped.

``devices.json`` has the key of each device, as it was when the first bundle of the device was received.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from survey_sync.client.bundles.file_format import BundleHeader
from survey_sync.client.device_keys import fingerprint
from survey_sync.client.errors import BundleError
from survey_sync.client.pending import ResponseKey
from survey_sync.client.sync_home import SyncHome, append_private, read_small, write_private
from survey_tui import files
from survey_tui.errors import StoreError


class ResponseSource(Struct, frozen=True, omit_defaults=True):
    """The device that brought a response. ``device``: its own id; ``key``: its public key (hex);
    ``surveyor``: code of its surveyor, ``""`` when it does not know; ``asked``: the surveyor in the response,
    ``""`` in a sealed one."""

    device: str
    key: str
    surveyor: str = ""
    asked: str = ""

    def may_change(self, header: BundleHeader, *, vouched: bool) -> bool:
        """Whether the sender of ``header`` may withdraw this response and add to it.

        The key that brought it may. Device and surveyor in a header, which anyone can write, count only when
        a person has ``vouched`` for the key.
        """
        same_surveyor = bool(header.surveyor) and header.surveyor in {self.surveyor, self.asked}
        return header.key == self.key or (vouched and (header.device == self.device or same_surveyor))


class _SourceLine(ResponseSource, frozen=True, kw_only=True):
    keys: list[ResponseKey]


class ResponseSources:
    """The sources of one home, read on creation. Of the same bytes, and of the same id, the first counts."""

    def __init__(self, sync_home: SyncHome) -> None:
        self._path = sync_home.sources
        self._by_key: dict[ResponseKey, ResponseSource] = {}
        self._by_id: dict[str, ResponseSource] = {}
        data = read_small(self._path) or b""
        self._torn = bool(data) and not data.endswith(b"\n")
        decode = msgspec.json.Decoder(_SourceLine).decode
        for line in data.splitlines():
            try:
                found = decode(line)
            except msgspec.DecodeError:
                continue
            self._index(ResponseSource(found.device, found.key, found.surveyor, found.asked), found.keys)

    def source_of(self, key: ResponseKey) -> ResponseSource | None:
        """Source of these bytes; ``None`` for a response of this device."""
        return self._by_key.get(key)

    def first_source(self, response_id: str) -> ResponseSource | None:
        """Source of the first response with this id."""
        return self._by_id.get(response_id)

    def add(self, source: ResponseSource, keys: Sequence[ResponseKey]) -> None:
        """Store the source of responses that have none yet, durable on return. Raises ``StoreError``."""
        new = [key for key in keys if key not in self._by_key]
        if not new:
            return
        line = _SourceLine(source.device, source.key, source.surveyor, source.asked, keys=new)
        data = b"\n" * self._torn + msgspec.json.encode(line) + b"\n"
        try:
            append_private(self._path, data)
        except OSError as error:
            self._torn = True
            raise files.store_error_from(error, self._path) from None
        self._torn = False
        self._index(source, new)

    def _index(self, source: ResponseSource, keys: Sequence[ResponseKey]) -> None:
        for key in keys:
            self._by_key.setdefault(key, source)
            self._by_id.setdefault(key[0], source)


class KnownDevice(Struct, frozen=True):
    """A device by its ``key`` (hex), with name and surveyor of its last bundle. ``vouched``: a person has
    compared the key's fingerprint with the surveyor."""

    key: str
    name: str = ""
    surveyor: str = ""
    vouched: bool = False


class DeviceChange(Struct, frozen=True):
    """A device as it was known before (``None``: it is new) and is now."""

    before: KnownDevice | None
    now: KnownDevice


def register_device(sync_home: SyncHome, header: BundleHeader, path: Path, accept: str = "") -> DeviceChange:
    """Store the device of a bundle; ``accept`` vouches for its key if it is the key's fingerprint.

    A key that differs from the known one needs that: ``BundleError("sync_bundle_other_key")``. Raises
    ``StoreError``.
    """
    devices = _read_devices(sync_home.devices)
    before = devices.get(header.device)
    mark = fingerprint(header.key)
    accepted = accept.strip().lower() == mark
    if before is not None and before.key != header.key and not accepted:
        raise BundleError("sync_bundle_other_key", path=str(path), device=header.device, fingerprint=mark)
    vouched = accepted or (before is not None and before.vouched)
    now = KnownDevice(header.key, header.name, header.surveyor, vouched)
    if now != before:
        write_private(sync_home.devices, msgspec.json.encode(devices | {header.device: now}))
    return DeviceChange(before, now)


def _read_devices(path: Path) -> dict[str, KnownDevice]:
    data = read_small(path)
    try:
        found = msgspec.json.decode(data, type=dict[str, KnownDevice | str]) if data else {}
    except msgspec.DecodeError:
        raise StoreError("sync_file_damaged", path=str(path)) from None
    # The first format of the file had the keys alone.
    return {device: KnownDevice(each) if isinstance(each, str) else each for device, each in found.items()}
