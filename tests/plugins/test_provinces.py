"""The five provinces against the sheets they were drafted in, and in every commune of their areas."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from survey_tui.authoring.respondent import AnswerHints, InterviewSetting, InterviewWalk, Respondent
from survey_tui.forms.compiled import CompiledForm
from survey_tui.forms.model import Group
from survey_tui.places import Places
from survey_tui.plugins.baselines import read_baselines
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.metadata import EntryPoint, installed_entry_points
from survey_tui.plugins.offers import Baseline
from survey_tui.plugins.survey_catalogue import Surveys

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
PROVINCES = {"ben_tre": "bt", "ba_ria_vung_tau": "vt", "vinh_phuc": "vp", "ca_mau": "cm", "tien_giang": "tg"}
LANGUAGES = {"vi", "en"}
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "warning_message")
FROM_NATIONAL = {"yndk", "teamfor"}


def sheet(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def folder(province: str) -> Path:
    return ROOT / "plugins" / province / f"survey_tui_{province}"


def module(province: str) -> dict[str, Any]:
    text = (folder(province) / "modules" / f"{province}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def questions(province: str) -> Iterator[dict[str, Any]]:
    return (row for row in module(province)["question"] if not row["type"].endswith("_group"))


def drafted(province: str) -> list[dict[str, str]]:
    rows = sheet(f"plugin_{province}_survey.csv")
    return [row for row in rows if not row["type"].endswith("_group")]


@pytest.mark.parametrize("province", PROVINCES)
def test_the_questions_are_those_of_the_sheet_in_its_order(province: str) -> None:
    asked = [(row["name"], row["type"]) for row in questions(province) if row["type"] != "calculate"]
    assert asked == [(row["name"], row["type"]) for row in drafted(province)]
    assert len(asked) == 8
    written = {row["name"]: row.get("indicator", []) for row in questions(province)}
    for row in drafted(province):
        assert written[row["name"]] == [part for part in (row["indicator"] or "").split(";") if part], row[
            "name"
        ]


@pytest.mark.parametrize("province", PROVINCES)
def test_choices_are_those_of_the_sheet(province: str) -> None:
    expected: dict[str, list[str]] = {}
    for row in sheet(f"plugin_{province}_choices.csv"):
        expected.setdefault(row["list_name"], []).append(row["name"])
    written = {each["name"]: [one["name"] for one in each["choices"]] for each in module(province)["list"]}
    assert written == expected


@pytest.mark.parametrize("province", PROVINCES)
def test_every_text_is_there_in_both_languages_and_every_question_is_one(province: str) -> None:
    about = module(province)
    assert set(about["title"]) == LANGUAGES
    for choices in about["list"]:
        assert all(set(choice["label"]) == LANGUAGES for choice in choices["choices"])
    for row in about["question"]:
        texts = [row[column] for column in TRANSLATED if column in row]
        for text in texts:
            assert set(text) == LANGUAGES, row["name"]
            assert re.findall(r"\$\{\w+\}", text["vi"]) == re.findall(r"\$\{\w+\}", text["en"]), row["name"]
        for condition in ("constraint", "warning"):
            assert (condition in row) == (f"{condition}_message" in row), row["name"]
    for row in questions(province):
        if row["type"] != "calculate":
            assert row["label"]["vi"].endswith("?"), row["name"]
            assert row["label"]["en"].endswith("?"), row["name"]
            assert len(row["label"]["vi"]) <= 180, row["name"]
            assert len(row["hint"]["vi"]) <= 220, row["name"]


@pytest.mark.parametrize("province", PROVINCES)
def test_additions_keep_the_rules_of_the_instrument(province: str) -> None:
    opening = module(province)["question"][0]
    assert opening["name"] == PROVINCES[province]
    assert opening["relevant"] == "${consent_main} = '1' and ${n_elig} > 0"
    for row in questions(province):
        assert row["name"].startswith(f"{PROVINCES[province]}_")
        if row["type"] == "calculate":
            continue
        assert row.get("required") in (None, "${result} = '' or ${result} = 'done'"), row["name"]
        assert "refused" in row["allow"], row["name"]
        assert bool(row.get("sensitive")) == ("consent_sens" in row.get("relevant", "")), row["name"]
        assert "!=" not in row.get("relevant", "") or row["type"] == "calculate", row["name"]


# --- figures
def figures(province: str) -> list[Baseline]:
    return read_baselines(folder(province) / "baselines.csv")


@pytest.mark.parametrize("province", PROVINCES)
def test_figures_are_those_of_the_articles(province: str) -> None:
    source = {row["id"]: row for row in sheet("baselines.csv") if row["legacy_province"] == province}
    found = {figure.id: figure for figure in figures(province)}
    assert list(found) == list(source)
    for name, figure in found.items():
        row = source[name]
        assert figure.value == row["value"]
        assert figure.comparable == row["comparable"]
        assert figure.kind == row["kind"]
        assert ";".join(figure.indicator) == row["indicator"]
        assert ";".join(figure.question) == row["question"]
        assert set(figure.label) == set(figure.caveat) == LANGUAGES, name


def test_what_must_never_be_compared_is_not() -> None:
    by_id = {figure.id: figure for province in PROVINCES for figure in figures(province)}
    assert all(by_id[name].comparable == "no" for name in ("bt04", "bt05", "bt06", "tg14"))
    assert "SIGN_ADULT" not in by_id["tg14"].indicator
    assert by_id["vp01"].indicator == ("IDCARD",)


# --- every commune
@pytest.fixture(scope="module")
def surveys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surveys]:
    core = [point for point in installed_entry_points() if point.distribution.startswith("survey_tui-")]
    others = [EntryPoint(name, f"survey_tui_{name}", "", f"survey_tui_{name}-1") for name in PROVINCES]
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in PROVINCES:
            patch.syspath_prepend(str(folder(name).parent))
        surveys = Surveys(Plugins.load([*core, *others], home), home / "cache")
        surveys.directories()
        for commune in sheet("communes_by_legacy_province.csv"):
            surveys.plugins.functions(commune["commune_code"])
        yield surveys
    assert surveys.plugins.failures == []


FIRST = {row["legacy_province"]: row["commune_code"] for row in sheet("communes_by_legacy_province.csv")}


@pytest.fixture(scope="module")
def forms(surveys: Surveys) -> dict[str, CompiledForm]:
    """Province → the checked form of its communes: composed once, since they take in the same additions."""
    tables = {"communes": Places().table()}
    return {name: surveys.compiled_form("xa_hoi_so", FIRST[name], tables) for name in PROVINCES}


def test_each_plugin_applies_in_exactly_the_communes_of_its_former_province(surveys: Surveys) -> None:
    expected: dict[str, set[str]] = {}
    for row in sheet("communes_by_legacy_province.csv"):
        expected.setdefault(row["legacy_province"], set()).add(row["commune_code"])
    assert sum(map(len, expected.values())) == 210
    for name in PROVINCES:
        member = surveys.plugins.member(name)
        assert member is not None
        assert member.resolved is not None
        assert member.resolved.communes == expected[name]


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", sheet("communes_by_legacy_province.csv"), ids=lambda row: f"{row['commune_code']}"
)
def test_a_whole_interview_in_every_commune(
    row: dict[str, str], surveys: Surveys, forms: dict[str, CompiledForm]
) -> None:
    """The composed form passes the form checker, and a plain respondent's interview can be finished."""
    province, commune = row["legacy_province"], row["commune_code"]
    added = surveys.plugins.additions("xa_hoi_so", commune)
    assert [each.plugin for each in added] == [province]
    assert added == surveys.plugins.additions("xa_hoi_so", FIRST[province])
    form = forms[province]
    walk = InterviewWalk(form, Respondent(AnswerHints(form)), InterviewSetting(commune=commune))
    walk.go()
    asked = [name for name in walk.asked if name.startswith(f"{PROVINCES[province]}_")]
    assert len(asked) >= 7
    assert walk.stuck == set()
    assert walk.finish(), walk.unanswered
    others = tuple(f"{letters}_" for name, letters in PROVINCES.items() if name != province)
    assert not [name for name in walk.asked if name.startswith(others)]


