"""Whom an update is for, how far it has come, and which package counts: the same for the server, the page and
the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from survey_sync.protocol.messages import DeviceRecord, Message, Package


class UpdateAudience(Struct, frozen=True):
    """Devices of surveyors, in use. ``heard``: of those it is for, the ones known to have it (of a package:
    to know of it). ``fetched``: the ones that have fetched the package to its end, which they do only when
    they trust its key."""

    devices: tuple[DeviceRecord, ...]
    heard: tuple[DeviceRecord, ...]
    fetched: tuple[DeviceRecord, ...]


def update_audience(item: Message | Package, devices: Sequence[DeviceRecord]) -> UpdateAudience:
    """How far ``item`` has come among ``devices`` (all that the server knows)."""
    surveyor = item.surveyor if isinstance(item, Message) else ""
    meant = [each for each in devices if _works(each) and surveyor in {"", each.surveyor}]
    heard = [each for each in meant if each.heard >= item.seq]
    fetched = [each for each in meant if isinstance(item, Package) and item.sha256 in each.packages]
    return UpdateAudience(tuple(meant), tuple(heard), tuple(fetched))


def current_package(content: str, name: str, items: Iterable[Message | Package]) -> Package | None:
    """The package of this content and name that counts among ``items`` that are offered: the last one."""
    every = (each for each in items if isinstance(each, Package))
    same = (each for each in every if (each.content, each.name) == (content, name))
    return max(same, key=lambda each: each.seq, default=None)


def replacement_number(item: Message | Package, items: Iterable[Message | Package]) -> int:
    """The number of the package that counts in place of this one, among ``items`` that are offered; 0: it
    counts itself."""
    last = current_package(item.content, item.name, items) if isinstance(item, Package) else None
    return last.seq if last is not None and last.seq > item.seq else 0


def active_surveyors(devices: Sequence[DeviceRecord]) -> list[str]:
    """The surveyors who have a device in use, by name."""
    return sorted({each.surveyor for each in devices if each.surveyor and _works(each)})


def _works(device: DeviceRecord) -> bool:
    return device.role == "surveyor" and not device.revoked
