"""The national instrument against the sheets it was drafted in: same questions, same codes, better words."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from survey_questionnaires import DIRECTORY

DATA = Path(__file__).parent / "data"
LANGUAGES = ("vi", "en")
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "warning_message")
GROUPS = {"begin_group", "begin_repeat"}
UNASKED = {"start", "end", "today", "hidden", "calculate", "note"}
SURVEYORS_OWN = {"enum_code", "ea_code", "hh_no", "consent_how", "result", "sel_line"}
"""Filled in by the surveyor: there is nobody who could refuse."""
ROSTER_FACTS = {"hh_size", "p_rel", "p_sex", "p_age", "age", "sex"}
"""Without these nobody can be selected: a household that refuses them refuses the interview."""
CONSENT = {"consent_main", "consent_sens"}
"""Consent can be given or not given, but not left open."""
MAY_BE_EMPTY = {"consent_main", "f_meth", "f_where", "f_hosp", "g_sellsite", "j_note"}


def _sheet(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _files(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((DIRECTORY / folder).glob("*.toml")):
        yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))


MODULES = dict(_files("modules"))
ROWS = [
    row
    for module in MODULES.values()
    for row in module["question"]
    if row["type"] not in ("end_group", "end_repeat")
]
QUESTIONS = [row for row in ROWS if row["type"] not in GROUPS]
ASKED = [row for row in QUESTIONS if row["type"] not in UNASKED]
LISTS = {
    each["name"]: each["choices"]
    for _, file in [*_files("modules"), *_files("lists")]
    for each in file.get("list", [])
}


def _draft_rows() -> list[dict[str, str]]:
    return [row for row in _sheet("core_survey.csv") if row["type"] not in ("end_group", "end_repeat")]


def test_the_questions_are_those_of_the_sheet() -> None:
    drafted = {row["name"] for row in _draft_rows() if row["type"].split()[0] not in UNASKED | GROUPS}
    assert len(drafted) == 117
    assert sorted(row["name"] for row in ASKED) == sorted(drafted)


def test_every_name_of_the_sheet_is_there_with_its_type_once() -> None:
    drafted = {row["name"]: row["type"] for row in _draft_rows()}
    written = {row["name"]: row["type"] for row in ROWS}
    assert len(written) == len(ROWS)
    assert {name: written.get(name) for name in drafted} == drafted


def test_what_was_added_asks_nothing() -> None:
    drafted = {row["name"] for row in _draft_rows()}
    added = {row["type"] for row in ROWS if row["name"] not in drafted}
    assert added <= UNASKED | {"begin_group"}


def test_lists_and_choice_names_are_those_of_the_sheet() -> None:
    drafted: dict[str, list[str]] = {}
    for row in _sheet("core_choices.csv"):
        drafted.setdefault(row["list_name"], []).append(row["name"])
    assert {name: [choice["name"] for choice in choices] for name, choices in LISTS.items()} == drafted


def test_the_order_of_questions_is_that_of_the_sheet() -> None:
    survey = tomllib.loads((DIRECTORY / "surveys" / "xa_hoi_so.toml").read_text(encoding="utf-8"))
    order = [row["name"] for name in survey["modules"] for row in MODULES[name]["question"]]
    asked = {row["name"] for row in ASKED}
    drafted = [row["name"] for row in _draft_rows() if row["name"] in asked - {"result"}]
    assert [name for name in order if name in asked and name != "result"] == drafted
    assert [name for name in order if name in asked][-1] == "result", "known only when the visit is over"


def test_indicators_are_those_of_the_sheet() -> None:
    drafted = {row["name"]: row["indicator"].split(";") for row in _draft_rows() if row["indicator"]}
    written = {row["name"]: row["indicator"] for row in QUESTIONS if row.get("indicator")}
    assert written == drafted


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["type"] not in UNASKED - {"note"}], ids=lambda row: row["name"]
)
def test_both_languages_for_every_text(row: dict[str, Any]) -> None:
    assert set(row["label"]) == set(LANGUAGES)
    for column in TRANSLATED:
        text = row.get(column)
        if text is None:
            continue
        assert set(text) == set(LANGUAGES), column
        assert all(words.strip() and words == words.strip() for words in text.values()), column
        assert _references(text["vi"]) == _references(text["en"]), column
    for condition in ("constraint", "warning"):
        assert (condition in row) == (f"{condition}_message" in row)


def _references(text: str) -> set[str]:
    return set(re.findall(r"\$\{[^}]*\}", text))


def test_both_languages_for_choices_titles_and_descriptions() -> None:
    for name, choices in LISTS.items():
        for choice in choices:
            assert set(choice["label"]) == set(LANGUAGES), name
    for _, module in _files("modules"):
        assert set(module["title"]) == set(LANGUAGES)
    for _, survey in _files("surveys"):
        assert set(survey["title"]) == set(survey["description"]) == set(LANGUAGES)
        assert survey["languages"] == list(LANGUAGES)
        assert survey["default_language"] == "vi"


def test_labels_are_full_questions() -> None:
    for row in ASKED:
        if row["name"] not in SURVEYORS_OWN:
            for text in row["label"].values():
                assert re.search(r"\?( \([^)]*\))?$", text), row["name"]


def test_labels_fit_a_phone_screen() -> None:
    # 40 columns × 20 rows: six lines of question leave room for a hint and seven choices.
    for row in ASKED:
        assert len(row["label"]["vi"]) <= 180, row["name"]
        assert len(row.get("hint", {}).get("vi", "")) <= 220, row["name"]
    for row in QUESTIONS:
        if row["type"] == "note":
            assert len(row["label"]["vi"]) <= 400, row["name"]


def test_every_respondent_question_can_be_refused() -> None:
    for row in ASKED:
        name = row["name"]
        if name in SURVEYORS_OWN | ROSTER_FACTS | CONSENT | {"j_note"}:
            continue
        codes = {choice["name"] for choice in LISTS.get(row["type"].partition(" ")[2], [])}
        assert ("99" in codes) != ("refused" in row.get("allow", [])), name
        assert not ({"98", "dk"} & codes and "dk" in row.get("allow", [])), name


def test_consent_has_no_preset_answer_and_is_provable() -> None:
    rows = {row["name"]: row for row in QUESTIONS}
    for name in CONSENT:
        assert not {"default", "calculation", "trigger"} & set(rows[name])
    assert rows["consent_time"]["trigger"] == "${consent_main}"
    assert rows["consent_sens_time"]["trigger"] == "${consent_sens}"
    assert rows["consent_version"]["calculation"] == f"'{MODULES['household']['version']}'"


def test_every_other_question_is_required_unless_the_respondent_broke_off() -> None:
    for row in ASKED:
        if row["name"] in MAY_BE_EMPTY:
            assert "required" not in row, row["name"]
        elif row["name"] in SURVEYORS_OWN - {"sel_line"} | {"consent_sens"}:
            assert row["required"] is True, row["name"]
        else:
            assert row["required"] == "${result} = '' or ${result} = 'done'", row["name"]


def test_choices_that_say_none_stand_alone() -> None:
    for row in ASKED:
        if not row["type"].startswith("select_multiple"):
            continue
        codes = {choice["name"] for choice in LISTS[row["type"].split()[1]]}
        for alone in codes & {"none", "99", "98", "dk"}:
            assert f"selected(., '{alone}')" in row["constraint"], row["name"]


def test_health_and_finance_are_sensitive_and_need_their_own_consent() -> None:
    for name, group in (("vssid", "c"), ("cashless", "f")):
        rows = MODULES[name]["question"]
        opening = next(row for row in rows if row["name"] == group)
        assert "${consent_sens} = '1'" in opening["relevant"]
        assert all(row["sensitive"] for row in rows if not row["type"].endswith("group"))
    book = next(row for row in QUESTIONS if row["name"] == "p_ebook")
    assert book["sensitive"]
    assert book["relevant"] == "${consent_sens} = '1'"


def test_random_numbers_stand_alone() -> None:
    """``once(random())`` keeps the value of its calculate: within a larger one it destroys itself."""
    for row in QUESTIONS:
        if "random" in row.get("calculation", ""):
            assert row["calculation"] == "once(random())"
