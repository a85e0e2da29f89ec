"""Columns of CSV exports: in the order of the form, whatever their names and whoever was asked."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from survey_tui.csv_cells import FIRST_COLUMNS, LAST_COLUMNS
from survey_tui.exports.csv_tables import write_tables

FORM = ["z/last_letter", "b/second", "a/first", "m/middle", "b/again"]
PERSON = ["zip", "age", "name"]


def record(number: int, paths: list[str], persons: list[list[str]] = []) -> bytes:  # noqa: B006  never changed
    values = [[path, f"{path} {number}"] for path in paths]
    for instance, questions in enumerate(persons, start=1):
        values += [[f"r/person[{instance}]/{question}", question] for question in questions]
    response = {**dict.fromkeys(FIRST_COLUMNS, ""), "response_id": f"r{number}", "values": values}
    return json.dumps(response).encode() + b"\n"


def heading(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_questions_are_in_the_order_of_the_form_between_identity_and_paradata(tmp_path: Path) -> None:
    target = tmp_path / "all.csv"
    assert write_tables(lambda: [record(1, FORM)], target, bom=False) == [target]
    assert heading(target) == [*FIRST_COLUMNS, *FORM, *LAST_COLUMNS]


def test_a_question_that_only_a_later_response_was_asked_has_its_place_in_the_form(tmp_path: Path) -> None:
    asked = [["z/last_letter", "a/first"], ["z/last_letter", "b/second", "a/first", "m/middle"], FORM]
    records = [record(number, paths) for number, paths in enumerate(asked)]
    target = tmp_path / "all.csv"
    write_tables(lambda: records, target, bom=False)
    assert heading(target) == [*FIRST_COLUMNS, *FORM, *LAST_COLUMNS]
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["b/second"] for row in rows] == ["", "b/second 1", "b/second 2"]


def test_questions_of_a_repeat_are_in_the_order_of_the_form(tmp_path: Path) -> None:
    target = tmp_path / "all.csv"
    records = [record(1, FORM, [["zip", "name"], PERSON])]
    _, persons = write_tables(lambda: records, target, bom=False)
    assert heading(persons) == ["response_id", "instance", *PERSON]


@given(st.lists(st.sets(st.sampled_from(FORM)), min_size=1, max_size=4))
def test_columns_of_the_first_response_keep_their_order(asked: list[set[str]]) -> None:
    records = [record(number, [path for path in FORM if path in paths]) for number, paths in enumerate(asked)]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "all.csv")
        write_tables(lambda: records, target, bom=False)
        columns = [name for name in heading(target) if name in FORM]
    first = [path for path in FORM if path in asked[0]]
    assert [name for name in columns if name in asked[0]] == first
    assert sorted(columns) == sorted(set().union(*asked))
