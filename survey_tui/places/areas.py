"""Provinces and communes since 2025-07-01, the legacy areas they were made of, and the files of both.

Codes of today and legacy codes are never in one field: code 82 is Đồng Tháp today and was Tiền Giang.
Source: National Statistics Office codes as in the package ``vietnamadminunits``. The files are a text of
provinces and a packed text for each (format: ``docs/places.md``).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct


class LegacyArea(Struct, frozen=True):
    """A province or district as it was before 2025-07-01. ``province`` is the legacy province's own code."""

    code: str
    name: str
    type: str
    province: str

    @property
    def full_name(self) -> str:
        """Type and name: ``Tỉnh Bến Tre``, ``Huyện Mỏ Cày Bắc``."""
        return _full_name(self.type, self.name)


class Province(Struct, frozen=True):
    """A province of today.

    ``code`` has two digits; ``name`` is without the ``type``, ``tỉnh`` or ``thành phố``; ``legacy`` are the
    provinces it was made of.
    """

    code: str
    name: str
    type: str
    legacy: tuple[LegacyArea, ...]

    @property
    def full_name(self) -> str:
        """Type and name: ``Tỉnh Cà Mau``."""
        return _full_name(self.type, self.name)


class Commune(Struct, frozen=True):
    """A commune of today.

    ``code`` has five digits; ``type`` is ``xã``, ``phường`` or ``đặc khu``; ``name`` and ``province`` are
    names without their types; ``legacy_provinces`` are codes of the provinces before 2025-07-01 (one, in
    today's data).
    """

    code: str
    name: str
    type: str
    province_code: str
    province: str
    legacy_provinces: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Type and name: ``Xã Khánh Thuận``."""
        return _full_name(self.type, self.name)


class LegacyCommune(Struct, frozen=True):
    """A commune before 2025-07-01; ``communes`` are the codes of today's communes that it became part of.

    An island district without communes is one too, with an empty code and the name of the district.
    """

    code: str
    name: str
    type: str
    district: LegacyArea
    communes: tuple[str, ...]

    @property
    def divided(self) -> bool:
        """Whether each of ``communes`` got only a part of it."""
        return len(self.communes) > 1

    @property
    def full_name(self) -> str:
        """Type and name: ``Xã Hòa Lộc``, ``Thị trấn Cái Nước``, ``Phường 5``."""
        return _full_name(self.type, self.name)


def _full_name(kind: str, name: str) -> str:
    return f"{kind[:1].upper()}{kind[1:]} {name}"


DATA = Path(__file__).parent / "data"
TYPES = {
    "c": "thành phố",
    "v": "tỉnh",
    "s": "thị xã",
    "q": "quận",
    "h": "huyện",
    "t": "thị trấn",
    "p": "phường",
    "x": "xã",
    "k": "đặc khu",
}


class ProvinceLine:
    """A province and the runs of commune codes (first, last) that belong to it."""

    def __init__(self, line: str) -> None:
        code, kind, name, runs, *legacy = line.split("\t")
        areas = (area.split(" ", 2) for area in legacy)
        self.province = Province(
            code,
            name,
            TYPES[kind],
            tuple(LegacyArea(old, area, TYPES[letter], old) for old, letter, area in areas),
        )
        self.runs = [(run[:5], run[6:]) for run in runs.split(" ")]


def read_provinces() -> list[ProvinceLine]:
    """The 34 provinces, by code."""
    text = (DATA / "provinces.txt").read_text(encoding="utf-8")
    return [ProvinceLine(line) for line in text.splitlines()]


def read_text(province_code: str) -> tuple[str, str]:
    """The two parts of a province's text: its communes and its legacy areas."""
    text = zlib.decompress((DATA / f"{province_code}.z").read_bytes()).decode()
    communes, _, legacy = text.partition("\n\n")
    return communes, legacy


def read_communes(province: Province, text: str) -> dict[str, Commune]:
    """The communes of a province by code."""
    return {
        code: Commune(code, name, TYPES[kind], province.code, province.name, tuple(link.split(" ")))
        for code, kind, name, link in _rows(text.split("\n"))
    }


def read_legacy(text: str) -> Iterator[LegacyCommune]:
    """Legacy communes of a province, by district."""
    for block in text.rstrip("\n").removeprefix("=").split("\n="):
        head, *lines = block.split("\n")
        code, kind, name, province = head.split("\t")
        district = LegacyArea(code, name, TYPES[kind], province)
        for old, letter, old_name, link in _rows(lines):
            targets = tuple(link.split(" "))
            if letter:
                yield LegacyCommune(old, old_name, TYPES[letter], district, targets)
            else:
                yield LegacyCommune("", name, district.type, district, targets)


def _rows(lines: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Code, type, name and link of each line; a missing link is that of the line above."""
    code, link = 0, ""
    for line in lines:
        step, kind, name, *changed = line.split("\t")
        code += int(step)
        link = changed[0] if changed else link
        yield f"{code:05d}", kind, name, link
