"""The communes as a table for expressions; it reads a province when one of its rows is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, overload

from survey_tui.places.areas import Commune, Province

Row = Mapping[str, str]
COMMUNES = 3321


class _Source(Protocol):
    def provinces(self) -> tuple[Province, ...]: ...
    def communes(self, province_code: str) -> tuple[Commune, ...]: ...
    def find(self, code: str) -> Commune | None: ...


class CommuneTable(Sequence[Row]):
    """3,321 rows with the columns ``code, name, type, province_code, province``, by province and code.

    As a sequence it reads all provinces; ``row`` reads one.
    """

    columns = ("code", "name", "type", "province_code", "province")

    def __init__(self, places: _Source) -> None:
        self._places = places

    def row(self, code: str) -> Row | None:
        """The row of the commune with this code, ``None`` if there is none."""
        found = self._places.find(code)
        return _row(found) if found else None

    def lookup(self, column: str, key_column: str, key: str) -> str:
        """The cell that ``pulldata`` asks for; empty if there is no such row or column."""
        if column not in self.columns or key_column not in self.columns:
            return ""
        if key_column == "code":
            found = self.row(key)
        else:
            found = next((row for row in self if row[key_column] == key), None)
        return found[column] if found else ""

    def __len__(self) -> int:
        return COMMUNES

    def __iter__(self) -> Iterator[Row]:
        for province in self._places.provinces():
            yield from map(_row, self._places.communes(province.code))

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(COMMUNES))]
        place = index + COMMUNES if index < 0 else index
        if not 0 <= place < COMMUNES:
            raise IndexError(index)
        return next(islice(self, place, None))


def _row(commune: Commune) -> Row:
    return {
        "code": commune.code,
        "name": commune.name,
        "type": commune.type,
        "province_code": commune.province_code,
        "province": commune.province,
    }
