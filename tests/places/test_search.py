"""Communes found by what surveyors type."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_tui.places import Places
from survey_tui.vietnamese import fold, initials

PLACES = Places()
ALL = [one for province in PLACES.provinces() for one in PLACES.communes(province.code)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("khanh lam", "32062"),
        ("Khánh Lâm", "32062"),
        ("KHANH LAM CA MAU", "32062"),
        ("xa khanh lam", "32062"),
        ("lam khanh ca mau", "32062"),
        ("khanhlam", "32062"),
        ("kl cm", "32062"),
        ("camau khanh lam", "32062"),
        ("32062", "32062"),
        ("u minh", "32047"),
        ("dat mui", "32248"),
        ("ben tre", "28789"),
        ("my tho", "28261"),
        ("con dao", "26732"),
        ("phu quoc", "31078"),
        ("tphcm ben thanh", "26743"),
        ("bt binh dai", "29050"),
        ("ea h'leo", "24184"),
        ("ea hleo", "24184"),
        ("long phu 1", "31480"),
    ],
)
def test_first_answer(text: str, first: str) -> None:
    assert PLACES.search(text)[0].code == first


def test_codes_by_their_beginning() -> None:
    found = [one.code for one in PLACES.search("320")]
    assert found
    assert all(code.startswith("320") for code in found)


def test_a_province_of_before_finds_its_communes() -> None:
    found = {one.code for one in PLACES.search("ben tre", limit=100)}
    assert {one.code for one in PLACES.by_legacy_province("Bến Tre")} <= found
    assert {one.province for one in PLACES.search("ben tre", limit=100)} == {"Vĩnh Long"}


def test_a_commune_of_before_finds_where_it_went() -> None:
    assert {one.code for one in PLACES.search("khanh thuan")[:2]} == {"32047", "32044"}
    assert {one.code for one in PLACES.search("khanh thuan ca mau")} == {"32047", "32044"}
    assert "32047" in {one.code for one in PLACES.search("kt cm")}
    assert PLACES.search("hoa loc ben tre")[0].code == "28921"


def test_within_a_province() -> None:
    assert {one.province_code for one in PLACES.search("tan", province="96")} == {"96"}
    assert PLACES.search("", province="96", limit=3) == PLACES.communes("96")[:3]
    assert PLACES.search("khanh lam", province="01") == ()


def test_nothing_is_found_by_nothing() -> None:
    assert PLACES.search("") == ()
    assert PLACES.search("  –  ") == ()
    assert PLACES.search("zzzz") == ()
    assert len(PLACES.search("a", limit=7)) == 7


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_every_commune_is_found_by_name_and_province_in_any_order(commune: object, random: object) -> None:
    from random import Random

    from survey_tui.places import Commune

    assert isinstance(commune, Commune)
    assert isinstance(random, Random)
    said = [*fold(commune.name).split(), *fold(commune.province).split()]
    random.shuffle(said)
    assert commune in PLACES.search(" ".join(said), limit=500)


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(st.sampled_from(ALL))
def test_every_commune_comes_first_by_full_name_and_by_code(commune: object) -> None:
    from survey_tui.places import Commune

    assert isinstance(commune, Commune)
    found = PLACES.search(f"{commune.full_name} {commune.province}", limit=5)
    assert any(fold(one.name) == fold(commune.name) for one in found[:1])
    assert PLACES.search(commune.code)[0] == commune
    assert commune in PLACES.search(initials(commune.name), province=commune.province_code, limit=500)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.integers(0, 30))
def test_search_is_total_and_stable(text: str, limit: int) -> None:
    found = PLACES.search(text, limit=limit)
    assert len(found) <= limit
    assert found == PLACES.search(text, limit=limit)
    assert len(set(found)) == len(found)