@pytest.mark.slow
@pytest.mark.parametrize("province", PROVINCES)
def test_the_province_is_asked_behind_section_j(province: str, forms: dict[str, CompiledForm]) -> None:
    groups = [item.name for item in forms[province].form.children if isinstance(item, Group)]
    assert groups[groups.index("j") + 1] == PROVINCES[province]
    assert groups[-1] == "z"


@pytest.mark.parametrize("survey", ["smartphone", "vneid", "vssid", "chu_ky_so"])
def test_short_surveys_are_left_as_they_are(survey: str, surveys: Surveys) -> None:
    for row in sheet("communes_by_legacy_province.csv")[::20]:
        assert surveys.plugins.additions(survey, row["commune_code"]) == []


@pytest.mark.parametrize("neighbour", ["Bạc Liêu", "Trà Vinh", "Phú Thọ", "Đồng Tháp", "Bình Dương"])
def test_neighbours_in_the_same_province_of_today_are_not_asked(neighbour: str, surveys: Surveys) -> None:
    own = {row["commune_code"] for row in sheet("communes_by_legacy_province.csv")}
    elsewhere = [one.code for one in Places().by_legacy_province(neighbour) if one.code not in own]
    assert elsewhere
    assert all(surveys.plugins.additions("xa_hoi_so", code) == [] for code in elsewhere)


def test_khanh_thuan_is_two_communes_today_and_both_are_asked(surveys: Surveys) -> None:
    places = Places()
    for code, name in (("32047", "U Minh"), ("32044", "Nguyễn Phích")):
        assert places.commune(code).name == name
        assert [each.plugin for each in surveys.plugins.additions("xa_hoi_so", code)] == ["ca_mau"]
