"""Which device brought which response, and whose device that is: on a coordinator's machine only.

``origins.jsonl`` has one line for each part of a bundle, on the disk before its responses are in the store:

::

    {"device":…, "key":…, "surveyor":…, "asked":…, "keys":[[id, sha256], …]}

Losing the file costs the names of sealed responses that are not sent yet, and the say of devices over what
they brought; nothing else. So a line that is not whole is skipped.

Devices whose bundles came in: a key is remembered when it is first seen (``devices.json``)."""

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
    """``device``: the id that the device calls itself by; ``key``: its public key (hex); ``surveyor``: the
    code of whoever has the device, ``""`` when it does not know; ``asked``: who asked, by the response's own
    word, ``""`` when it does not say (it is sealed)."""

    device: str
    key: str
    surveyor: str = ""
    asked: str = ""

    def may_change(self, header: BundleHeader, *, vouched: bool) -> bool:
        """Whether the key that signed this brought it. What the header says of its device and surveyor, which
        anybody can write, counts only where a person has ``vouched`` for the key."""
        same_person = bool(header.surveyor) and header.surveyor in {self.surveyor, self.asked}
        return header.key == self.key or (vouched and (header.device == self.device or same_person))


class _Line(ResponseSource, frozen=True, kw_only=True):
    keys: list[ResponseKey]


class ResponseSources:
    """The file of one home; read when made. Of the same bytes, and of the same id, the first one counts."""

    def __init__(self, folder: SyncHome) -> None:
        self._path = folder.path / "origins.jsonl"
        self._by_key: dict[ResponseKey, ResponseSource] = {}
        self._by_id: dict[str, ResponseSource] = {}
        data = read_small(self._path) or b""
        self._torn = bool(data) and not data.endswith(b"\n")
        decode = msgspec.json.Decoder(_Line).decode
        for line in data.splitlines():
            try:
                found = decode(line)
            except msgspec.DecodeError:
                continue
            self._took(ResponseSource(found.device, found.key, found.surveyor, found.asked), found.keys)

    def of(self, key: ResponseKey) -> ResponseSource | None:
        """Who brought these bytes; ``None`` when they were made here."""
        return self._by_key.get(key)

    def first(self, response_id: str) -> ResponseSource | None:
        """Who was the first to bring something under this id."""
        return self._by_id.get(response_id)

    def add(self, brought: ResponseSource, keys: Sequence[ResponseKey]) -> None:
        """Remember those that are new; durable on return. Raises ``StoreError``."""
        new = [key for key in keys if key not in self._by_key]
        if not new:
            return
        line = _Line(brought.device, brought.key, brought.surveyor, brought.asked, keys=new)
        data = b"\n" * self._torn + msgspec.json.encode(line) + b"\n"
        try:
            append_private(self._path, data)
        except OSError as error:
            self._torn = True
            raise files.refused(error, self._path) from None
        self._torn = False
        self._took(brought, new)

    def _took(self, brought: ResponseSource, keys: Sequence[ResponseKey]) -> None:
        for key in keys:
            self._by_key.setdefault(key, brought)
            self._by_id.setdefault(key[0], brought)


class KnownDevice(Struct, frozen=True):
    """``key`` (hex), and what the device said of itself when it last came. ``vouched``: a person has heard
    the key's fingerprint from whoever has the device."""

    key: str
    name: str = ""
    surveyor: str = ""
    vouched: bool = False


class DeviceRegistration(Struct, frozen=True):
    """What was known of a device (``None``: it is new), and what is known now."""

    before: KnownDevice | None
    now: KnownDevice


def register_device(
    folder: SyncHome, header: BundleHeader, path: Path, accept: str = ""
) -> DeviceRegistration:
    """Remember a device, and whether ``accept`` is the fingerprint of its key.

    Another key than before needs that: ``BundleError("sync_bundle_other_key")``.
    """
    place = folder.path / "devices.json"
    known = _known(place)
    before = known.get(header.device)
    mark = fingerprint(header.key)
    heard = accept.strip().lower() == mark
    if before is not None and before.key != header.key and not heard:
        raise BundleError("sync_bundle_other_key", path=str(path), device=header.device, fingerprint=mark)
    vouched = heard or (before is not None and before.vouched)
    now = KnownDevice(header.key, header.name, header.surveyor, vouched)
    if now != before:
        write_private(place, msgspec.json.encode(known | {header.device: now}))
    return DeviceRegistration(before, now)


def _known(place: Path) -> dict[str, KnownDevice]:
    data = read_small(place)
    try:
        found = msgspec.json.decode(data, type=dict[str, KnownDevice | str]) if data else {}
    except msgspec.DecodeError:
        raise StoreError("sync_file_damaged", path=str(place)) from None
    # The file once held the keys alone.
    return {device: KnownDevice(each) if isinstance(each, str) else each for device, each in found.items()}
