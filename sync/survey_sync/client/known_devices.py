"""Devices whose bundles came in: a key is remembered when it is first seen (``devices.json``)."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from survey_sync.client.bundles.file_format import Header
from survey_sync.client.device_keys import fingerprint
from survey_sync.client.errors import BundleError
from survey_sync.client.sync_home import Folder, read_small, write_private
from survey_tui.errors import StoreError

__all__ = ["KnownDevice", "Met", "meet"]


class KnownDevice(Struct, frozen=True):
    """``key`` (hex), and what the device said of itself when it last came. ``vouched``: a person has heard
    the key's fingerprint from whoever has the device."""

    key: str
    name: str = ""
    surveyor: str = ""
    vouched: bool = False


class Met(Struct, frozen=True):
    """What was known of a device (``None``: it is new), and what is known now."""

    before: KnownDevice | None
    now: KnownDevice


def meet(folder: Folder, header: Header, path: Path, accept: str = "") -> Met:
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
    return Met(before, now)


def _known(place: Path) -> dict[str, KnownDevice]:
    data = read_small(place)
    try:
        found = msgspec.json.decode(data, type=dict[str, KnownDevice | str]) if data else {}
    except msgspec.DecodeError:
        raise StoreError("sync_file_damaged", path=str(place)) from None
    # The file once held the keys alone.
    return {device: KnownDevice(each) if isinstance(each, str) else each for device, each in found.items()}
