"""Audience of an update, and the current version of a package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from survey_sync.protocol.messages import DeviceRecord, Message, Package


class UpdateAudience(Struct, frozen=True):
    """Devices in use of the surveyors that an update is for. ``heard``: those known to have it (of a package:
    to know of it). ``fetched``: those that have downloaded the package, which they do only if they trust its
    key."""

    devices: tuple[DeviceRecord, ...]
    heard: tuple[DeviceRecord, ...]
    fetched: tuple[DeviceRecord, ...]


def update_audience(item: Message | Package, devices: Sequence[DeviceRecord]) -> UpdateAudience:
    """Audience of ``item`` among ``devices`` (all of the server)."""
    surveyor = item.surveyor if isinstance(item, Message) else ""
    meant = [each for each in devices if _is_in_use(each) and surveyor in {"", each.surveyor}]
    heard = [each for each in meant if each.heard >= item.seq]
    fetched = [each for each in meant if isinstance(item, Package) and item.sha256 in each.packages]
    return UpdateAudience(tuple(meant), tuple(heard), tuple(fetched))


def current_package(content: str, name: str, items: Iterable[Message | Package]) -> Package | None:
    """The current package of this content and name: the last of ``items`` that are not retracted."""
    every = (each for each in items if isinstance(each, Package))
    same = (each for each in every if (each.content, each.name) == (content, name))
    return max(same, key=lambda each: each.seq, default=None)


def replacement_number(item: Message | Package, items: Iterable[Message | Package]) -> int:
    """Number of the package that replaces this one among ``items`` that are not retracted; 0 if this one is
    current."""
    last = current_package(item.content, item.name, items) if isinstance(item, Package) else None
    return last.seq if last is not None and last.seq > item.seq else 0


def active_surveyors(devices: Sequence[DeviceRecord]) -> list[str]:
    """Codes of surveyors with a device in use, sorted."""
    return sorted({each.surveyor for each in devices if each.surveyor and _is_in_use(each)})


def _is_in_use(device: DeviceRecord) -> bool:
    return device.role == "surveyor" and not device.revoked
