"""The commune decides what is asked, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_tui.forms.model import Group
from survey_tui.locale import Translator
from survey_tui.plugins.inventory import plugin_records
from survey_tui.plugins.survey_catalogue import Surveys
from tests.support.plugins import BAC_LIEU, CA_MAU, MANIFEST, START, Point, Write, answer_all, begin, load


def sections(home: Path, commune: str, survey: str = "xa_hoi_so") -> list[str]:
    form = Surveys(load(home), home / "cache").form(survey, commune)
    return [item.name for item in form.children if isinstance(item, Group)]


@pytest.mark.slow
def test_questions_appear_at_their_anchor_in_their_communes_only(home: Path, declare: Write) -> None:
    declare("ca_mau")
    there, elsewhere = sections(home, CA_MAU), sections(home, BAC_LIEU)
    assert there[there.index("b") + 1] == "ca_mau"
    assert [name for name in there if name != "ca_mau"] == elsewhere
    assert sections(home, "") == elsewhere


@pytest.mark.slow
def test_the_same_is_so_from_the_cache(home: Path, declare: Write) -> None:
    folder = declare("ca_mau")
    for _ in range(2):
        assert "ca_mau" in sections(home, CA_MAU)
        assert "ca_mau" not in sections(home, BAC_LIEU)
    module = folder / "modules" / "ca_mau.toml"
    module.write_text(
        module.read_text(encoding="utf-8").replace('"ca_mau_n"', '"ca_mau_m"'), encoding="utf-8"
    )
    form = Surveys(load(home), home / "cache").form("xa_hoi_so", CA_MAU)
    assert {"ca_mau_m", "ca_mau_n"} & {item.name for item in form.items()} == {"ca_mau_m"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("area", "there", "elsewhere"),
    [
        ('legacy_provinces = ["Cà Mau"]', CA_MAU, BAC_LIEU),
        ('legacy_provinces = ["ca mau"]', CA_MAU, BAC_LIEU),
        ('legacy_provinces = ["95"]', BAC_LIEU, CA_MAU),
        ('provinces = ["96"]', BAC_LIEU, "28756"),
        ('legacy_provinces = ["82"]', "28249", CA_MAU),
    ],
)
def test_an_area_is_named_by_list_province_or_province_of_before(
    home: Path, declare: Write, area: str, there: str, elsewhere: str
) -> None:
    manifest = MANIFEST.format(name="part", commune="x").replace('communes = ["x"]', area)
    declare("part", **{"plugin.toml": manifest})
    assert "part" in sections(home, there)
    assert "part" not in sections(home, elsewhere)


@pytest.mark.slow
def test_two_plugins_meet_in_a_stable_order_that_is_shown(home: Path, declare: Write) -> None:
    declare("zeta")
    declare("alpha")
    first = MANIFEST.format(name="early", commune=CA_MAU) + "order = -1\n"
    declare("early", **{"plugin.toml": first})
    found = sections(home, CA_MAU)
    at = found.index("b")
    assert found[at + 1 : at + 4] == ["early", "alpha", "zeta"]
    assert [record.name for record in plugin_records(load(home))] == ["national", "alpha", "early", "zeta"]


@pytest.mark.slow
def test_an_addition_may_be_for_some_surveys_and_communes_only(home: Path, declare: Write) -> None:
    extra = f'surveys = ["vneid"]\narea.communes = ["{BAC_LIEU}"]\n'
    declare("part", **{"plugin.toml": MANIFEST.format(name="part", commune=CA_MAU) + extra})
    assert "part" not in sections(home, CA_MAU, "vneid")
    assert "part" in sections(home, BAC_LIEU, "vneid")
    assert "part" not in sections(home, BAC_LIEU)


@pytest.mark.slow
def test_a_response_records_the_modules_of_plugins(home: Path, declare: Write) -> None:
    declare("ca_mau")
    session = begin(load(home), CA_MAU)
    answer_all(session)
    final = session.finalise(START)
    assert ("ca_mau", "1.0") in [module[:2] for module in final.modules]
    assert dict(final.values)["ca_mau/ca_mau_n"] == "1"


@pytest.mark.slow
def test_a_python_plugin_names_additions_by_its_hook(home: Path, point: Point, declare: Write) -> None:
    source = f"""
from pathlib import Path
from survey_tui.plugins import hookimpl
from survey_tui.plugins.offers import Area, ProvinceAddition

@hookimpl
def province_additions():
    module = Path({str(declare("ca_mau") / "modules" / "ca_mau.toml")!r})
    return [ProvinceAddition(module=module, area=Area(legacy_provinces=("Bạc Liêu",)), after="a")]
"""
    plugins = load(home, [point("hooked", source)])
    form = Surveys(plugins).form("xa_hoi_so", BAC_LIEU)
    names = [item.name for item in form.children]
    assert plugins.failures == []
    assert names[names.index("a") + 1] == "ca_mau"


@pytest.mark.slow
def test_an_addition_without_its_anchor_is_reported_by_name_once(home: Path, declare: Write) -> None:
    manifest = MANIFEST.replace('after = "b"', 'after = "no_such_section"')
    unnamed = MANIFEST.replace('after = "b"', 'after = "j"')
    declare("lost", **{"plugin.toml": manifest.format(name="lost", commune=CA_MAU)})
    declare(
        "named", **{"plugin.toml": unnamed.format(name="named", commune=CA_MAU) + 'surveys = ["vneid"]\n'}
    )
    # A survey that an addition does not name need not have its anchor.
    declare("short", **{"plugin.toml": unnamed.format(name="short", commune=CA_MAU)})
    plugins = load(home)
    surveys = Surveys(plugins, home / "cache")
    for _ in range(2):
        asked = [item.name for item in surveys.form("xa_hoi_so", CA_MAU).children]
        assert "short" in asked
        assert "lost" not in asked
    assert [(each.code, each.details["plugin"]) for each in plugins.failures] == [("plugin_anchor", "lost")]
    surveys.form("vneid", CA_MAU)
    assert [each.details["plugin"] for each in plugins.failures] == ["lost", "named"]
    assert "“no_such_section”" in Translator("vi").error(plugins.failures[0])
    assert not load(home).state.strikes
