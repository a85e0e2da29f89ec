"""Whom an update is for, and how far it has come: the same count on the page and in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from survey_sync.protocol import DeviceRecord, Message, Package

__all__ = ["Reach", "reach", "replaced_by", "surveyors_of"]


class Reach(Struct, frozen=True):
    """Devices of surveyors, in use. ``heard``: of those it is for, the ones known to have it (of a package:
    to know of it). ``fetched``: the ones that have fetched the package to its end, which they do only when
    they trust its key."""

    devices: tuple[DeviceRecord, ...]
    heard: tuple[DeviceRecord, ...]
    fetched: tuple[DeviceRecord, ...]


def reach(item: Message | Package, devices: Sequence[DeviceRecord]) -> Reach:
    """How far ``item`` has come among ``devices`` (all that the server knows)."""
    surveyor = item.surveyor if isinstance(item, Message) else ""
    meant = [each for each in devices if _works(each) and surveyor in {"", each.surveyor}]
    heard = [each for each in meant if each.heard >= item.seq]
    fetched = [each for each in meant if isinstance(item, Package) and item.sha256 in each.packages]
    return Reach(tuple(meant), tuple(heard), tuple(fetched))


def replaced_by(item: Message | Package, items: Iterable[Message | Package]) -> int:
    """The number of the package that counts in place of this one, among ``items`` that are offered; 0: it
    counts itself."""
    if isinstance(item, Message):
        return 0
    line = (item.content, item.name)
    same = [each.seq for each in items if isinstance(each, Package) and (each.content, each.name) == line]
    return max((seq for seq in same if seq > item.seq), default=0)


def surveyors_of(devices: Sequence[DeviceRecord]) -> list[str]:
    """The surveyors who have a device in use, by name."""
    return sorted({each.surveyor for each in devices if each.surveyor and _works(each)})


def _works(device: DeviceRecord) -> bool:
    return device.role == "surveyor" and not device.revoked
