"""Codes, errors, enumeration areas, the table, and that provinces are read only when needed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.errors import ExitCode, PlaceError
from survey_tui.locale import Translator
from survey_tui.places import LegacyArea, Places

PLACES = Places()
CODES = {row["code"] for row in PLACES.table()}


def test_a_commune() -> None:
    commune = PLACES.commune(" 32062 ")
    assert (commune.name, commune.type, commune.full_name) == ("Khánh Lâm", "xã", "Xã Khánh Lâm")
    assert (commune.province_code, commune.province, commune.legacy_provinces) == ("96", "Cà Mau", ("96",))


def test_code_82_is_two_places() -> None:
    assert PLACES.province("82").full_name == "Tỉnh Đồng Tháp"
    assert {one.province for one in PLACES.by_legacy_province("82")} == {"Đồng Tháp"}
    assert LegacyArea("82", "Tiền Giang", "tỉnh", "82") in PLACES.province("82").legacy


@pytest.mark.parametrize(
    "name", ["Bà Rịa – Vũng Tàu", "ba ria vung tau", "ba_ria_vung_tau", "tinh ba ria-vung tau", "77"]
)
def test_a_legacy_province_by_any_spelling(name: str) -> None:
    assert {one.legacy_provinces for one in PLACES.by_legacy_province(name)} == {("77",)}


def test_unknown_code_names_the_nearest() -> None:
    with pytest.raises(PlaceError) as caught:
        PLACES.commune("32063")
    assert caught.value.code == "place_unknown_commune"
    assert caught.value.exit_code is ExitCode.BAD_ANSWER
    for language in ("vi", "en"):
        text = Translator(language).error(caught.value)
        assert "32063" in text
        assert "32062 Xã Khánh Lâm (Cà Mau)" in text
        assert "32065" in text


def test_a_name_in_place_of_a_code_is_searched() -> None:
    with pytest.raises(PlaceError) as caught:
        PLACES.commune("khanh lam")
    assert "32062 Xã Khánh Lâm (Cà Mau)" in str(caught.value)


@pytest.mark.parametrize("code", ["", "00000", "99999", "1234", "٣٢٠٦٢", "x" * 5000, "\x1b[31m", "zz{said}"])
def test_hostile_codes(code: str) -> None:
    with pytest.raises(PlaceError) as caught:
        PLACES.commune(code)
    for language in ("vi", "en"):
        text = Translator(language).error(caught.value)
        assert text.isprintable()
        assert len(text) < 600


def test_unknown_provinces() -> None:
    for call in (PLACES.province, PLACES.communes, PLACES.by_legacy_province):
        with pytest.raises(PlaceError) as caught:
            call("ben tra")
        assert Translator("vi").error(caught.value)
    with pytest.raises(PlaceError):
        PLACES.search("a", province="83")


@pytest.mark.parametrize("text", ["32062-01", " 32062-99 "])
def test_enumeration_areas(text: str) -> None:
    assert PLACES.check_enumeration_area(text).code == "32062"


@pytest.mark.parametrize(
    "text", ["", "32062", "32062-1", "32062-00", "32062-001", "32062–01", "3206-01", "a", "32062-٠١"]
)
def test_wrong_enumeration_areas(text: str) -> None:
    with pytest.raises(PlaceError) as caught:
        PLACES.check_enumeration_area(text)
    assert caught.value.code == "place_bad_area"
    assert Translator("en").error(caught.value)


def test_enumeration_area_of_no_commune() -> None:
    with pytest.raises(PlaceError) as caught:
        PLACES.check_enumeration_area("32063-01")
    assert caught.value.code == "place_unknown_commune"


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{5}", fullmatch=True)))
def test_any_code_is_a_commune_or_a_place_error(code: str) -> None:
    known = code.strip() in CODES
    with nullcontext() if known else pytest.raises(PlaceError) as caught:
        assert PLACES.commune(code).code == code.strip()
    if caught is not None:
        assert Translator("vi").error(caught.value)


def test_table() -> None:
    table = PLACES.table()
    row = {"code": "32062", "name": "Khánh Lâm", "type": "xã", "province_code": "96", "province": "Cà Mau"}
    assert table.row("32062") == row
    assert table.row("32063") is None
    assert table.row(" 32062") is None
    assert table.row("khanh lam") is None
    assert table.lookup("province", "code", "32062") == "Cà Mau"
    assert table.lookup("code", "name", "Đất Mũi") == "32248"
    assert table.lookup("province", "code", "1") == ""
    assert table.lookup("mayor", "code", "32062") == ""
    rows = list(table)
    assert len(rows) == len(table)
    assert table[0] == rows[0]
    assert table[-1] == rows[-1]
    assert table[5:7] == rows[5:7]
    with pytest.raises(IndexError):
        table[3321]


def test_one_row_reads_one_province() -> None:
    code = """if True:
        import sys
        from survey_tui.places import Places
        opened = []
        def watch(event, arguments):
            if event == "open":
                opened.append(str(arguments[0]))
        sys.addaudithook(watch)
        Places().table().row("32062")
        print(sorted(name.rsplit("/", 1)[-1] for name in opened if "places/data" in name))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "['96.z', 'provinces.txt']"
