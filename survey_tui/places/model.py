"""Provinces and communes of today (since 2025-07-01), and the areas before that they were made of.

Codes of today and of before are never in one field: code 82 is Đồng Tháp today and was Tiền Giang.
Source: National Statistics Office codes as in the package ``vietnamadminunits`` (see ``docs/places.md``).
"""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Commune", "LegacyArea", "LegacyCommune", "Province"]


class LegacyArea(Struct, frozen=True):
    """A province or district as it was before 2025-07-01. ``province`` is the legacy province's own code."""

    code: str
    name: str
    type: str
    province: str

    @property
    def full_name(self) -> str:
        """``Tỉnh Bến Tre``, ``Huyện Mỏ Cày Bắc``."""
        return _full_name(self.type, self.name)


class Province(Struct, frozen=True):
    """A province of today.

    ``code`` has two digits; ``name`` is without the ``type``, ``tỉnh`` or ``thành phố``; ``legacy`` are the
    provinces of which it was made.
    """

    code: str
    name: str
    type: str
    legacy: tuple[LegacyArea, ...]

    @property
    def full_name(self) -> str:
        """``Tỉnh Cà Mau``."""
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
        """``Xã Khánh Thuận``."""
        return _full_name(self.type, self.name)


class LegacyCommune(Struct, frozen=True):
    """A commune before 2025-07-01 and the communes of today (codes) into which it went.

    An island district that had no communes is one of these with an empty code and the name of the district.
    """

    code: str
    name: str
    type: str
    district: LegacyArea
    communes: tuple[str, ...]

    @property
    def divided(self) -> bool:
        """Whether only parts of it went to each of ``communes``."""
        return len(self.communes) > 1

    @property
    def full_name(self) -> str:
        """``Xã Hòa Lộc``, ``Thị trấn Cái Nước``, ``Phường 5``."""
        return _full_name(self.type, self.name)


def _full_name(kind: str, name: str) -> str:
    return f"{kind[:1].upper()}{kind[1:]} {name}"
