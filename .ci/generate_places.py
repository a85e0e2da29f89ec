"""Write ``survey_tui/places/data`` from the folder of an installed ``vietnamadminunits`` 1.0.4.

``docs/places.md`` describes how to run it, its corrections with their reasons, and the format.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from survey_tui.vietnamese import nfc
from survey_tui.vietnamese.typing import place_tones

DATA = Path(__file__).parent.parent / "survey_tui" / "places" / "data"
PROVINCES, COMMUNES = 34, 3321
TYPES = {
    "Thành phố": "c",
    "Thị trấn": "t",
    "Thị xã": "s",
    "Tỉnh": "v",
    "Quận": "q",
    "Huyện": "h",
    "Phường": "p",
    "Xã": "x",
    "Đặc khu": "k",
}
Row = dict[str, str]
Links = dict[str, list[str]]  # commune code to keys of the legacy communes of which it was made


class Origins(NamedTuple):
    """Former districts and provinces that are certainly part of a commune: those of undivided communes."""

    districts: set[str]
    provinces: set[str]


def main(package: Path) -> None:
    connection = sqlite3.connect(package / "data" / "dataset.db")
    connection.row_factory = sqlite3.Row
    new = [dict(row) for row in connection.execute("SELECT * FROM admin_units ORDER BY wardCode")]
    old = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": dict(row)
        for row in connection.execute("SELECT * FROM admin_units_legacy ORDER BY wardCode")
    }
    converter = json.loads((package / "data" / "converter_2025.json").read_text(encoding="utf-8"))
    links = correct_links(read_links(new, converter), old)
    if (len({row["provinceCode"] for row in new}), len(new)) != (PROVINCES, COMMUNES):
        sys.exit("This is not the data of 34 provinces and 3,321 communes.")
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / "provinces.txt").write_text(provinces_text(new, links, old), encoding="utf-8")
    size = (DATA / "provinces.txt").stat().st_size
    for code in sorted({row["provinceCode"] for row in new}):
        packed = zlib.compress(province_text(code, new, links, old).encode(), 9)
        (DATA / f"{code}.z").write_bytes(packed)
        size += len(packed)
    print(f"{len(new)} communes, {sum(map(len, links.values()))} legacy links, {size} bytes")  # noqa: T201


def read_links(
    new: list[Row], converter: dict[str, dict[str, dict[str, list[object]]]]
) -> dict[str, list[str]]:
    """Commune code to the keys of the legacy communes from which it was made."""
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    links: dict[str, list[str]] = defaultdict(list)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, keys in wards.items():
            links[codes[province, ward]].extend(map(str, keys))
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, targets in olds.items():
            for target in targets:
                assert isinstance(target, dict)
                links[codes[province, target["newWardKey"]]].append(key)
    return links


def correct_links(links: Links, old: dict[str, Row]) -> Links:
    """The links without those that only come from two legacy communes of the same name.

    In the source, the targets of a divided commune are also those of its namesakes elsewhere. No commune is
    in two former provinces, so a link from another province than that of the undivided communes is wrong. Of
    two namesakes from one province in one commune, the one stays whose district has other communes there.
    """
    targets: dict[str, set[str]] = defaultdict(set)
    for commune, keys in links.items():
        for key in keys:
            targets[key].add(commune)
    kept: Links = {}
    for commune, keys in links.items():
        origins = certain_origins(keys, targets, old)
        near = [key for key in keys if old[key]["provinceCode"] in origins.provinces]
        names = Counter(old[key]["wardKey"] for key in near)
        kept[commune] = [
            key
            for key in near
            if names[old[key]["wardKey"]] == 1 or old[key]["districtCode"] in origins.districts
        ]
    return kept


def certain_origins(keys: list[str], targets: dict[str, set[str]], old: dict[str, Row]) -> Origins:
    sure = [old[key] for key in keys if len(targets[key]) == 1] or [old[key] for key in keys]
    return Origins({row["districtCode"] for row in sure}, {row["provinceCode"] for row in sure})


def provinces_text(new: list[Row], links: Links, old: dict[str, Row]) -> str:
    """One line a province: code, type, name, runs of commune codes, then its legacy provinces."""
    origins: dict[str, set[tuple[str, str]]] = defaultdict(set)
    by_code = {row["wardCode"]: row["provinceCode"] for row in new}
    for commune, keys in links.items():
        origins[by_code[commune]].update((old[key]["provinceCode"], old[key]["province"]) for key in keys)
    runs: dict[str, list[str]] = defaultdict(list)
    for province, group in groupby(new, key=lambda row: row["provinceCode"]):
        codes = [row["wardCode"] for row in group]
        runs[province].append(f"{codes[0]}-{codes[-1]}")
    names = {row["provinceCode"]: row["province"] for row in new}
    lines = []
    for code in sorted(names):
        legacy = (f"{old_code} {' '.join(split_type(name))}" for old_code, name in sorted(origins[code]))
        lines.append("\t".join([code, *split_type(names[code]), " ".join(runs[code]), *legacy]))
    return "\n".join(lines) + "\n"


def province_text(province: str, new: list[Row], links: Links, old: dict[str, Row]) -> str:
    """The communes, an empty line, then the former districts, each followed by its communes."""
    rows = [row for row in new if row["provinceCode"] == province]
    communes, targets = [], defaultdict(list)
    for row in rows:
        keys = links[row["wardCode"]]
        legacy = sorted({old[key]["provinceCode"] for key in keys})
        communes.append((row["wardCode"], *split_type(row["ward"]), " ".join(legacy)))
        for key in keys:
            targets[key].append(row["wardCode"])
    parts = sorted((old[key] | {"to": " ".join(targets[key])} for key in targets), key=legacy_order)
    lines = [*encode_rows(communes), ""]
    for _, group in groupby(parts, key=lambda row: row["districtCode"]):
        members = list(group)
        first = members[0]
        lines.append(
            "\t".join([f"={first['districtCode']}", *split_type(first["district"]), first["provinceCode"]])
        )
        lines.extend(encode_rows([legacy_commune(row) for row in members]))
    return "\n".join(lines) + "\n"


def encode_rows(rows: Iterable[tuple[str, str, str, str]]) -> Iterator[str]:
    """Rows of code, type, name and link as lines; a code is the difference to the one before, and a link that
    is the same as the one before is left out. Compressed, this is a fifth smaller."""
    code, link = 0, ""
    for row in rows:
        step = str(int(row[0] or 0) - code)
        yield "\t".join([step, row[1], row[2]] if row[3] == link else [step, *row[1:]])
        code, link = int(row[0] or 0), row[3]


def legacy_order(row: Row) -> tuple[str, str]:
    return row["districtCode"], row["wardCode"] or ""


def legacy_commune(row: Row) -> tuple[str, str, str, str]:
    """Code (empty for an island district that had no communes), type, name, the communes of today."""
    kind, name = split_type(row["ward"]) if row["ward"] else ("", "")
    return row["wardCode"] or "", kind, name, row["to"]


def split_type(full: str) -> tuple[str, str]:
    """Type (see ``TYPES``) and name of an area, in one orthography: ``Thị Trấn Ái Tử`` → t, Ái Tử."""
    full = " ".join(place_tones(nfc(full)).split()).replace(" - ", " – ")
    for name, letter in TYPES.items():
        if full.lower().startswith(f"{name.lower()} "):
            return letter, full[len(name) + 1 :]
    sys.exit(f"Unknown type of area: {full}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
