"""What the data hold: counts, codes, spelling, and agreement with the survey's own list of communes."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from unicodedata import is_normalized

import pytest

from survey_tui.places import Places
from survey_tui.places.areas import DATA
from survey_tui.vietnamese.typing import place_tones

FIVE = Path(__file__).parent / "data" / "communes_by_legacy_province.csv"


@pytest.fixture(scope="module")
def places() -> Places:
    return Places()


def test_counts(places: Places) -> None:
    communes = [one for province in places.provinces() for one in places.communes(province.code)]
    assert len(places.provinces()) == 34
    assert len(communes) == len({one.code for one in communes}) == 3321
    assert Counter(one.type for one in communes) == {"xã": 2621, "phường": 687, "đặc khu": 13}
    assert Counter(one.type for one in places.provinces()) == {"tỉnh": 28, "thành phố": 6}
    assert len(places.legacy_provinces()) == 63
    assert len(places.table()) == 3321


def test_sizes() -> None:
    files = list(DATA.iterdir())
    assert len(files) == 35
    assert sum(file.stat().st_size for file in files) < 100_000


def test_every_commune_is_found_by_its_code(places: Places) -> None:
    for province in places.provinces():
        for commune in places.communes(province.code):
            assert Places.commune(places, commune.code) is commune
            assert len(commune.code) == 5
            assert commune.province_code == province.code
            assert commune.province == province.name


def test_names_are_in_one_orthography(places: Places) -> None:
    for province in places.provinces():
        assert place_tones(province.full_name) == province.full_name
        for commune in places.communes(province.code):
            assert is_normalized("NFC", commune.name)
            assert place_tones(commune.full_name) == commune.full_name
            assert commune.name == " ".join(commune.name.split())
            assert not commune.name[0].islower()
    assert places.commune("06325").full_name == "Xã Bắc Sơn"
    assert places.commune("22924").full_name == "Phường Phú Thủy"


def test_no_commune_straddles_two_provinces_of_before(places: Places) -> None:
    for province in places.provinces():
        known = {area.code for area in province.legacy}
        for commune in places.communes(province.code):
            assert len(commune.legacy_provinces) == 1
            assert set(commune.legacy_provinces) <= known


def test_legacy_communes(places: Places) -> None:
    codes: set[str] = set()
    links = 0
    for province in places.provinces():
        for commune in places.communes(province.code):
            parts = places.legacy_communes(commune.code)
            assert parts
            assert {part.district.province for part in parts} == set(commune.legacy_provinces)
            codes.update(part.code for part in parts)
            links += len(parts)
    assert len(codes - {""}) == 10035
    assert links == 10571


@pytest.mark.slow
@pytest.mark.parametrize(
    ("legacy", "communes"),
    [
        ("27691", {"27694"}),  # Phường 4, Tân An: Long An; not Tân Ninh
        ("25462", {"25459"}),  # Phường 4, Tây Ninh: Tân Ninh; not Long An
        ("29734", {"29734"}),  # Xã Hòa Lộc, Tam Bình: Hòa Hiệp; not Tân Thành Bình
        ("28924", {"28921"}),  # Xã Hòa Lộc, Mỏ Cày Bắc: Tân Thành Bình; not Hòa Hiệp
        ("29869", {"29869"}),
        ("28252", {"28261", "28249", "28270"}),  # Phường 4, Mỹ Tho: nothing in Cao Lãnh
    ],
)
def test_namesakes_are_distinguished(places: Places, legacy: str, communes: set[str]) -> None:
    found = {
        code
        for province in places.provinces()
        for commune in places.communes(province.code)
        for part in places.legacy_communes(commune.code)
        if part.code == legacy
        for code in part.communes
    }
    assert found <= communes
    assert found


def test_cao_lanh_is_made_of_its_own_city(places: Places) -> None:
    assert [area.full_name for area in places.legacy_districts("29869")] == ["Thành phố Cao Lãnh"]


def test_islands_that_had_no_communes(places: Places) -> None:
    (part,) = places.legacy_communes("26732")
    assert (part.full_name, part.code, part.district.code) == ("Huyện Côn Đảo", "", "755")


def test_the_five_provinces_agree_with_the_list_of_the_survey(places: Places) -> None:
    with FIVE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 210
    for row in rows:
        commune = places.commune(row["commune_code"])
        assert commune.full_name == row["commune"]
        assert commune.type == row["commune_type"]
        assert commune.province_code == row["province_code"]
        assert places.province(commune.province_code).full_name == row["province"]
        assert commune.legacy_provinces == (row["legacy_code"],)
    for name, code in {(row["legacy_province"], row["legacy_code"]) for row in rows}:
        expected = sorted(row["commune_code"] for row in rows if row["legacy_province"] == name)
        assert [one.code for one in places.by_legacy_province(code)] == expected
        assert [one.code for one in places.by_legacy_province(name)] == expected
