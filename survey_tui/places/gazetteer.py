"""Provinces, communes and enumeration areas by code and by search; a province is read when first needed."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from survey_tui.errors import PlaceError
from survey_tui.places.areas import (
    Commune,
    LegacyArea,
    LegacyCommune,
    Province,
    ProvinceLine,
    read_communes,
    read_legacy,
    read_provinces,
    read_text,
)
from survey_tui.places.commune_table import CommuneTable
from survey_tui.places.search_index import SearchEntry, index_province
from survey_tui.vietnamese import clean, truncate, words
from survey_tui.vietnamese.match import rank

LONGEST = 100  # of a search text; longer ones are no names
_CODE = re.compile(r"[0-9]{5}")
_AREA = re.compile(r"([0-9]{5})-([0-9]{2})")


class _LoadedProvince:
    """A province: its text is unpacked at once and parsed on demand."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self._text = read_text(province.code)

    @cached_property
    def communes(self) -> dict[str, Commune]:
        return read_communes(self.province, self._text[0])

    @cached_property
    def legacy(self) -> tuple[LegacyCommune, ...]:
        return tuple(read_legacy(self._text[1]))

    @cached_property
    def index(self) -> list[SearchEntry]:
        return index_province(self.province, *self._text)


class Places:
    """The 34 provinces and 3,321 communes of Vietnam since 2025-07-01, and the legacy areas."""

    def __init__(self) -> None:
        self._loaded: dict[str, _LoadedProvince] = {}

    @cached_property
    def _lines(self) -> dict[str, ProvinceLine]:
        return {line.province.code: line for line in read_provinces()}

    @cached_property
    def _runs(self) -> list[tuple[str, str, str]]:
        """First and last commune code of each run of codes, and its province; by code."""
        return sorted((*run, code) for code, line in self._lines.items() for run in line.runs)

    def _load(self, province_code: str) -> _LoadedProvince:
        if province_code not in self._loaded:
            self._loaded[province_code] = _LoadedProvince(self.province(province_code))
        return self._loaded[province_code]

    # --- provinces
    def provinces(self) -> tuple[Province, ...]:
        return tuple(line.province for line in self._lines.values())

    def province(self, code: str) -> Province:
        """The province with this code of today; ``PlaceError`` if there is none."""
        if code not in self._lines:
            known = ", ".join(f"{line.province.code} {line.province.name}" for line in self._lines.values())
            raise PlaceError("place_unknown_province", said=_quote(code), known=known)
        return self._lines[code].province

    # --- communes
    def commune(self, code: str) -> Commune:
        """The commune with this five-digit code; ``PlaceError`` with the nearest ones if there is none."""
        code = code.strip()
        found = self.find(code)
        if found is None:
            raise self._unknown(code)
        return found

    def find(self, code: str) -> Commune | None:
        """The commune with exactly this code, ``None`` if there is none."""
        if not _CODE.fullmatch(code):
            return None
        index = bisect_right(self._runs, (code, "99999", "99"))
        if not index or code > self._runs[index - 1][1]:
            return None
        return self._load(self._runs[index - 1][2]).communes.get(code)

    def communes(self, province_code: str) -> tuple[Commune, ...]:
        """All communes of a province, by code; ``PlaceError`` if there is no such province."""
        return tuple(self._load(province_code).communes.values())

    def search(self, text: str, *, province: str | None = None, limit: int = 20) -> tuple[Commune, ...]:
        """The communes that match ``text``, best first (see ``search.find_communes``).

        ``province`` is a code of today. An empty text finds nothing, or in a province its communes by code.
        """
        text = text[:LONGEST]
        if province is not None and not words(text):
            return self.communes(province)[:limit]
        codes = [province] if province is not None else list(self._lines)
        entries = (entry for code in codes for entry in self._load(code).index)
        from survey_tui.places.search import find_communes

        return tuple(self.commune(code) for code in find_communes(text, entries)[:limit])

    def _unknown(self, code: str) -> PlaceError:
        near = self._near_code(code) if _CODE.fullmatch(code) else list(self.search(code, limit=3))
        if not near:
            return PlaceError("place_no_commune", said=_quote(code))
        names = "; ".join(f"{one.code} {one.full_name} ({one.province})" for one in near)
        return PlaceError("place_unknown_commune", said=_quote(code), nearest=names)

    def _near_code(self, code: str) -> list[Commune]:
        """The communes with the next lower and the next higher code."""
        index = bisect_right(self._runs, (code, "99999", "99"))
        near = {run[2] for run in self._runs[max(index - 1, 0) : index + 1]}
        known = sorted(
            (one for province in near for one in self.communes(province)), key=lambda one: one.code
        )
        place = bisect_right([one.code for one in known], code)
        return known[max(place - 1, 0) : place + 1]

    # --- legacy areas
    def legacy_provinces(self) -> tuple[LegacyArea, ...]:
        """The 63 provinces before 2025-07-01, by code."""
        found = {area.code: area for line in self._lines.values() for area in line.province.legacy}
        return tuple(found[code] for code in sorted(found))

    def by_legacy_province(self, name_or_code: str) -> tuple[Commune, ...]:
        """Today's communes in a legacy province, given by its old code or its name (marks may be missing).

        ``PlaceError`` with the nearest names if there was no such province.
        """
        wanted = self._legacy_province(name_or_code)
        homes = (line.province.code for line in self._lines.values() if wanted in line.province.legacy)
        found = (one for code in homes for one in self.communes(code) if wanted.code in one.legacy_provinces)
        return tuple(sorted(found, key=lambda one: one.code))

    def _legacy_province(self, said: str) -> LegacyArea:
        known = self.legacy_provinces()
        for area in known:
            if said.strip() == area.code or words(said) in (words(area.name), words(area.full_name)):
                return area
        near = rank(said[:LONGEST], known, lambda area: area.name) if words(said) else []
        names = ", ".join(f"{area.code} {area.name}" for area in near[:5] or known)
        raise PlaceError("place_unknown_legacy_province", said=_quote(said), known=names)

    def legacy_communes(self, commune_code: str) -> tuple[LegacyCommune, ...]:
        """The communes of before of which the commune with this code was made, whole or in part."""
        commune = self.commune(commune_code)
        legacy = self._load(commune.province_code).legacy
        return tuple(old for old in legacy if commune.code in old.communes)

    def legacy_districts(self, commune_code: str) -> tuple[LegacyArea, ...]:
        """The legacy districts that the commune with this code was made of, whole or in part."""
        found = {old.district.code: old.district for old in self.legacy_communes(commune_code)}
        return tuple(found.values())

    # --- for interviews
    def check_enumeration_area(self, text: str) -> Commune:
        """The commune of an enumeration area such as ``31837-02``: commune code, a dash, two digits (01–99).

        ``PlaceError`` if it is not written so, or there is no such commune.
        """
        found = _AREA.fullmatch(text.strip())
        if found is None or found[2] == "00":
            raise PlaceError("place_bad_area", text=_quote(text))
        return self.commune(found[1])

    def table(self) -> CommuneTable:
        """The communes as rows for ``pulldata('communes', column, 'code', code)``; see ``CommuneTable``."""
        return CommuneTable(self)


def _quote(text: str) -> str:
    return truncate(clean(text), 40)
